// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.id.AgentUrn;
import dev.asap.validation.Checks;
import java.util.List;

/**
 * An agent as others list it.
 *
 * @param id the agent
 * @param manifestUri where its manifest is
 * @param capabilities what it can do, at least one thing
 */
public record Agent(AgentUrn id, String manifestUri, List<String> capabilities) {
    /**
     * Checks that what is required is there, and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Agent {
        Checks.of("Agent")
                .required("id", id)
                .required("manifest_uri", manifestUri)
                .required("capabilities", capabilities)
                .notEmpty("capabilities", capabilities)
                .done();
        capabilities = List.copyOf(capabilities);
    }
}
