// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The moment by which a call has to be over, or none. Immutable. */
final class Deadline {
    private final LongSupplier nanoTime;
    private final long begin;
    private final @Nullable Duration limit;

    private Deadline(LongSupplier nanoTime, @Nullable Duration limit) {
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
        this.limit = limit;
    }

    /** Begins now; {@code limit} is null for no end. */
    static Deadline in(@Nullable Duration limit, LongSupplier nanoTime) {
        return new Deadline(nanoTime, limit);
    }

    /** How long there was from the begin; null without an end. */
    @Nullable
    Duration limit() {
        return limit;
    }

    Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - begin);
    }

    /** What is left, zero when it is over; null without an end. */
    @Nullable
    Duration left() {
        if (limit == null) {
            return null;
        }
        Duration left = limit.minus(elapsed());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** What is left in nanoseconds; empty without an end. */
    OptionalLong nanosLeft() {
        Duration left = left();
        return left == null ? OptionalLong.empty() : OptionalLong.of(left.toNanos());
    }

    /** The shorter of what is left and a wait of another kind. */
    Duration atMost(Duration wait) {
        Duration left = left();
        return left != null && left.compareTo(wait) < 0 ? left : wait;
    }
}
