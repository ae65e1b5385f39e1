// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * What an agent can do.
 *
 * @param id the name by which it is asked for
 * @param description what it does, for people
 * @param inputSchema the JSON Schema of what it works on, or null
 * @param outputSchema the JSON Schema of what it gives, or null
 */
public record Skill(
        String id,
        String description,
        @Nullable JsonObject inputSchema,
        @Nullable JsonObject outputSchema) {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Skill {
        Checks.of("Skill")
                .required("id", id)
                .required("description", description)
                .done();
    }

    /** A skill without schemas. */
    public static Skill of(String id, String description) {
        return new Skill(id, description, null, null);
    }
}
