// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.client.ASAPClient;
import dev.asap.client.ASAPSocket;
import dev.asap.client.BatchItem;
import dev.asap.client.BreachNotice;
import dev.asap.client.Compression;
import dev.asap.client.EnvelopeStream;
import dev.asap.client.Subscription;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.MessageAck;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStream;
import dev.asap.server.ASAPServer;
import dev.asap.server.RateLimit;
import dev.asap.server.SocketOptions;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client of this library talks to the server of this library, in every way that both know. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class EndToEndTest {
    private static final AgentUrn SELF = AgentUrn.of("urn:asap:agent:caller");
    private static final AgentUrn AGENT = AgentUrn.of("urn:asap:agent:writer");
    private static final HeldCertificate CERTIFICATE =
            new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();

    /** How the two are connected. */
    enum Wire {
        HTTP_1,
        CLEARTEXT_HTTP_2,
        TLS
    }

    private static final class Setup implements AutoCloseable {
        private final Wire wire;
        private final Storage storage = Storage.open("memory", StorageSettings.defaults());
        private final ASAPServer server;
        private final @Nullable OkHttpClient http;

        Setup(Wire wire) {
            this.wire = wire;
            Manifest manifest = Manifest.builder(AGENT, "Writer", "1.0.0", Endpoint.of("http://agent.example/asap"))
                    .build();
            ASAPServer.Builder builder = ASAPServer.builder(manifest)
                    .rateLimit(RateLimit.none())
                    .storage(storage)
                    .sockets(SocketOptions.defaults().withMessagesPerSecond(0).withHeartbeat(Duration.ofSeconds(1)))
                    .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
                    .streamingSkill("write", (task, stream) -> {
                        for (int i = 1; i <= 100; i++) {
                            stream.chunk("line " + i + "\n", i / 100.0);
                        }
                        stream.end("ž\n");
                    });
            if (wire == Wire.TLS) {
                builder.tls(new HandshakeCertificates.Builder()
                        .heldCertificate(CERTIFICATE)
                        .build()
                        .sslContext());
            }
            server = builder.start();
            http = newHttp();
        }

        private @Nullable OkHttpClient newHttp() {
            if (wire == Wire.HTTP_1) {
                return null;
            }
            OkHttpClient.Builder builder = new OkHttpClient.Builder();
            if (wire == Wire.CLEARTEXT_HTTP_2) {
                return builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
            }
            HandshakeCertificates trust = new HandshakeCertificates.Builder()
                    .addTrustedCertificate(CERTIFICATE.certificate())
                    .build();
            return builder.sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
                    .build();
        }

        ASAPClient client(Compression compression) {
            ASAPClient.Builder builder =
                    ASAPClient.builder(server.url()).requireHttps(false).compression(compression);
            if (http != null) {
                builder.okHttpClient(http);
            }
            return builder.build();
        }

        ASAPSocket socket(BlockingQueue<MessageAck> acks) {
            ASAPSocket.Builder builder =
                    ASAPSocket.builder(server.url()).requireHttps(false).onAck(acks::add);
            // Sockets are opened over HTTP/1.1, whatever the other calls use.
            if (http != null && wire == Wire.TLS) {
                builder.okHttpClient(http);
            }
            return builder.build();
        }

        @Override
        public void close() {
            server.close();
            storage.close();
            if (http != null) {
                http.connectionPool().evictAll();
                http.dispatcher().executorService().shutdown();
            }
        }
    }

    private static Envelope task(String skill, JsonObject input) {
        return Envelope.of(SELF, AGENT, TaskRequest.of("conversation-1", skill, input));
    }

    private static JsonObject echoed(Envelope answer) {
        return ((TaskResponse) answer.payload()).result().getObject("echoed");
    }

    @ParameterizedTest
    @EnumSource
    void messages_compressedAndNot(Wire wire) {
        JsonObject large = JsonObject.of("text", "lorem ipsum ".repeat(5000));
        try (Setup setup = new Setup(wire)) {
            for (Compression.Coding coding : Compression.Coding.values()) {
                Compression compression =
                        Compression.builder().codings(List.of(coding)).build();
                try (ASAPClient client = setup.client(compression)) {
                    assertThat(echoed(client.send(task("echo", large)))).isEqualTo(large);
                    assertThat(echoed(client.send(task("echo", JsonObject.of("i", 1)))))
                            .isEqualTo(JsonObject.of("i", 1));
                }
            }
            try (ASAPClient client = setup.client(Compression.off())) {
                assertThat(echoed(client.send(task("echo", large)))).isEqualTo(large);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void batch_answersEachInItsPlace(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(Compression.defaults())) {
            List<Envelope> messages = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                messages.add(task(i == 7 ? "nobody" : "echo", JsonObject.of("i", i, "text", "x".repeat(100))));
            }

            List<BatchItem> answers = client.sendBatch(messages);

            assertThat(answers).hasSize(50);
            for (int i = 0; i < 50; i++) {
                if (i == 7) {
                    assertThat(answers.get(i)).isInstanceOf(BatchItem.Failed.class);
                } else {
                    assertThat(echoed(answers.get(i).orThrow()).getInt("i")).isEqualTo(i);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void stream_comesPieceByPiece(Wire wire) {
        try (Setup setup = new Setup(wire);
                ASAPClient client = setup.client(Compression.defaults());
                EnvelopeStream stream = client.stream(task("write", JsonObject.empty()))) {
            List<Envelope> pieces = new ArrayList<>();
            stream.forEach(pieces::add);

            assertThat(pieces).hasSize(101);
            assertThat(((TaskStream) pieces.get(100).payload()).isFinal()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void socket_carriesMessagesStreamsAndBreaches(Wire wire) throws InterruptedException {
        BlockingQueue<MessageAck> acks = new LinkedBlockingQueue<>();
        BlockingQueue<BreachNotice> breaches = new LinkedBlockingQueue<>();
        try (Setup setup = new Setup(wire);
                ASAPSocket socket = setup.socket(acks).connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(echoed(socket.send(task("echo", JsonObject.of("i", i))))
                                .getInt("i"))
                        .isEqualTo(i);
                assertThat(acks.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
            try (EnvelopeStream stream = socket.stream(task("write", JsonObject.empty()))) {
                assertThat(stream).hasSize(101);
            }
            try (Subscription subscription = socket.subscribe(breaches::add)) {
                await().until(() -> setup.server.breaches().subscribers() == 1);
                setup.server
                        .breaches()
                        .publish(new SLABreach(
                                "breach_1",
                                AGENT.value(),
                                BreachType.LATENCY,
                                "500ms",
                                "700ms",
                                BreachSeverity.WARNING,
                                Instant.EPOCH,
                                null));
                BreachNotice notice = breaches.poll(20, TimeUnit.SECONDS);
                assertThat(notice).isNotNull();
                assertThat(notice.breach().getString("id")).isEqualTo("breach_1");
                assertThat(subscription).isNotNull();
            }
            await().until(() -> setup.server.breaches().subscribers() == 0);
        }
    }
}
