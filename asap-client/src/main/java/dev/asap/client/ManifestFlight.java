// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Manifest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A fetch of a manifest that is under way, and that others may wait for. Thread-safe. */
final class ManifestFlight {
    /** How a flight ended, for all who wait for it. */
    sealed interface Outcome {
        Manifest get();
    }

    record Loaded(Manifest manifest) implements Outcome {
        @Override
        public Manifest get() {
            return manifest;
        }
    }

    record Failed(RuntimeException exception) implements Outcome {
        @Override
        public Manifest get() {
            throw exception;
        }
    }

    /** Whoever was to fetch gave up, which says nothing of the peer. */
    enum Abandoned implements Outcome {
        INSTANCE;

        @Override
        public Manifest get() {
            throw new IllegalStateException("an abandoned flight brings nothing");
        }
    }

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    /** Tells all who wait. */
    void land(Outcome value) {
        outcome.complete(value);
    }

    /**
     * Waits for the outcome.
     *
     * @throws TimeoutException if it is not there in time
     */
    Outcome await(long nanos) throws InterruptedException, TimeoutException {
        try {
            return outcome.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flight lands with an outcome only", e);
        }
    }
}
