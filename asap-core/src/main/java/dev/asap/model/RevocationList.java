// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.id.AgentUrn;
import dev.asap.validation.Checks;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agents that must not be trusted any more.
 *
 * @param revoked these agents; may be empty
 * @param version the version of the list's form, or null
 */
public record RevocationList(
        List<RevokedAgent> revoked, @Nullable String version) {
    /**
     * Checks that what is required is there, and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public RevocationList {
        Checks.of("RevocationList").required("revoked", revoked).done();
        revoked = List.copyOf(revoked);
    }

    /** What the list says about an agent; empty if it is not on it. Compares exactly. */
    public Optional<RevokedAgent> find(AgentUrn urn) {
        return revoked.stream().filter(agent -> agent.urn().equals(urn.value())).findFirst();
    }
}
