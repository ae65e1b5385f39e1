// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import org.jspecify.annotations.Nullable;

/**
 * Says whose a bearer token is. Called by many threads at once, for each message; may block.
 *
 * <p>Compare secrets in constant time ({@link java.security.MessageDigest#isEqual}), or look up their hashes.
 */
@FunctionalInterface
public interface TokenValidator {
    /**
     * The agent that a token belongs to, which is then the only one that may be the sender of the message; null if the token is not
     * valid. What it throws is logged and tells the caller of an internal error only.
     *
     * @param token what the caller sent, not blank, as it is
     */
    @Nullable
    AgentUrn validate(String token);
}
