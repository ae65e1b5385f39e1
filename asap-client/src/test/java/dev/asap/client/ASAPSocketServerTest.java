// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.codec.IncomingRequest;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.ConnectionException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import okhttp3.OkHttpClient;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a complete WebSocket server, in real time. */
@Timeout(60)
class ASAPSocketServerTest extends ServerTesting {
    /** Answers each message with its input. */
    private static final class Echo extends WebSocketListener {
        private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());

        @Override
        public void onMessage(WebSocket socket, String text) {
            IncomingRequest.Call call = (IncomingRequest.Call) CODEC.readRequest(text.getBytes(StandardCharsets.UTF_8));
            Envelope message = ((IncomingRequest.EnvelopeArgument.Valid) call.envelope()).envelope();
            Envelope answer = message.replyFrom(
                            Peer.ECHO, TaskResponse.completed("t-1", JsonObject.of("text", message.id())))
                    .build();
            boolean unused = socket.send(new String(CODEC.writeResult(call.id(), answer), StandardCharsets.UTF_8));
        }

        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            boolean unused = socket.close(1000, null);
        }
    }

    private static MockResponse upgrade() {
        return new MockResponse.Builder().webSocketUpgrade(new Echo()).build();
    }

    @Test
    void thousandMessages_fromManyThreads_areAllAnswered() throws Exception {
        server.enqueue(upgrade());
        try (ASAPSocket socket =
                ASAPSocket.builder(server.url("/").toString()).build().connect()) {
            List<CompletableFuture<Boolean>> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                threads.add(SocketTesting.inBackground(() -> {
                    for (int i = 0; i < 125; i++) {
                        String id = "m-" + thread + "-" + i;
                        Envelope answer = i % 2 == 0
                                ? socket.send(Peer.message(id))
                                : socket.sendAsync(Peer.message(id)).get(30, TimeUnit.SECONDS);
                        assertThat(SocketTesting.textOf(answer)).isEqualTo(id);
                    }
                    return true;
                }));
            }
            for (CompletableFuture<Boolean> thread : threads) {
                assertThat(thread.get(30, TimeUnit.SECONDS)).isTrue();
            }
            socket.close(Duration.ofSeconds(5));
        }
    }

    @Test
    void tls_withGivenClient_isUsed() {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName(server.getHostName())
                .build();
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslSocketFactory());
        server.enqueue(upgrade());
        HandshakeCertificates trusted = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpClient given = new OkHttpClient.Builder()
                .sslSocketFactory(trusted.sslSocketFactory(), trusted.trustManager())
                .build();
        String url = server.url("/").toString();
        try (ASAPSocket socket =
                ASAPSocket.builder(url).okHttpClient(given).build().connect()) {
            assertThat(SocketTesting.textOf(socket.send(Peer.message("m-1")))).isEqualTo("m-1");
        }
        server.enqueue(upgrade());
        try (ASAPClient client = Peer.client(url.replaceFirst("https", "wss"))
                .okHttpClient(given)
                .build()) {
            assertThat(SocketTesting.textOf(client.send(Peer.message("m-2")))).isEqualTo("m-2");
        }
        try (ASAPSocket untrusting = ASAPSocket.builder(url).build()) {
            assertThatThrownBy(untrusting::connect)
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("no secure connection");
        }
    }

    @Test
    void redirect_isNotFollowed() {
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .setHeader("Location", "/elsewhere")
                .build());
        try (ASAPSocket socket = ASAPSocket.builder(server.url("/").toString()).build()) {
            assertThatThrownBy(socket::connect)
                    .isInstanceOfSatisfying(
                            ConnectionException.class,
                            e -> assertThat(e.httpStatus()).hasValue(307));
        }
    }
}
