// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the parts of a call may take.
 *
 * @param connect to connect to one address; null for what the OkHttp client has
 * @param read the peer may send nothing; null likewise
 * @param write the peer may take in nothing; null likewise
 * @param call a whole call, repetitions included; null for no limit
 */
record Timeouts(
        @Nullable Duration connect,
        @Nullable Duration read,
        @Nullable Duration write,
        @Nullable Duration call) {
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    /**
     * The value, if OkHttp can keep it.
     *
     * @throws IllegalArgumentException if it is not 1 ms to 24 days
     */
    static Duration checked(String option, Duration value) {
        if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(option + " must be 1 ms to 24 days, got " + value);
        }
        return value;
    }
}
