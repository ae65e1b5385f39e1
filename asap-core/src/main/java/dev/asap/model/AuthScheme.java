// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How callers of an agent prove who they are. Which schemes there may be is checked by the {@link Manifest}.
 *
 * @param schemes the schemes, {@code bearer} or {@code basic}; may be empty
 * @param oauth2 where tokens come from, or null
 */
public record AuthScheme(List<String> schemes, @Nullable JsonObject oauth2) {
    /**
     * Checks that what is required is there, and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public AuthScheme {
        Checks.of("AuthScheme").required("schemes", schemes).done();
        schemes = List.copyOf(schemes);
    }

    /** Schemes without settings, as in {@code AuthScheme.of("bearer")}. */
    public static AuthScheme of(String... schemes) {
        return new AuthScheme(List.of(schemes), null);
    }
}
