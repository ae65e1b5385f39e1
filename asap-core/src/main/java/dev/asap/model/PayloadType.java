// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code payload_type} of an envelope: its text as it was spelled, and the key by which spellings are the same.
 *
 * <p>{@code task.request}, {@code TaskRequest} and {@code TASK_REQUEST} have the same {@link #key()}. Types are equal when
 * their texts are; compare with {@link #matches} to pass over the spelling. Immutable.
 */
public final class PayloadType {
    private static final Map<String, PayloadType> PREFERRED = new HashMap<>();

    /** A task is asked for. */
    public static final PayloadType TASK_REQUEST = preferred("task.request");

    /** A task has ended, or where it stands. */
    public static final PayloadType TASK_RESPONSE = preferred("task.response");

    /** A task has got on. */
    public static final PayloadType TASK_UPDATE = preferred("task.update");

    /** A task shall end. */
    public static final PayloadType TASK_CANCEL = preferred("task.cancel");

    /** A piece of a task's answer. */
    public static final PayloadType TASK_STREAM = preferred("TaskStream");

    /** A message within a task. */
    public static final PayloadType MESSAGE_SEND = preferred("message.send");

    /** A snapshot is asked for. */
    public static final PayloadType STATE_QUERY = preferred("state_query");

    /** A task shall go on from a snapshot. */
    public static final PayloadType STATE_RESTORE = preferred("state_restore");

    /** An artifact is there. */
    public static final PayloadType ARTIFACT_NOTIFY = preferred("artifact.notify");

    /** An MCP tool is called. */
    public static final PayloadType MCP_TOOL_CALL = preferred("mcp_tool_call");

    /** What an MCP tool gave. */
    public static final PayloadType MCP_TOOL_RESULT = preferred("mcp_tool_result");

    /** An MCP resource is asked for. */
    public static final PayloadType MCP_RESOURCE_FETCH = preferred("mcp_resource_fetch");

    /** What an MCP resource holds. */
    public static final PayloadType MCP_RESOURCE_DATA = preferred("mcp_resource_data");

    /** An envelope has arrived. */
    public static final PayloadType MESSAGE_ACK = preferred("MessageAck");

    /** The payload types of the protocol in their preferred spelling. */
    public static final List<PayloadType> ALL = List.of(
            TASK_REQUEST,
            TASK_STREAM,
            TASK_RESPONSE,
            TASK_UPDATE,
            TASK_CANCEL,
            MESSAGE_SEND,
            STATE_QUERY,
            STATE_RESTORE,
            ARTIFACT_NOTIFY,
            MCP_TOOL_CALL,
            MCP_TOOL_RESULT,
            MCP_RESOURCE_FETCH,
            MCP_RESOURCE_DATA,
            MESSAGE_ACK);

    private final String value;
    private final String key;

    private PayloadType(String value) {
        this.value = value;
        this.key = keyOf(value);
    }

    /** The payload type with this text; any text is one. */
    public static PayloadType of(String value) {
        PayloadType known = PREFERRED.get(value);
        return known != null ? known : new PayloadType(value);
    }

    private static PayloadType preferred(String value) {
        PayloadType type = new PayloadType(value);
        PREFERRED.put(value, type);
        return type;
    }

    /** The text as it was spelled. */
    public String value() {
        return value;
    }

    /** The letters and digits of the text in lower case: the same for all spellings of a type. */
    public String key() {
        return key;
    }

    /** Whether both name the same type, in whatever spelling. */
    public boolean matches(PayloadType other) {
        return key.equals(other.key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PayloadType that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }

    private static String keyOf(String value) {
        StringBuilder key = new StringBuilder(value.length());
        value.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .forEach(key::appendCodePoint);
        return key.toString();
    }
}
