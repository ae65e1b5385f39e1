// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until a test moves it. Thread-safe: all threads see the time that was set last.
 *
 * <pre>{@code
 * SettableClock clock = SettableClock.at("2026-01-02T03:04:05Z");
 * clock.advance(Duration.ofMinutes(5));
 * }</pre>
 */
public final class SettableClock extends Clock {
    private final AtomicReference<Instant> now;
    private final ZoneId zone;

    private SettableClock(AtomicReference<Instant> now, ZoneId zone) {
        this.now = now;
        this.zone = zone;
    }

    /** A clock that shows this time, in UTC. */
    public static SettableClock at(Instant time) {
        return new SettableClock(new AtomicReference<>(requireNonNull(time, "time")), ZoneOffset.UTC);
    }

    /** A clock that shows this time, as in {@code 2026-01-02T03:04:05Z}. */
    public static SettableClock at(String time) {
        return at(Instant.parse(time));
    }

    /** Moves the clock to a time, be it an earlier one. */
    public void set(Instant time) {
        now.set(requireNonNull(time, "time"));
    }

    /** Moves the clock on, or back where the step is negative; returns the new time. */
    public Instant advance(Duration step) {
        return now.updateAndGet(time -> time.plus(step));
    }

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** A clock of another zone that shows the same time and moves with this one. */
    @Override
    public Clock withZone(ZoneId other) {
        return new SettableClock(now, requireNonNull(other, "zone"));
    }

    @Override
    public String toString() {
        return "SettableClock[" + instant() + "]";
    }
}
