// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Structured data.
 *
 * @param data the data
 * @param schemaUri where its JSON Schema is, or null
 */
public record DataPart(JsonObject data, @Nullable String schemaUri) implements Part {
    /** The {@link #type()} of all of them. */
    public static final String TYPE = "data";

    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public DataPart {
        Checks.of("DataPart").required("data", data).done();
    }

    /** Data without a schema. */
    public static DataPart of(JsonObject data) {
        return new DataPart(data, null);
    }

    @Override
    public String type() {
        return TYPE;
    }
}
