// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.IncomingBatch;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.ErrorCode;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.ProtocolException;
import dev.asap.error.RemoteErrorException;
import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.json.Outcome;
import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.model.PayloadType;
import dev.asap.rpc.JsonRpcError;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Turns what came back over HTTP into what it means: a value or an exception. Immutable and thread-safe.
 *
 * <p>Nothing of an answer's content gets into a message, but for what the peer wrote into an error for people to read.
 */
final class AnswerReader {
    private static final int FIRST_REDIRECT = 300;
    private static final int FIRST_FAILURE = 400;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_FAILURE = 500;
    private static final int UNAVAILABLE = 503;

    /** The answers that name the request that they answer; any other type may come without. */
    private static final List<PayloadType> BOUND =
            List.of(PayloadType.TASK_RESPONSE, PayloadType.MCP_TOOL_RESULT, PayloadType.MCP_RESOURCE_DATA);

    private final JsonRpcCodec codec;

    AnswerReader(JsonRpcCodec codec) {
        this.codec = codec;
    }

    /** Whether {@link #envelope} reads the body of an answer with this status; the others go to {@link #failure}. */
    static boolean isJsonRpc(int status) {
        return status < FIRST_FAILURE;
    }

    /** Whether an answer with this status holds the document that was asked for; the others go to {@link #failure}. */
    static boolean isDocument(int status) {
        return status < FIRST_REDIRECT;
    }

    /**
     * What an answer says.
     *
     * @throws RemoteErrorException if it is not JSON
     * @throws MalformedEnvelopeException if the envelope in it breaks rules
     */
    IncomingAnswer answer(Operation operation, int status, byte[] body) {
        try {
            return codec.readAnswer(body);
        } catch (JsonException e) {
            throw notJson(operation, status, body);
        } catch (ValidationException e) {
            throw malformed(operation, body, e);
        }
    }

    /**
     * The envelope that answers a message, out of an answer that is no failure.
     *
     * @throws RemoteErrorException if there is none
     * @throws CorrelationException if it answers another message
     */
    Envelope envelope(IncomingAnswer answer, Envelope request) {
        if (answer instanceof IncomingAnswer.Result result) {
            return correlated(result.envelope(), request);
        }
        throw new JsonRpcError(JsonRpcError.INTERNAL_ERROR, "The answer has neither an error nor an envelope", null)
                .toException();
    }

    /**
     * What the answer to a batch says.
     *
     * @throws RemoteErrorException if it is not JSON
     * @throws MalformedEnvelopeException if it is one answer to all, and its envelope breaks rules
     */
    IncomingBatch batch(Operation operation, int status, byte[] body) {
        try {
            return codec.readBatch(body);
        } catch (JsonException e) {
            throw notJson(operation, status, body);
        } catch (ValidationException e) {
            throw malformed(operation, body, e);
        }
    }

    /** What one element of the answer to a batch means for its message. */
    BatchItem item(Operation operation, Outcome<IncomingAnswer> element, Envelope request) {
        if (element instanceof Outcome.Refused<IncomingAnswer> refused) {
            return new BatchItem.Failed(malformedEnvelope(operation, refused.toException("element of the answer")));
        }
        IncomingAnswer answer = ((Outcome.Read<IncomingAnswer>) element).value();
        if (answer instanceof IncomingAnswer.Failed failed) {
            return new BatchItem.Failed(failed.error().toException());
        }
        try {
            return new BatchItem.Ok(envelope(answer, request));
        } catch (ProtocolException e) {
            return new BatchItem.Failed(e);
        }
    }

    /**
     * A manifest, plain or signed.
     *
     * @throws dev.asap.error.SignatureVerificationException if it is not to be believed
     */
    Manifest manifest(Operation operation, int status, byte[] body, ManifestTrust trust) {
        return document("manifest", operation, status, body, utf8 -> trust.check(operation.address(), utf8));
    }

    /** How an agent is doing. */
    HealthStatus health(Operation operation, int status, byte[] body) {
        return document(
                "health status",
                operation,
                status,
                body,
                utf8 -> ASAPCodec.tolerant().read(utf8, HealthStatus.class));
    }

    /**
     * A document.
     *
     * @param what names it in messages
     * @throws RemoteErrorException if it is not JSON
     * @throws ValidationException if it breaks rules
     */
    <T> T document(String what, Operation operation, int status, byte[] body, Function<byte[], T> reading) {
        try {
            return reading.apply(body);
        } catch (JsonException e) {
            throw notJson(operation, status, body);
        } catch (ValidationException e) {
            throw new ValidationException(what + " from " + operation.address(), e.violations());
        }
    }

    /** What an agent says that is not well; empty where the answer says nothing of the kind. */
    Optional<HealthStatus> unhealthy(int status, byte[] body) {
        if (status != UNAVAILABLE) {
            return Optional.empty();
        }
        try {
            return Optional.of(ASAPCodec.tolerant().read(body, HealthStatus.class));
        } catch (JsonException | ValidationException e) {
            return Optional.empty();
        }
    }

    /**
     * The exception for an answer whose status is a failure.
     *
     * @param body the body; empty where it was too long or could not be read
     * @param retryAfter how long the headers ask to wait
     */
    ASAPException failure(Operation operation, int status, byte[] body, @Nullable Duration retryAfter) {
        return failure(operation, status, body, retryAfter, null);
    }

    /**
     * The exception for an answer whose status is a failure, see {@link #failure(Operation, int, byte[], Duration)}.
     *
     * @param challenge the manifest that the answer names, or null
     */
    ASAPException failure(
            Operation operation, int status, byte[] body, @Nullable Duration retryAfter, @Nullable HttpUrl challenge) {
        JsonRpcError error = errorIn(body);
        return error != null
                ? remoteError(error, status, retryAfter)
                : ConnectionException.ofStatus(
                        operation + " was answered with HTTP " + status + advice(status)
                                + ASAPChallenge.advice(challenge),
                        operation.address().shown(),
                        status,
                        retryAfter);
    }

    private static Envelope correlated(Envelope answer, Envelope request) {
        for (PayloadType type : BOUND) {
            if (answer.payloadType().matches(type)) {
                if (!request.id().equals(answer.correlationId())) {
                    throw new CorrelationException(request.id(), answer.correlationId());
                }
                return answer;
            }
        }
        return answer;
    }

    private static RemoteErrorException notJson(Operation operation, int status, byte[] body) {
        String text = "the answer to " + operation + " (HTTP " + status + ", " + body.length + " bytes) is not JSON"
                + (status >= FIRST_REDIRECT ? "; redirects are not followed: set the address that it points to" : "");
        return new JsonRpcError(JsonRpcError.PARSE_ERROR, text, null).toException();
    }

    private static ASAPException malformed(Operation operation, byte[] body, ValidationException e) {
        if (!(JsonValue.parse(body) instanceof JsonObject)) {
            return new JsonRpcError(
                            JsonRpcError.INTERNAL_ERROR, "the answer to " + operation + " is not a JSON object", null)
                    .toException();
        }
        return malformedEnvelope(operation, e);
    }

    private static MalformedEnvelopeException malformedEnvelope(Operation operation, ValidationException e) {
        // Without the messages of the findings: they quote values.
        String findings = e.violations().stream()
                .limit(5)
                .map(violation -> String.join(".", violation.path()) + " (" + violation.type() + ")")
                .collect(Collectors.joining(", "));
        List<JsonValue> all =
                e.violations().stream().map(AnswerReader::withoutValue).toList();
        return new MalformedEnvelopeException(
                "The answer to " + operation + " holds no valid envelope: " + findings,
                JsonObject.of("url", operation.address().shown(), "validation_errors", all));
    }

    private static JsonValue withoutValue(Violation violation) {
        return JsonObject.of("type", violation.type(), "loc", violation.path());
    }

    /** The error in the body of a failure: a JSON-RPC one, or that of an agent without a free thread; null without one. */
    private static @Nullable JsonRpcError errorIn(byte[] body) {
        JsonObject object;
        try {
            if (!(JsonValue.parse(body) instanceof JsonObject parsed)) {
                return null;
            }
            object = parsed;
        } catch (JsonException e) {
            return null;
        }
        JsonValue error = object.find("error").orElse(null);
        if (error instanceof JsonObject jsonRpc) {
            return new JsonRpcError(
                    whole(jsonRpc, "code", JsonRpcError.INTERNAL_ERROR),
                    text(jsonRpc, "message", "Unknown error"),
                    jsonRpc.find("data").orElse(null) instanceof JsonObject data ? data : null);
        }
        String name = text(object, "code", "");
        if (error instanceof JsonString && name.startsWith("asap:")) {
            int number = name.equals(ErrorCode.THREAD_POOL_EXHAUSTED.name())
                    ? ErrorCode.THREAD_POOL_EXHAUSTED.rpcCode()
                    : ErrorCode.REMOTE_ERROR.rpcCode();
            return new JsonRpcError(
                    whole(object, "rpc_code", number), text(object, "message", "Unknown error"), object);
        }
        return null;
    }

    private static RemoteErrorException remoteError(JsonRpcError error, int status, @Nullable Duration retryAfter) {
        RemoteErrorException known = error.toException();
        ProtocolException.Builder completed = ProtocolException.builder(
                        known.code(), String.valueOf(known.getMessage()))
                .details(known.details())
                .recoverable(recoverable(error.data(), status))
                .retryAfter(known.retryAfter().orElse(retryAfter))
                .alternativeAgents(known.alternativeAgents())
                .fallbackAction(known.fallbackAction().orElse(null));
        return new RemoteErrorException(completed, known.jsonRpcCode(), error.data());
    }

    /** What the peer says itself about repeating counts more than what its status means in general. */
    private static boolean recoverable(@Nullable JsonObject data, int status) {
        if (data != null && data.find("recoverable").orElse(null) instanceof JsonBoolean said) {
            return said.asBoolean();
        }
        return status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_FAILURE;
    }

    private static String advice(int status) {
        return switch (status) {
            case 300, 301, 302, 303, 307, 308 -> "; redirects are not followed: set the address that it points to";
            case 401, 403 -> "; check bearerToken and what the agent allows its bearer";
            case 404, 405 -> "; check the base URL: there is no such part of the protocol at this address";
            case 413 -> "; the request is larger than the agent accepts";
            default -> "";
        };
    }

    private static int whole(JsonObject object, String member, int fallback) {
        return object.find(member).orElse(null) instanceof JsonNumber number && number.isWhole()
                ? (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number.asDouble()))
                : fallback;
    }

    private static String text(JsonObject object, String member, String fallback) {
        return object.find(member).orElse(null) instanceof JsonString text ? text.value() : fallback;
    }
}
