// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.util.function.LongSupplier;

/** Lets a number of things a second pass, and as many at once after a pause. Belongs to one thread. */
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final double capacity;
    private final LongSupplier nanos;
    private double tokens;
    private long filledAt;

    /** A full bucket; {@code perSecond} 0 lets everything pass. */
    TokenBucket(double perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.capacity = Math.max(1, perSecond);
        this.nanos = nanos;
        this.tokens = capacity;
        this.filledAt = nanos.getAsLong();
    }

    /** Takes a token if there is one. */
    boolean take() {
        if (perSecond == 0) {
            return true;
        }
        long now = nanos.getAsLong();
        tokens = Math.min(capacity, tokens + (now - filledAt) / NANOS_PER_SECOND * perSecond);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
