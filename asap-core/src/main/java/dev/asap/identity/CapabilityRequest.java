// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * A capability that an agent asks for.
 *
 * @param name the capability's name
 * @param constraints to what the agent wants to be held; null for what the server grants by itself
 */
public record CapabilityRequest(String name, @Nullable Constraints constraints) {
    /**
     * Checks the name.
     *
     * @throws dev.asap.validation.ValidationException if it is blank
     */
    public CapabilityRequest {
        Checks.of("CapabilityRequest")
                .rule("name", !name.isBlank(), "must not be blank", name)
                .done();
    }

    /** Asks for a capability as the server grants it. */
    public static CapabilityRequest of(String name) {
        return new CapabilityRequest(name, null);
    }

    /** The same, held to these constraints. */
    public CapabilityRequest withConstraints(Constraints value) {
        return new CapabilityRequest(name, value);
    }
}
