// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonShape;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.json.Outcome;
import dev.asap.json.ReadOptions;
import dev.asap.json.RecordShape;
import dev.asap.json.Shapes;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import dev.asap.rpc.JsonRpcRequest;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON-RPC messages around envelopes, each read and written in one pass.
 *
 * <p>Requests are read strictly, as a server has to; answers tolerantly, as a client should. Immutable and thread-safe.
 */
public final class JsonRpcCodec {
    private record Params(
            @Nullable Outcome<Envelope> envelope, @Nullable JsonValue idempotencyKey) {}

    private record Request(String version, String method, Params params, JsonRpcId id) {}

    /** What is told apart of a request that is none. */
    private record Rest(@Nullable JsonValue id) {}

    private record Result(@Nullable Outcome<Envelope> envelope) {}

    private record Success(String version, Result result, JsonRpcId id) {}

    private record Failure(
            String version, JsonRpcError error, @Nullable JsonRpcId id) {}

    private record Answer(
            @Nullable Outcome<Result> result,
            @Nullable Outcome<JsonRpcError> error,
            @Nullable JsonValue id) {}

    /** Longer ids are refused: they are given back in the answer, also to a request that nothing was done for. */
    private static final int MAX_ID_CHARACTERS = 1000;

    private static final JsonShape<String> VERSION = Shapes.oneOf(
            text -> text,
            text -> text,
            JsonRpcRequest.VERSION::equals,
            "literal_error",
            List.of(JsonRpcRequest.VERSION));

    private static final JsonShape<JsonRpcId> ID = Shapes.SHALLOW.map(JsonRpcCodec::toId, JsonRpcId::value);

    private static final JsonShape<Outcome<Envelope>> ENVELOPE = Shapes.attempt(WireShapes.ENVELOPE);

    private static final JsonShape<Params> PARAMS = RecordShape.<Params>named("params")
            .nullable("envelope", ENVELOPE, Params::envelope)
            .nullable("idempotency_key", Shapes.SHALLOW, Params::idempotencyKey)
            .ignoringOthers()
            .build(values -> new Params(values.next(), values.next()));

    private static final JsonShape<Request> REQUEST = RecordShape.<Request>named("a JSON-RPC request")
            .defaulted("jsonrpc", VERSION, JsonRpcRequest.VERSION, Request::version)
            .alwaysWritten()
            .required("method", Shapes.TEXT, Request::method)
            .required("params", PARAMS, Request::params)
            .required("id", ID, Request::id)
            .build(values -> new Request(values.next(), values.next(), values.next(), values.next()));

    private static final JsonShape<Rest> REST = RecordShape.<Rest>named("a JSON-RPC request")
            .nullable("id", Shapes.SHALLOW, Rest::id)
            .ignoringOthers()
            .build(values -> new Rest(values.next()));

    private static final JsonShape<Result> RESULT = RecordShape.<Result>named("result")
            .nullable("envelope", ENVELOPE, Result::envelope)
            .ignoringOthers()
            .build(values -> new Result(values.next()));

    private static final JsonShape<JsonRpcError> ERROR = RecordShape.<JsonRpcError>named("error")
            .defaulted("code", Shapes.INT, JsonRpcError.INTERNAL_ERROR, JsonRpcError::code)
            .alwaysWritten()
            .defaulted("message", Shapes.TEXT, "Unknown error", JsonRpcError::message)
            .alwaysWritten()
            .nullable("data", Shapes.VALUE, JsonRpcError::data)
            .ignoringOthers()
            .build(values -> new JsonRpcError(values.next(), values.next(), objectOrNull(values.next())));

    private static final JsonShape<Success> SUCCESS = RecordShape.<Success>named("success")
            .required("jsonrpc", VERSION, Success::version)
            .required("result", RESULT, Success::result)
            .required("id", ID, Success::id)
            .build(values -> new Success(values.next(), values.next(), values.next()));

    private static final JsonShape<Failure> FAILURE = RecordShape.<Failure>named("failure")
            .required("jsonrpc", VERSION, Failure::version)
            .required("error", ERROR, Failure::error)
            .nullable("id", ID, Failure::id)
            .build(values -> new Failure(values.next(), values.next(), values.next()));

    private static final JsonShape<Answer> ANSWER = RecordShape.<Answer>named("a JSON-RPC answer")
            .nullable("result", Shapes.attempt(RESULT), Answer::result)
            .nullable("error", Shapes.attempt(ERROR), Answer::error)
            .nullable("id", Shapes.SHALLOW, Answer::id)
            .ignoringOthers()
            .build(values -> new Answer(values.next(), values.next(), values.next()));

    private static final JsonShape<List<Request>> REQUESTS = Shapes.listOf(REQUEST);

    private static final JsonShape<List<Outcome<Answer>>> ANSWERS = Shapes.listOf(Shapes.attempt(ANSWER));

    private final ReadOptions requests;

    /**
     * A codec.
     *
     * @param clock gives the time that a received envelope without one gets
     */
    public JsonRpcCodec(InstantSource clock) {
        this.requests = ReadOptions.strict().withClock(clock);
    }

    /** The body of a request that delivers an envelope, in the compact form, which peers of every release read. */
    public byte[] writeRequest(JsonRpcId id, Envelope envelope, String idempotencyKey) {
        return REQUEST.toBytes(request(new Delivery(id, envelope, idempotencyKey)), WireForm.COMPACT);
    }

    /** The body of a batch, which delivers several envelopes in one request, each in the compact form. */
    public byte[] writeBatch(List<Delivery> deliveries) {
        return REQUESTS.toBytes(deliveries.stream().map(JsonRpcCodec::request).toList(), WireForm.COMPACT);
    }

    private static Request request(Delivery delivery) {
        Params params = new Params(new Outcome.Read<>(delivery.envelope()), JsonValue.of(delivery.idempotencyKey()));
        return new Request(JsonRpcRequest.VERSION, JsonRpcRequest.SEND, params, delivery.id());
    }

    /** The body of an answer that delivers an envelope, in the full form. */
    public byte[] writeResult(JsonRpcId id, Envelope envelope) {
        Result result = new Result(new Outcome.Read<>(envelope));
        return SUCCESS.toBytes(new Success(JsonRpcRequest.VERSION, result, id), WireForm.FULL);
    }

    /** The body of an answer that reports an error; {@code id} is null where the request could not be read that far. */
    public byte[] writeError(@Nullable JsonRpcId id, JsonRpcError error) {
        return FAILURE.toBytes(new Failure(JsonRpcRequest.VERSION, error, id), WireForm.FULL);
    }

    /** Reads the body of a request; whatever it is, the result says what to answer. Never throws for what it reads. */
    public IncomingRequest readRequest(byte[] body) {
        Outcome<Request> outcome;
        try {
            outcome = REQUEST.attempt(body, requests);
        } catch (JsonException e) {
            return new IncomingRequest.Rejected(null, JsonRpcError.parseError(String.valueOf(e.getMessage())));
        }
        if (outcome instanceof Outcome.Read<Request> read) {
            Request request = read.value();
            return new IncomingRequest.Call(
                    request.id(),
                    request.method(),
                    envelopeArgument(request.params().envelope()),
                    request.params().idempotencyKey() instanceof JsonString key ? key.value() : null);
        }
        return rejected(body, ((Outcome.Refused<Request>) outcome).violations());
    }

    /**
     * Reads the body of an answer.
     *
     * @throws JsonException if it is not JSON
     * @throws ValidationException if the envelope in it breaks rules
     */
    public IncomingAnswer readAnswer(byte[] body) {
        return incoming(ANSWER.parse("JSON-RPC answer", body, ReadOptions.tolerant()));
    }

    /**
     * Reads the body of the answer to a batch. An element that breaks rules does not hide the others.
     *
     * @throws JsonException if it is not JSON
     * @throws ValidationException if it is neither an array nor an object
     */
    public IncomingBatch readBatch(byte[] body) {
        Outcome<List<Outcome<Answer>>> outcome = ANSWERS.attempt(body, ReadOptions.tolerant());
        if (outcome instanceof Outcome.Read<List<Outcome<Answer>>> read) {
            return new IncomingBatch.Answers(
                    read.value().stream().map(JsonRpcCodec::element).toList());
        }
        // One object instead of an array: the batch was refused as a whole.
        return new IncomingBatch.Whole(readAnswer(body));
    }

    private static IncomingBatch.Element element(Outcome<Answer> outcome) {
        if (outcome instanceof Outcome.Refused<Answer> refused) {
            return new IncomingBatch.Element(null, new Outcome.Refused<>(refused.violations()));
        }
        Answer answer = ((Outcome.Read<Answer>) outcome).value();
        JsonRpcId id = idOrNull(answer.id());
        try {
            return new IncomingBatch.Element(id, new Outcome.Read<>(incoming(answer)));
        } catch (ValidationException e) {
            return new IncomingBatch.Element(id, new Outcome.Refused<>(e.violations()));
        }
    }

    private static IncomingAnswer incoming(Answer answer) {
        if (answer.error() instanceof Outcome.Read<JsonRpcError> error) {
            return new IncomingAnswer.Failed(error.value());
        }
        if (answer.result() instanceof Outcome.Read<Result> result) {
            Outcome<Envelope> envelope = result.value().envelope();
            if (envelope instanceof Outcome.Read<Envelope> read) {
                return new IncomingAnswer.Result(read.value());
            } else if (envelope instanceof Outcome.Refused<Envelope> refused) {
                throw refused.toException("envelope in the answer");
            }
        }
        return new IncomingAnswer.Empty();
    }

    private static EnvelopeArgument envelopeArgument(@Nullable Outcome<Envelope> outcome) {
        if (outcome == null) {
            return EnvelopeArgument.invalid(JsonObject.of("error", "Missing 'envelope' in params"));
        } else if (outcome instanceof Outcome.Read<Envelope> read) {
            return new EnvelopeArgument.Valid(read.value());
        }
        List<Violation> violations = ((Outcome.Refused<Envelope>) outcome).violations();
        if (isNotAnObject(violations, List.of())) {
            return EnvelopeArgument.invalid(JsonObject.of("error", "'envelope' must be a JSON object"));
        }
        return EnvelopeArgument.invalid(JsonObject.of(
                "error", "Invalid envelope structure", "validation_errors", JsonRpcError.toJson(violations)));
    }

    private IncomingRequest.Rejected rejected(byte[] body, List<Violation> violations) {
        if (!(REST.attempt(body, requests) instanceof Outcome.Read<Rest> rest)) {
            JsonValue value = Shapes.SHALLOW.parse("JSON-RPC request", body, requests);
            return new IncomingRequest.Rejected(
                    null,
                    JsonRpcError.invalidRequest(JsonObject.of(
                            "error", "JSON-RPC request must be an object", "received_type", receivedType(value))));
        }
        JsonRpcId id = idOrNull(rest.value().id());
        if (isNotAnObject(violations, List.of("params"))) {
            Violation wrongType = new Violation(
                    "dict_type", List.of("params"), violations.get(0).message());
            return new IncomingRequest.Rejected(
                    id,
                    JsonRpcError.invalidParams(JsonObject.of(
                            "error",
                            "JSON-RPC 'params' must be an object",
                            "validation_errors",
                            JsonRpcError.toJson(List.of(wrongType)))));
        }
        return new IncomingRequest.Rejected(
                id,
                JsonRpcError.invalidRequest(JsonObject.of(
                        "error", "Invalid JSON-RPC structure", "validation_errors", JsonRpcError.toJson(violations))));
    }

    private static boolean isNotAnObject(List<Violation> violations, List<String> path) {
        return violations.size() == 1
                && violations.get(0).type().equals("model_type")
                && violations.get(0).path().equals(path);
    }

    /** The kind of a value by the names that the protocol's other implementations report. */
    private static String receivedType(JsonValue value) {
        if (value instanceof JsonNumber number) {
            return number.isWhole() ? "int" : "float";
        }
        return switch (value.kind()) {
            case "array" -> "list";
            case "string" -> "str";
            case "boolean" -> "bool";
            default -> "NoneType";
        };
    }

    private static @Nullable JsonRpcId idOrNull(@Nullable JsonValue value) {
        return value == null || isTooLong(value)
                ? null
                : JsonRpcId.fromJson(value).orElse(null);
    }

    private static boolean isTooLong(JsonValue id) {
        return id instanceof JsonString text && text.value().length() > MAX_ID_CHARACTERS;
    }

    private static JsonRpcId toId(JsonValue value) {
        if (isTooLong(value)) {
            String message = "must have at most " + MAX_ID_CHARACTERS + " characters, got "
                    + value.asString().length();
            throw new ValidationException("id", List.of(new Violation("string_too_long", List.of("str"), message)));
        }
        return JsonRpcId.fromJson(value)
                .orElseThrow(() -> new ValidationException(
                        "id",
                        List.of(
                                new Violation("string_type", List.of("str"), "must be a string, got " + value.kind()),
                                new Violation(
                                        "int_type", List.of("int"), "must be a whole number, got " + value.kind()))));
    }

    private static @Nullable JsonObject objectOrNull(@Nullable JsonValue value) {
        return value instanceof JsonObject object ? object : null;
    }
}
