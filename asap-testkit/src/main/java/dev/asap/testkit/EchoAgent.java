// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.codec.ASAPCodec;
import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.model.MessageAck;
import dev.asap.model.Payload;
import dev.asap.model.Skill;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import dev.asap.rpc.JsonRpcRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** What a {@link FaultyPeer} says by default: a small agent with one skill, which repeats what it is told. */
final class EchoAgent {
    static final String MESSAGES = "/asap";
    static final String STREAM = "/asap/stream";
    static final String SOCKET = "/asap/ws";
    static final String MANIFEST = "/.well-known/asap/manifest.json";
    static final String HEALTH = "/.well-known/asap/health";

    private static final String VERSION = "1.0.0";
    private static final AgentUrn URN = AgentUrn.of("urn:asap:agent:echo");

    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int UNSUPPORTED = 415;

    private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());

    private EchoAgent() {}

    static Answer answer(ReceivedRequest request) {
        return switch (request.method()) {
            case ReceivedRequest.SOCKET_MESSAGE -> message(request.body());
            case "GET" -> document(request);
            case "POST" -> post(request);
            default -> problem(NOT_FOUND, "Not Found");
        };
    }

    /** The frame that acknowledges a message over a WebSocket; empty where the message does not ask for it. */
    static Optional<byte[]> acknowledgement(ReceivedRequest message) {
        return envelopeIn(message.body()).filter(Envelope::requiresAck).map(envelope -> {
            Envelope ack = Envelope.of(envelope.recipient(), envelope.sender(), MessageAck.received(envelope.id()));
            JsonObject json = ASAPCodec.strict().toJson(ack, WireForm.FULL);
            return JsonObject.of(
                            "jsonrpc",
                            JsonRpcRequest.VERSION,
                            "method",
                            "asap.ack",
                            "params",
                            JsonObject.of("envelope", json))
                    .toBytes();
        });
    }

    private static Answer document(ReceivedRequest request) {
        return switch (request.path()) {
            case MANIFEST -> Answer.json(ASAPCodec.strict().write(manifest(request)));
            case HEALTH ->
                Answer.json(ASAPCodec.strict()
                        .write(new HealthStatus(
                                HealthStatus.HEALTHY, URN.toString(), VERSION, Envelope.ASAP_VERSION, 1.0, null)));
            default -> problem(NOT_FOUND, "Not Found");
        };
    }

    private static Manifest manifest(ReceivedRequest request) {
        String host = request.header("Host").orElse("localhost");
        return Manifest.builder(
                        URN, "Echo", VERSION, new Endpoint("http://" + host + MESSAGES, "ws://" + host + SOCKET))
                .capabilities(Capability.builder()
                        .skill(Skill.of("echo", "Repeats what it is told"))
                        .streaming(true)
                        .build())
                .build();
    }

    private static Answer post(ReceivedRequest request) {
        String encoding = request.header("Content-Encoding").orElse("identity");
        byte[] body;
        if (encoding.equals("identity")) {
            body = request.body();
        } else if (encoding.equals("gzip")) {
            try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
                body = gzip.readNBytes(PeerConnection.MAX_BODY_BYTES);
            } catch (IOException e) {
                return problem(BAD_REQUEST, "Invalid gzip");
            }
        } else {
            return problem(UNSUPPORTED, "Unsupported encoding: " + encoding);
        }
        return switch (request.path()) {
            case MESSAGES -> message(body);
            case STREAM -> stream(body);
            default -> problem(NOT_FOUND, "Not Found");
        };
    }

    private static Answer problem(int status, String detail) {
        return Answer.json(JsonObject.of("detail", detail).toBytes()).withStatus(status);
    }

    private static Answer message(byte[] body) {
        Optional<JsonArray> batch = batchIn(body);
        if (batch.isEmpty()) {
            return Answer.json(rpc(body));
        }
        return Answer.json(new JsonArray(batch.get().stream()
                        .map(element -> JsonValue.parse(rpc(element.toString().getBytes(StandardCharsets.UTF_8))))
                        .toList())
                .toString());
    }

    private static Optional<JsonArray> batchIn(byte[] body) {
        try {
            return JsonValue.parse(body) instanceof JsonArray batch ? Optional.of(batch) : Optional.empty();
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Answer stream(byte[] body) {
        Optional<Envelope> envelope = envelopeIn(body).filter(e -> e.payload() instanceof TaskRequest);
        if (envelope.isEmpty()) {
            return Answer.json(rpc(body));
        }
        String text = ((TaskRequest) envelope.get().payload()).input().toString();
        int middle = text.length() / 2;
        return Answer.of(200)
                .withHeader("Content-Type", "text/event-stream; charset=utf-8")
                .withBody(event(envelope.get(), TaskStream.of(text.substring(0, middle)))
                        + event(envelope.get(), TaskStream.last(text.substring(middle), TaskStatus.COMPLETED)));
    }

    private static String event(Envelope request, Payload piece) {
        Envelope envelope = request.replyFrom(request.recipient(), piece).build();
        return "data: " + ASAPCodec.strict().toJson(envelope, WireForm.FULL) + "\n\n";
    }

    private static Optional<Envelope> envelopeIn(byte[] body) {
        return CODEC.readRequest(body) instanceof IncomingRequest.Call call
                        && call.envelope() instanceof EnvelopeArgument.Valid valid
                ? Optional.of(valid.envelope())
                : Optional.empty();
    }

    private static byte[] rpc(byte[] body) {
        IncomingRequest request = CODEC.readRequest(body);
        if (request instanceof IncomingRequest.Rejected rejected) {
            return CODEC.writeError(rejected.id(), rejected.error());
        }
        IncomingRequest.Call call = (IncomingRequest.Call) request;
        if (call.envelope() instanceof EnvelopeArgument.Invalid invalid) {
            return CODEC.writeError(call.id(), invalid.error());
        }
        return result(call.id(), ((EnvelopeArgument.Valid) call.envelope()).envelope());
    }

    private static byte[] result(JsonRpcId id, Envelope envelope) {
        if (envelope.payload() instanceof TaskRequest task) {
            TaskResponse response = TaskResponse.completed("task-of-" + envelope.id(), task.input());
            return CODEC.writeResult(
                    id, envelope.replyFrom(envelope.recipient(), response).build());
        }
        return CODEC.writeError(
                id,
                JsonRpcError.invalidParams(JsonObject.of(
                        "error", "answers task requests only; start the peer with a function for others")));
    }
}
