// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;
import okhttp3.Request;

/** Makes a call for each subscriber, and publishes what comes. Thread-safe. */
final class StreamPublisher implements Flow.Publisher<Envelope> {
    private final StreamCalls calls;
    private final Executor executor;
    private final Function<Envelope, Request> requests;
    private final Envelope message;
    private final StreamOptions options;

    StreamPublisher(
            StreamCalls calls,
            Executor executor,
            Function<Envelope, Request> requests,
            Envelope message,
            StreamOptions options) {
        this.calls = calls;
        this.executor = executor;
        this.requests = requests;
        this.message = message;
        this.options = options;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Envelope> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber must not be null");
        new StreamSubscription(subscriber, executor).begin(onCut -> calls.newCall(requests, message, options, onCut));
    }
}
