// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.util.Set;

/**
 * Who calls, as a token that was verified says.
 *
 * @param subject whom the token was issued to, its claim {@code sub}; customarily an agent's URN, not checked
 * @param scopes what the token allows, as in {@code asap:execute}
 */
public record CallerIdentity(String subject, Set<String> scopes) {
    /** Copies the scopes. */
    public CallerIdentity {
        scopes = Set.copyOf(scopes);
    }

    /** Whether the token allows this. */
    public boolean hasScope(String scope) {
        return scopes.contains(scope);
    }
}
