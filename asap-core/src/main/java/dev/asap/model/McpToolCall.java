// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Calls an MCP tool of an agent.
 *
 * @param requestId the call, repeated in its result
 * @param toolName the tool
 * @param arguments what the tool works on
 * @param mcpContext what else the tool may use, or null
 */
public record McpToolCall(
        String requestId,
        String toolName,
        JsonObject arguments,
        @Nullable JsonObject mcpContext) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public McpToolCall {
        Checks.of("McpToolCall")
                .required("request_id", requestId)
                .required("tool_name", toolName)
                .required("arguments", arguments)
                .done();
    }

    /** A call without a context. */
    public static McpToolCall of(String requestId, String toolName, JsonObject arguments) {
        return new McpToolCall(requestId, toolName, arguments, null);
    }

    @Override
    public PayloadType type() {
        return PayloadType.MCP_TOOL_CALL;
    }
}
