// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** What a handler was subscribed to; closing it ends that. Thread-safe. */
public final class Subscription implements AutoCloseable {
    private final Runnable end;

    Subscription(Runnable end) {
        this.end = end;
    }

    /**
     * Ends the subscription: the handler gets nothing more, but for what it is working on. Does not wait for the peer; does nothing the
     * second time.
     */
    @Override
    public void close() {
        end.run();
    }
}
