// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;

/**
 * Plain text.
 *
 * @param content the text; may be empty
 */
public record TextPart(String content) implements Part {
    /** The {@link #type()} of all of them. */
    public static final String TYPE = "text";

    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public TextPart {
        Checks.of("TextPart").required("content", content).done();
    }

    @Override
    public String type() {
        return TYPE;
    }
}
