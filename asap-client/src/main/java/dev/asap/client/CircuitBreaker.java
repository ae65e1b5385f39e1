// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.CircuitOpenException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Stops calls to a peer that keeps failing: after some failures in a row nothing is sent for a while, then one call finds out
 * whether the peer is back. Thread-safe, without locks.
 *
 * <p>A breaker belongs to whoever makes it. Clients of the same peer that shall learn from each other's failures are handed the
 * same breaker; it keeps no list of peers and shares nothing with other breakers. It holds no resources and needs no closing.
 *
 * <table>
 *   <caption>What happens when</caption>
 *   <tr><th>Event</th><th>Effect</th></tr>
 *   <tr><td>a call fails</td><td>counted; from the threshold on the breaker opens, and again when the one call failed</td></tr>
 *   <tr><td>a call succeeds</td><td>the count is 0; the breaker closes when it was the one call</td></tr>
 *   <tr><td>a call begins while open</td><td>refused with a {@link CircuitOpenException}; the first one after the open time is
 *       let through as the one call</td></tr>
 *   <tr><td>a call begins while half-open</td><td>refused, unless the one call ended without saying anything about the peer</td></tr>
 * </table>
 *
 * <p>The outcome of a call tells about the time in which it began: once the breaker has changed its state, calls from before
 * change nothing any more. So a late answer does not close an open breaker, and a late failure neither opens it again nor makes
 * it stay open longer.
 */
public final class CircuitBreaker {
    /** How many failures in a row open a breaker by the protocol's advice. */
    public static final int DEFAULT_THRESHOLD = 5;

    /** How long a breaker stays open by the protocol's advice. */
    public static final Duration DEFAULT_OPEN_FOR = Duration.ofSeconds(60);

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** What a breaker does with calls. */
    public enum State {
        /** All calls go through. */
        CLOSED,
        /** No call goes through. */
        OPEN,
        /** One call goes through to find out whether the peer is back. */
        HALF_OPEN
    }

    /**
     * All that changes, replaced as a whole.
     *
     * @param failures failures in a row
     * @param lastFailure the ticker at the latest of them; means something while there are failures
     * @param generation grows with each change of the state; outcomes of an older one count for nothing
     * @param probing whether the one call of the half-open state is under way
     */
    private record Condition(State state, int failures, long lastFailure, long generation, boolean probing) {
        static final Condition INITIAL = new Condition(State.CLOSED, 0, 0, 0, false);

        Condition closed() {
            return new Condition(State.CLOSED, 0, 0, generation + 1, false);
        }

        Condition halfOpen() {
            return new Condition(State.HALF_OPEN, failures, lastFailure, generation + 1, true);
        }

        Condition withProbe(boolean underWay) {
            return new Condition(state, failures, lastFailure, generation, underWay);
        }

        Condition afterSuccess() {
            if (state == State.HALF_OPEN) {
                return closed();
            }
            return failures == 0 ? this : new Condition(state, 0, 0, generation, false);
        }

        Condition afterFailure(int threshold, long now) {
            int counted = failures == Integer.MAX_VALUE ? failures : failures + 1;
            return state == State.HALF_OPEN || counted >= threshold
                    ? new Condition(State.OPEN, counted, now, generation + 1, false)
                    : new Condition(state, counted, now, generation, false);
        }
    }

    private final int threshold;
    private final long openForNanos;
    private final LongSupplier ticker;
    private final AtomicReference<Condition> condition = new AtomicReference<>(Condition.INITIAL);

    /**
     * Creates a closed breaker.
     *
     * @param ticker gives nanoseconds that only grow, from any start
     */
    CircuitBreaker(int threshold, Duration openFor, LongSupplier ticker) {
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold must be 1 or more failures in a row, got " + threshold);
        }
        if (openFor.compareTo(Duration.ofMillis(1)) < 0
                || openFor.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("openFor must be 1 ms to 24 days, got " + openFor);
        }
        this.threshold = threshold;
        this.openForNanos = openFor.toNanos();
        this.ticker = ticker;
    }

    /**
     * A closed breaker.
     *
     * @param threshold how many failures in a row open it; {@value #DEFAULT_THRESHOLD} is usual. Fewer protect a struggling peer
     *     sooner, more bear with one that fails now and then
     * @param openFor how long it lets nothing through after the latest failure; {@link #DEFAULT_OPEN_FOR} is usual. Shorten it for a
     *     peer that is back quickly
     * @throws IllegalArgumentException if the threshold is less than 1, or the time is not 1 ms to 24 days
     */
    public static CircuitBreaker of(int threshold, Duration openFor) {
        return new CircuitBreaker(threshold, openFor, System::nanoTime);
    }

    /**
     * What the breaker does with calls now. An open breaker stays open until a call begins after its time, so this can say {@link
     * State#OPEN} although the next call will go through.
     */
    public State state() {
        return condition.get().state();
    }

    /** How many calls failed since one succeeded. */
    public int consecutiveFailures() {
        return condition.get().failures();
    }

    /** Closes the breaker and forgets the failures. What calls that run at this moment come to counts for nothing. */
    public void reset() {
        condition.updateAndGet(Condition::closed);
    }

    /**
     * Lets a call begin. The permit must be settled or closed, best by try-with-resources.
     *
     * @param baseUrl the peer as messages show it, without secrets
     * @throws CircuitOpenException if the breaker lets no call through; nothing must be sent. It says how long the breaker stays open,
     *     and 0 while the one call of a half-open breaker is under way
     */
    Permit acquire(String baseUrl) {
        while (true) {
            Condition current = condition.get();
            if (current.state() == State.CLOSED) {
                return new Permit(current.generation());
            }
            if (!letsOneThrough(current)) {
                throw new CircuitOpenException(baseUrl, current.failures(), waitFor(current));
            }
            Condition next = current.state() == State.OPEN ? current.halfOpen() : current.withProbe(true);
            if (condition.compareAndSet(current, next)) {
                return new Permit(next.generation());
            }
        }
    }

    private boolean letsOneThrough(Condition current) {
        return current.state() == State.OPEN ? nanosLeft(current) <= 0 : !current.probing();
    }

    /** What is left of the open time, in milliseconds rounded up: whoever waits that long is not refused for the same reason. */
    private Duration waitFor(Condition current) {
        long nanos = Math.max(0, nanosLeft(current));
        return Duration.ofMillis((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    private long nanosLeft(Condition current) {
        return openForNanos - (ticker.getAsLong() - current.lastFailure());
    }

    @Override
    public String toString() {
        Condition current = condition.get();
        return "CircuitBreaker[" + current.state() + ", consecutiveFailures=" + current.failures() + "]";
    }

    /** The right to make one call. The first of its methods to be called decides, the others then do nothing. Thread-safe. */
    final class Permit implements AutoCloseable {
        private final long generation;
        private final AtomicBoolean settled = new AtomicBoolean();

        private Permit(long generation) {
            this.generation = generation;
        }

        /** The peer answered, be it with an error. */
        void success() {
            if (settled.compareAndSet(false, true)) {
                condition.updateAndGet(now -> isCurrent(now) ? now.afterSuccess() : now);
            }
        }

        /** The peer did not answer, or with an HTTP failure. */
        void failure() {
            if (settled.compareAndSet(false, true)) {
                long time = ticker.getAsLong();
                condition.updateAndGet(now -> isCurrent(now) ? now.afterFailure(threshold, time) : now);
            }
        }

        /** Nothing was learned about the peer: a half-open breaker lets another call find out. */
        @Override
        public void close() {
            if (settled.compareAndSet(false, true)) {
                condition.updateAndGet(now -> isCurrent(now) && now.probing() ? now.withProbe(false) : now);
            }
        }

        private boolean isCurrent(Condition now) {
            return now.generation() == generation;
        }
    }
}
