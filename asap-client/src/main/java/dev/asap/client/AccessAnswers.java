// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.client.AccessRefusedException.Refusal;
import dev.asap.codec.ASAPCodec;
import dev.asap.identity.ConstraintViolation;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.rpc.JsonRpcError;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Says what the answers of the identity and capability routes mean. Immutable and thread-safe. */
final class AccessAnswers {
    private static final int REQUEST_TIMEOUT = 408;
    private static final int FIRST_FAILURE = 400;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_FAILURE = 500;

    private static final String CONSTRAINT_VIOLATED = "constraint_violated";

    private final AnswerReader answers;
    private final InstantSource clock;

    AccessAnswers(AnswerReader answers, InstantSource clock) {
        this.answers = answers;
        this.clock = clock;
    }

    /**
     * The object in an answer that is no failure; out of a JSON-RPC result where some servers put it.
     *
     * @throws dev.asap.error.RemoteErrorException if there is none, or a JSON-RPC error
     */
    JsonObject object(Operation operation, int status, byte[] body) {
        JsonObject object;
        try {
            object = JsonObject.parse(body);
        } catch (JsonException e) {
            throw new JsonRpcError(
                            JsonRpcError.PARSE_ERROR,
                            "the answer to " + operation + " (HTTP " + status + ", " + body.length
                                    + " bytes) is no JSON object; check the base URL",
                            null)
                    .toException();
        }
        if (!object.has("jsonrpc")) {
            return object;
        }
        if (object.find("result").orElse(null) instanceof JsonObject result) {
            return result;
        }
        throw answers.failure(operation, status, body, null);
    }

    /**
     * The record in an object.
     *
     * @throws ValidationException if the object breaks rules of the protocol
     */
    static <T> T read(Operation operation, JsonObject object, Class<T> type) {
        try {
            return ASAPCodec.tolerant().read(object, type);
        } catch (ValidationException e) {
            throw new ValidationException("answer to " + operation, e.violations());
        }
    }

    /** The exception for an answer whose status is a failure. */
    ASAPException failure(Operation operation, Response response, byte[] body) {
        int status = response.code();
        if (!isRefusal(status)) {
            Duration retryAfter = RetryAfter.of(response, clock);
            return answers.failure(operation, status, body, retryAfter);
        }
        JsonObject object = objectOrEmpty(body);
        String error = error(object);
        if (CONSTRAINT_VIOLATED.equals(error)) {
            return constraintViolated(operation, status, object, requestId(object));
        }
        return new AccessRefusedException(
                new Refusal(operation, status, reason(object), error, ASAPChallenge.of(response), requestId(object)));
    }

    /** Whether a repetition would change nothing. */
    private static boolean isRefusal(int status) {
        return status >= FIRST_FAILURE
                && status < FIRST_SERVER_FAILURE
                && status != REQUEST_TIMEOUT
                && status != TOO_MANY_REQUESTS;
    }

    /** The reason leaves out the messages of the violations: they repeat the arguments' values. */
    private static ConstraintViolatedException constraintViolated(
            Operation operation, int status, JsonObject object, @Nullable String requestId) {
        List<ConstraintViolation> violations = violations(object);
        String named = text(object, "capability");
        String capability = named == null ? "" : Checks.quoted(named);
        String broken = violations.stream()
                .limit(5)
                .map(violation -> Checks.quoted(violation.field()) + " (" + Checks.quoted(violation.operator()) + ")")
                .collect(Collectors.joining(", "));
        return new ConstraintViolatedException(
                new Refusal(
                        operation,
                        status,
                        "the arguments break the constraints of the capability '" + capability + "': " + broken,
                        CONSTRAINT_VIOLATED,
                        null,
                        requestId),
                capability,
                violations);
    }

    private static List<ConstraintViolation> violations(JsonObject object) {
        return object.find("violations").orElse(null) instanceof JsonArray array
                ? array.values().stream()
                        .limit(ValidationException.MAX_VIOLATIONS)
                        .map(AccessAnswers::violation)
                        .flatMap(Optional::stream)
                        .toList()
                : List.of();
    }

    /** Empty where it cannot be read: the refusal counts more than how well it is described. */
    private static Optional<ConstraintViolation> violation(JsonValue value) {
        try {
            return Optional.of(ASAPCodec.tolerant().read(value.asObject(), ConstraintViolation.class));
        } catch (JsonException | ValidationException e) {
            return Optional.empty();
        }
    }

    private static JsonObject objectOrEmpty(byte[] body) {
        try {
            return JsonObject.parse(body);
        } catch (JsonException e) {
            return JsonObject.empty();
        }
    }

    /** The server's name for the error. */
    private static @Nullable String error(JsonObject object) {
        if (object.find("error").orElse(null) instanceof JsonObject error) {
            return quoted(text(error, "code"));
        }
        return quoted(text(object, "error"));
    }

    private static @Nullable String reason(JsonObject object) {
        JsonValue detail = object.find("detail").orElse(null);
        if (detail instanceof JsonString text) {
            return Checks.quoted(text.value());
        } else if (detail instanceof JsonArray list && !list.values().isEmpty()) {
            return finding(list.values().get(0));
        } else if (object.find("error").orElse(null) instanceof JsonObject error) {
            return quoted(text(error, "message"));
        }
        return quoted(text(object, "error"));
    }

    /** One finding of a schema: where, and what is wrong there. */
    private static @Nullable String finding(JsonValue value) {
        if (!(value instanceof JsonObject finding)) {
            return null;
        }
        String message = text(finding, "msg");
        String path = finding.find("loc").orElse(null) instanceof JsonArray location
                ? location.values().stream()
                        .limit(8)
                        .map(step -> step instanceof JsonString text ? text.value() : step.toString())
                        .collect(Collectors.joining("."))
                : "";
        return quoted(message == null || path.isEmpty() ? message : path + ": " + message);
    }

    private static @Nullable String requestId(JsonObject object) {
        String outside = text(object, "request_id");
        if (outside == null && object.find("error").orElse(null) instanceof JsonObject error) {
            return quoted(text(error, "request_id"));
        }
        return quoted(outside);
    }

    private static @Nullable String quoted(@Nullable String text) {
        return text == null ? null : Checks.quoted(text);
    }

    private static @Nullable String text(JsonObject object, String member) {
        return object.find(member).orElse(null) instanceof JsonString text ? text.value() : null;
    }
}
