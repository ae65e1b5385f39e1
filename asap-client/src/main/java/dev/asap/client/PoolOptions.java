// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many calls run at a time, and what becomes of their connections.
 *
 * @param maxIdle how many connections without a call are kept
 * @param maxSize how many calls run at a time
 * @param timeout how long a call waits for its place
 * @param idleExpiry how long a connection without a call is kept
 */
record PoolOptions(int maxIdle, int maxSize, Duration timeout, Duration idleExpiry) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    /** An idle connection ends sooner than servers usually close it. */
    static final PoolOptions HTTP = new PoolOptions(100, 100, DEFAULT_TIMEOUT, Duration.ofSeconds(5));

    /** A server works on the messages of a connection one after the other, and pings it. */
    static final PoolOptions SOCKETS = new PoolOptions(1, 2, DEFAULT_TIMEOUT, Duration.ofSeconds(60));

    /** A copy with other values where they are not null. */
    PoolOptions with(
            @Nullable Integer otherMaxIdle,
            @Nullable Integer otherMaxSize,
            @Nullable Duration otherTimeout,
            @Nullable Duration otherIdleExpiry) {
        return new PoolOptions(
                otherMaxIdle != null ? otherMaxIdle : maxIdle,
                otherMaxSize != null ? otherMaxSize : maxSize,
                otherTimeout != null ? otherTimeout : timeout,
                otherIdleExpiry != null ? otherIdleExpiry : idleExpiry);
    }

    /**
     * How many connections {@code warmUp} opens.
     *
     * @throws IllegalArgumentException if there is no room for so many, or none is asked for
     */
    int warm(int connections) {
        if (connections < 1 || connections > maxSize) {
            throw new IllegalArgumentException(
                    "warmUp takes 1 to " + maxSize + " connections (poolMaxSize), got " + connections);
        }
        return connections;
    }
}
