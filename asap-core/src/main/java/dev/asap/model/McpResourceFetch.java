// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;

/**
 * Asks for an MCP resource of an agent.
 *
 * @param resourceUri the resource
 */
public record McpResourceFetch(String resourceUri) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public McpResourceFetch {
        Checks.of("McpResourceFetch").required("resource_uri", resourceUri).done();
    }

    @Override
    public PayloadType type() {
        return PayloadType.MCP_RESOURCE_FETCH;
    }
}
