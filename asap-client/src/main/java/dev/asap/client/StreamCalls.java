// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/** Makes the calls that are answered with streams. Thread-safe. */
final class StreamCalls {
    /**
     * What all streams of a client share.
     *
     * @param http makes the calls; its limits of time for reading and for whole calls are switched off
     * @param operation what messages show
     * @param answers reads what is no stream
     * @param codec reads the errors in a stream
     * @param failures explains why a call failed
     * @param running knows the calls that {@code close} has to cut off
     * @param executor runs what a publisher does; what it refuses fails as if the client were closed
     * @param scheduler watches the limits; must not be shut down before the running calls have been cut off
     * @param clock gives the time of envelopes without one, and what {@code Retry-After} dates are compared with
     * @param ticker gives the nanoseconds by which the limits are measured
     * @param maxResponseBytes the largest answer that is no stream, and the largest event where the options do not say
     */
    record Setup(
            OkHttpClient http,
            Operation operation,
            AnswerReader answers,
            JsonRpcCodec codec,
            CallFailures failures,
            RunningCalls running,
            Executor executor,
            ScheduledExecutorService scheduler,
            InstantSource clock,
            LongSupplier ticker,
            long maxResponseBytes) {
        Setup {
            // A stream may be silent for longer, or shorter, than other answers: StreamWatch has its limits.
            http = http.newBuilder()
                    .readTimeout(Duration.ZERO)
                    .callTimeout(Duration.ZERO)
                    .build();
        }
    }

    private final Setup setup;

    StreamCalls(Setup setup) {
        this.setup = setup;
    }

    /**
     * Makes the call in this thread and waits until the answer begins.
     *
     * @param request the request; what is accepted is set here
     * @param message what it sends
     * @throws dev.asap.ASAPException if the call fails, or is answered with what is no stream
     */
    EnvelopeStream open(Request request, Envelope message, StreamOptions options) {
        StreamCall call = newCall(request, message, options, () -> {});
        call.start();
        return new EnvelopeStream(call);
    }

    /**
     * A publisher that makes a call for each subscriber.
     *
     * @param requests gives each call its request, in the thread that subscribes
     * @param message what they send
     */
    Flow.Publisher<Envelope> publisher(Supplier<Request> requests, Envelope message, StreamOptions options) {
        return new StreamPublisher(this, setup.executor(), requests, message, options);
    }

    StreamCall newCall(Request request, Envelope message, StreamOptions options, Runnable onCutWhileIdle) {
        Request streaming = request.newBuilder()
                .header("Accept", "text/event-stream")
                // An inflater would hold back events until it has enough to work on.
                .header("Accept-Encoding", "identity")
                .build();
        return new StreamCall(setup, setup.http().newCall(streaming), message, options, onCutWhileIdle);
    }
}
