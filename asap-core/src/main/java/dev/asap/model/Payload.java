// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * What an envelope carries: one of the protocol's fourteen payloads, or a {@link CustomPayload} for every other type.
 */
public sealed interface Payload
        permits TaskRequest,
                TaskResponse,
                TaskUpdate,
                TaskCancel,
                TaskStream,
                MessageSend,
                StateQuery,
                StateRestore,
                ArtifactNotify,
                McpToolCall,
                McpToolResult,
                McpResourceFetch,
                McpResourceData,
                MessageAck,
                CustomPayload {
    /** The type of the payload in its preferred spelling. */
    PayloadType type();
}
