// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import org.jspecify.annotations.Nullable;

/** Knows the threads of a client in which code of the application runs: closing the client from there must not wait for them. Thread-safe. */
final class CallbackThreads {
    private static final ThreadLocal<@Nullable CallbackThreads> HERE = new ThreadLocal<>();

    /** Runs code of the application in this thread. */
    void run(Runnable callback) {
        CallbackThreads outer = HERE.get();
        HERE.set(this);
        try {
            callback.run();
        } finally {
            HERE.set(outer);
        }
    }

    /** Whether this thread is running such code. */
    boolean isHere() {
        return HERE.get() == this;
    }
}
