// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.codec.ASAPCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.AckStatus;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskCancel;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A socket, its peer in the hands of the test, and its time too. */
@Timeout(60)
@ExtendWith(LeakChecks.class)
abstract class SocketTesting {
    /** How messages end where nobody knows what the peer did. */
    static final String UNKNOWN = "the message was sent, and whether the peer has acted on it is not known";

    static final Duration PATIENCE = Duration.ofSeconds(10);

    final ManualTimer timer = new ManualTimer();
    private final List<ASAPSocket> sockets = new ArrayList<>();
    WebSocketPeer peer;

    @BeforeEach
    void startPeer() throws IOException {
        peer = new WebSocketPeer();
    }

    @AfterEach
    void stopPeer() throws IOException {
        peer.close();
        sockets.forEach(ASAPSocket::close);
        ClientTestThreads.assertNoneLeft();
        assertThat(timer.size()).as("tasks left behind").isZero();
    }

    /** With the time of the test, in which a peer may be silent for ever. */
    ASAPSocket.Builder builder() {
        return builderWithStaleLimit().staleLimit(Duration.ZERO);
    }

    /** With the time of the test, and with the limit that there is unless another is set. */
    ASAPSocket.Builder builderWithStaleLimit() {
        return ASAPSocket.builder(peer.url())
                .closeTimeout(Duration.ofMillis(200))
                .timers(() -> timer);
    }

    /** Connects in another thread, so that the test can be the peer. */
    CompletableFuture<ASAPSocket> connecting(ASAPSocket.Builder builder) {
        ASAPSocket socket = builder.build();
        sockets.add(socket);
        return inBackground(socket::connect);
    }

    /** What a test does while it is the peer, too. */
    static <T> CompletableFuture<T> inBackground(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(work.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "test-background");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Both ends of an open connection. */
    record Ends(ASAPSocket socket, WebSocketPeer.Connection peer) {}

    Ends open() {
        return open(builder());
    }

    Ends open(ASAPSocket.Builder builder) {
        CompletableFuture<ASAPSocket> connecting = connecting(builder);
        WebSocketPeer.Connection connection = peer.accept();
        return new Ends(get(connecting), connection);
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("not done", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        }
    }

    /** What a future failed with. */
    static Throwable failure(CompletableFuture<?> future) {
        try {
            future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            throw new AssertionError("did not fail");
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("not done", e);
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    static void awaitState(ASAPSocket socket, SocketState state) {
        await().atMost(PATIENCE).until(() -> socket.state() == state);
    }

    /** A message of a type that needs no acknowledgement. */
    static Envelope plain(String id) {
        return Envelope.builder(Peer.CALLER, Peer.ECHO, Peer.task())
                .id(id)
                .payloadType(PayloadType.of("TASK_REQUEST"))
                .build();
    }

    /** A message that needs one. */
    static Envelope tracked(String id) {
        return Envelope.builder(Peer.CALLER, Peer.ECHO, new TaskCancel("t-1", null))
                .id(id)
                .build();
    }

    static String idOf(JsonObject request) {
        return request.getString("id");
    }

    static JsonObject envelopeOf(JsonObject request) {
        return request.getObject("params").getObject("envelope");
    }

    static String result(String id, Envelope envelope) {
        return JsonObject.of(
                        "jsonrpc",
                        "2.0",
                        "result",
                        JsonObject.of("envelope", ASAPCodec.tolerant().toJson(envelope, WireForm.FULL)),
                        "id",
                        id)
                .toString();
    }

    static Envelope reply(Payload payload, String correlationId) {
        return Envelope.builder(AgentUrn.of("urn:asap:agent:echo"), Peer.CALLER, payload)
                .correlationId(correlationId)
                .build();
    }

    static Envelope done(String text, String correlationId) {
        return reply(TaskResponse.completed("t-1", JsonObject.of("text", text)), correlationId);
    }

    static String textOf(Envelope answer) {
        return ((TaskResponse) answer.payload()).result().getString("text");
    }

    static Envelope chunk(String text, boolean last, String correlationId) {
        return reply(last ? TaskStream.last(text, TaskStatus.COMPLETED) : TaskStream.of(text), correlationId);
    }

    static String ack(String envelopeId, AckStatus status, String payloadType) {
        Envelope envelope = Envelope.builder(Peer.ECHO, Peer.CALLER, new MessageAck(envelopeId, status, null))
                .payloadType(PayloadType.of(payloadType))
                .build();
        return JsonObject.of(
                        "jsonrpc",
                        "2.0",
                        "method",
                        "asap.ack",
                        "params",
                        JsonObject.of("envelope", ASAPCodec.tolerant().toJson(envelope, WireForm.FULL)))
                .toString();
    }

    static String received(String envelopeId) {
        return ack(envelopeId, AckStatus.RECEIVED, "MessageAck");
    }

    static String error(String id, int code, String message) {
        return JsonObject.of("jsonrpc", "2.0", "error", JsonObject.of("code", code, "message", message), "id", id)
                .toString();
    }

    /** Has the peer answer the next request. */
    static void answerNext(WebSocketPeer.Connection connection) {
        JsonObject request = connection.readJson();
        connection.send(result(idOf(request), done("ok", envelopeOf(request).getString("id"))));
    }

    /** Sends a message whose answer is of no interest. */
    static void submit(Ends ends, Envelope message) {
        CompletableFuture<Envelope> unused = ends.socket().sendAsync(message);
    }

    /** Waits until the socket has read everything that the peer sent before. */
    static void settle(Ends ends) {
        CompletableFuture<Envelope> marker = ends.socket().sendAsync(plain("settle"));
        answerNext(ends.peer());
        get(marker);
    }
}
