// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;

/**
 * A text with gaps, and what goes into them.
 *
 * @param template the text; a gap is a variable's name in double braces
 * @param variables what goes into the gaps, by name
 */
public record TemplatePart(String template, JsonObject variables) implements Part {
    /** The {@link #type()} of all of them. */
    public static final String TYPE = "template";

    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public TemplatePart {
        Checks.of("TemplatePart")
                .required("template", template)
                .required("variables", variables)
                .done();
    }

    @Override
    public String type() {
        return TYPE;
    }
}
