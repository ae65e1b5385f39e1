// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;

/**
 * What an MCP resource holds.
 *
 * @param resourceUri the resource
 * @param content what it holds
 */
public record McpResourceData(String resourceUri, JsonObject content) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public McpResourceData {
        Checks.of("McpResourceData")
                .required("resource_uri", resourceUri)
                .required("content", content)
                .done();
    }

    @Override
    public PayloadType type() {
        return PayloadType.MCP_RESOURCE_DATA;
    }
}
