// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.LongSupplier;
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
     * @param observed is told of the calls
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
            ObservedCalls observed,
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
     * @param requests makes the request that sends a message; what is accepted is set here
     * @param message what is sent
     * @throws dev.asap.ASAPException if the call fails, or is answered with what is no stream
     */
    EnvelopeStream open(Function<Envelope, Request> requests, Envelope message, StreamOptions options) {
        StreamCall call = newCall(requests, message, options, () -> {});
        call.start();
        return new EnvelopeStream(call);
    }

    /**
     * A publisher that makes a call for each subscriber.
     *
     * @param requests makes the request that sends a message, for each call anew in the thread that subscribes
     * @param message what is sent
     */
    Flow.Publisher<Envelope> publisher(Function<Envelope, Request> requests, Envelope message, StreamOptions options) {
        return new StreamPublisher(this, setup.executor(), requests, message, options);
    }

    StreamCall newCall(
            Function<Envelope, Request> requests, Envelope message, StreamOptions options, Runnable onCutWhileIdle) {
        CallObserver observer = setup.observed()
                .begin(new CallStart(
                        CallKind.STREAM, setup.operation().address().shown(), message));
        try {
            Envelope outgoing = observer.outgoing(message);
            Request.Builder streaming = requests.apply(outgoing)
                    .newBuilder()
                    .header("Accept", "text/event-stream")
                    // An inflater would hold back events until it has enough to work on.
                    .header("Accept-Encoding", "identity");
            observer.attempt(1, streaming::header);
            return new StreamCall(
                    setup, setup.http().newCall(streaming.build()), outgoing, options, observer, onCutWhileIdle);
        } catch (RuntimeException e) {
            // A token provider, for instance, that has no token.
            observer.end(new CallEnd(
                    new CallEnd.Failed(CallFailures.unexpected(setup.operation(), e)), 0, Duration.ZERO, 0, 0));
            throw e;
        }
    }
}
