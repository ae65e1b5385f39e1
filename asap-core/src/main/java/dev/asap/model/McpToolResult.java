// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * What an MCP tool gave: a result, or why there is none.
 *
 * @param requestId the call that this answers
 * @param success whether the tool gave a result
 * @param result the result; there exactly when the call was a success
 * @param error what went wrong; there exactly when the call was none
 */
public record McpToolResult(
        String requestId,
        boolean success,
        @Nullable JsonObject result,
        @Nullable String error) implements Payload {
    /**
     * Checks that there is either a result or an error, as {@code success} says.
     *
     * @throws dev.asap.validation.ValidationException if it is otherwise, or {@code requestId} is missing
     */
    public McpToolResult {
        Checks.of("McpToolResult")
                .required("request_id", requestId)
                .rule(
                        success ? result != null && error == null : error != null && result == null,
                        success
                                ? "a successful call has a result and no error"
                                : "a failed call has an error and no result")
                .done();
    }

    /** The result of a call. */
    public static McpToolResult ok(String requestId, JsonObject result) {
        return new McpToolResult(requestId, true, result, null);
    }

    /** Why a call has no result. */
    public static McpToolResult failed(String requestId, String error) {
        return new McpToolResult(requestId, false, null, error);
    }

    @Override
    public PayloadType type() {
        return PayloadType.MCP_TOOL_RESULT;
    }
}
