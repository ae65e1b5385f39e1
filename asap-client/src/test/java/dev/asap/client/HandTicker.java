// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Nanoseconds that stand still until a test moves them. Begins shortly before the number overflows, as a JVM's may. */
final class HandTicker implements LongSupplier {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    void advance(Duration step) {
        now.addAndGet(step.toNanos());
    }

    @Override
    public long getAsLong() {
        return now.get();
    }
}
