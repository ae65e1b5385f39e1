// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;

/**
 * How many calls run at a time, and what becomes of their connections.
 *
 * @param maxIdle how many connections without a call are kept
 * @param maxSize how many calls run at a time
 * @param timeout how long a call waits for its place
 * @param idleExpiry how long a connection without a call is kept
 */
record PoolOptions(int maxIdle, int maxSize, Duration timeout, Duration idleExpiry) {
    /** An idle connection ends sooner than servers usually close it. */
    static final PoolOptions DEFAULTS = new PoolOptions(100, 100, Duration.ofSeconds(5), Duration.ofSeconds(5));
}
