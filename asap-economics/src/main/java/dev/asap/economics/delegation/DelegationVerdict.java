// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a token may be used for something. */
public sealed interface DelegationVerdict {
    /**
     * It may.
     *
     * @param delegator who granted
     * @param delegate who was granted; empty where a token that was judged compatibly does not say
     * @param id the token's id, or null where a token that was judged compatibly has none
     * @param scopes what was granted
     * @param expiresAt when it ends, or null where a token that was judged compatibly does not
     * @param remaining how many tasks it can still be used for, this one not among them if it was counted, or null for no bound; others
     *     may use it at the same time
     */
    record Valid(
            String delegator,
            String delegate,
            @Nullable String id,
            List<String> scopes,
            @Nullable Instant expiresAt,
            @Nullable Long remaining)
            implements DelegationVerdict {
        /** Copies the scopes. */
        public Valid {
            scopes = List.copyOf(scopes);
        }
    }

    /**
     * It may not.
     *
     * @param reason why
     * @param text the same in a sentence, which can be told to whoever presented it
     */
    record Refused(DelegationRefusal reason, String text) implements DelegationVerdict {}
}
