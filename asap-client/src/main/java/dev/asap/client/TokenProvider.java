// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import org.jspecify.annotations.Nullable;

/**
 * Gives the bearer token that goes with messages. Used by many threads at a time; a provider that fetches tokens keeps them,
 * since it is asked before each attempt.
 *
 * <p>What it throws ends the call.
 */
@FunctionalInterface
public interface TokenProvider {
    /** The token to send now: visible ASCII without blanks. */
    String token();

    /**
     * The peer answered HTTP 401 to a token. What is returned is tried once more in the same call.
     *
     * @param refused the token that was sent
     * @return another token, or null to let the call fail
     */
    default @Nullable String renewed(String refused) {
        return null;
    }
}
