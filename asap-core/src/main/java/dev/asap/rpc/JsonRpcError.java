// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.rpc;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.error.RemoteErrorException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.validation.Checks;
import dev.asap.validation.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why a JSON-RPC request was not done.
 *
 * @param code the JSON-RPC number
 * @param message for people; never to be matched
 * @param data for programs, or null
 */
public record JsonRpcError(
        int code, String message, @Nullable JsonObject data) {
    /** The text is not JSON. */
    public static final int PARSE_ERROR = -32700;

    /** The JSON is no request. */
    public static final int INVALID_REQUEST = -32600;

    /** There is no such method; a long name is shortened. */
    public static final int METHOD_NOT_FOUND = -32601;

    /** The parameters, or the envelope in them, break rules. */
    public static final int INVALID_PARAMS = -32602;

    /** Something failed that is not the caller's fault. */
    public static final int INTERNAL_ERROR = -32603;

    /** The versions that the caller speaks are none of ours. */
    public static final int VERSION_INCOMPATIBLE = -32000;

    /** Members of {@code data} that have a place of their own in an exception. */
    private static final Set<String> LIFTED = Set.of(
            "rpc_code",
            "code",
            "recoverable",
            "asap_taxonomy_code",
            "retry_after_ms",
            "alternative_agents",
            "fallback_action");

    /** The text is not JSON; {@code reason} says what is wrong with it. */
    public static JsonRpcError parseError(String reason) {
        return new JsonRpcError(PARSE_ERROR, "Parse error", JsonObject.of("error", reason));
    }

    /** The JSON is no request. */
    public static JsonRpcError invalidRequest(JsonObject data) {
        return new JsonRpcError(INVALID_REQUEST, "Invalid request", data);
    }

    /** There is no such method. */
    public static JsonRpcError methodNotFound(String method) {
        return new JsonRpcError(METHOD_NOT_FOUND, "Method not found", JsonObject.of("method", Checks.quoted(method)));
    }

    /** The parameters break rules. */
    public static JsonRpcError invalidParams(JsonObject data) {
        return new JsonRpcError(INVALID_PARAMS, "Invalid params", data);
    }

    /** Something failed that is not the caller's fault. */
    public static JsonRpcError internalError(JsonObject data) {
        return new JsonRpcError(INTERNAL_ERROR, "Internal error", data);
    }

    /** The versions that the caller speaks are none of ours. */
    public static JsonRpcError versionIncompatible(String requested, List<String> supported) {
        return new JsonRpcError(
                VERSION_INCOMPATIBLE,
                "ASAP protocol version incompatible",
                JsonObject.of("requested", Checks.quoted(requested), "supported", supported));
    }

    /** Violations as errors carry them: a list of {@code type}, {@code loc} and {@code msg}. */
    public static JsonArray toJson(List<Violation> violations) {
        List<JsonValue> list = new ArrayList<>();
        for (Violation violation : violations) {
            list.add(JsonObject.of("type", violation.type(), "loc", violation.path(), "msg", violation.message()));
        }
        return new JsonArray(list);
    }

    /**
     * The error object of a protocol error.
     *
     * @param shortText what the member {@code error} of {@code data} says
     */
    public static JsonRpcError of(ProtocolException e, String shortText) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("code", e.code().name());
        data.put("rpc_code", e.code().rpcCode());
        data.put("message", e.getMessage());
        data.put("details", e.details());
        putHints(data, e);
        data.put("recoverable", e.retryable());
        data.put("asap_taxonomy_code", e.code().name());
        data.put("error", shortText);
        return new JsonRpcError(
                e.code().rpcCode(),
                String.valueOf(e.getMessage()),
                JsonValue.of(data).asObject());
    }

    private static void putHints(Map<String, @Nullable Object> data, ProtocolException e) {
        e.retryAfter().ifPresent(wait -> data.put("retry_after_ms", wait.toMillis()));
        if (!e.alternativeAgents().isEmpty()) {
            data.put(
                    "alternative_agents",
                    e.alternativeAgents().stream().map(AgentUrn::value).toList());
        }
        e.fallbackAction().ifPresent(action -> data.put("fallback_action", action));
    }

    /** The exception that a client throws for this error: keeps the number, the name and the hints of the peer. */
    public RemoteErrorException toException() {
        JsonObject known = data == null ? JsonObject.empty() : data;
        JsonObject details = known;
        for (String member : LIFTED) {
            details = details.without(member);
        }
        ProtocolException.Builder error = ProtocolException.builder(
                        errorCode(known), "Remote error " + code + ": " + message)
                .details(details)
                .recoverable(known.find("recoverable")
                        .filter(JsonBoolean.TRUE::equals)
                        .isPresent())
                .retryAfter(retryAfter(known))
                .alternativeAgents(alternativeAgents(known))
                .fallbackAction(text(known, "fallback_action"));
        return new RemoteErrorException(error, code, data);
    }

    private ErrorCode errorCode(JsonObject known) {
        String name = text(known, "code");
        if (name == null || !name.startsWith("asap:")) {
            name = text(known, "asap_taxonomy_code");
        }
        if (name == null || !name.startsWith("asap:")) {
            name = ErrorCode.REMOTE_ERROR.name();
        }
        boolean inRange = code >= ErrorCode.MIN_RPC_CODE && code <= ErrorCode.MAX_RPC_CODE;
        return new ErrorCode(name, inRange ? code : ErrorCode.REMOTE_ERROR.rpcCode());
    }

    private static @Nullable String text(JsonObject object, String member) {
        return object.find(member).orElse(null) instanceof JsonString text ? text.value() : null;
    }

    private static @Nullable Duration retryAfter(JsonObject object) {
        if (object.find("retry_after_ms").orElse(null) instanceof JsonNumber number) {
            double millis = number.asDouble();
            // A peer may ask for any wait; a year is for ever, and fits a duration.
            return millis >= 0 ? Duration.ofMillis((long) Math.min(millis, 365 * 86_400_000.0)) : null;
        }
        return null;
    }

    private static List<AgentUrn> alternativeAgents(JsonObject object) {
        List<AgentUrn> agents = new ArrayList<>();
        if (object.find("alternative_agents").orElse(null) instanceof JsonArray array) {
            for (JsonValue value : array) {
                addIfUrn(agents, value);
            }
        }
        return agents;
    }

    private static void addIfUrn(List<AgentUrn> agents, JsonValue value) {
        if (value instanceof JsonString text) {
            try {
                agents.add(AgentUrn.of(text.value()));
            } catch (IllegalArgumentException notAnAgent) {
                // A hint that cannot be followed is no reason to lose the error that it came with.
                return;
            }
        }
    }
}
