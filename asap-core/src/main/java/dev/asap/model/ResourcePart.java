// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;

/**
 * A reference to an MCP resource.
 *
 * @param resourceUri the resource
 */
public record ResourcePart(String resourceUri) implements Part {
    /** The {@link #type()} of all of them. */
    public static final String TYPE = "resource";

    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public ResourcePart {
        Checks.of("ResourcePart").required("resource_uri", resourceUri).done();
    }

    @Override
    public String type() {
        return TYPE;
    }
}
