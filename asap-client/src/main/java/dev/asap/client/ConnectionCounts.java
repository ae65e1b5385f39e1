// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.concurrent.atomic.LongAdder;

/** How many connections a client has opened, and how often it used one again. Thread-safe. */
final class ConnectionCounts {
    private final LongAdder opened = new LongAdder();
    private final LongAdder reused = new LongAdder();

    void opened() {
        opened.increment();
    }

    void reused() {
        reused.increment();
    }

    long openedSoFar() {
        return opened.sum();
    }

    long reusedSoFar() {
        return reused.sum();
    }
}
