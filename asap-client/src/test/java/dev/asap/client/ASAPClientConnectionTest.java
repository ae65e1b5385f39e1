// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ASAPClientConnectionTest extends ServerTesting {
    // ---- Timeouts

    @Test
    void send_silentPeer_endsWithReadTimeout() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        try (ASAPClient client = builder()
                .readTimeout(Duration.ofMillis(150))
                .writeTimeout(Duration.ofSeconds(5))
                .build()) {
            UnknownOutcomeException e =
                    catchThrowableOfType(UnknownOutcomeException.class, () -> client.send(Peer.message()));
            assertThat(e)
                    .hasMessage(
                            "POST " + server.url("/asap") + " timed out: readTimeout is 150 ms; the message was sent,"
                                    + " and whether the peer has acted on it is not known")
                    .hasCauseInstanceOf(RequestTimeoutException.class);
            assertThat(e.details().getDouble("timeout_seconds")).isEqualTo(0.15);
            assertThat(e.retryable()).isFalse();
            assertThat(e.idempotencyKey()).isPresent();
            assertThat(server.getRequestCount()).isEqualTo(1);
        }
    }

    @Test
    void send_answerThatTakesTooLong_endsWithCallTimeout() throws Exception {
        try (RawPeer peer = new RawPeer(ASAPClientConnectionTest::beginAnswer);
                ASAPClient client = Peer.client(peer.url())
                        .callTimeout(Duration.ofMillis(300))
                        .build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .cause()
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageEndingWith("timed out: callTimeout is 300 ms");
            assertThat(peer.awaitDisconnect()).isTrue();
        }
    }

    @Test
    void sendAsync_answerThatTakesTooLong_failsWithCallTimeout() throws Exception {
        try (RawPeer peer = new RawPeer(ASAPClientConnectionTest::beginAnswer);
                ASAPClient client = Peer.client(peer.url())
                        .callTimeout(Duration.ofMillis(300))
                        .build()) {
            assertThat(client.sendAsync(Peer.message()))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(UnknownOutcomeException.class)
                    .havingCause()
                    .isInstanceOf(RequestTimeoutException.class);
        }
    }

    private static void beginAnswer(OutputStream out) throws IOException {
        out.write(RawPeer.ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"));
    }

    @Test
    void send_peerThatTakesNothingIn_endsWithWriteTimeout() throws Exception {
        // Nobody reads: the buffers of both sides fill up.
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ASAPClient client = Peer.client("http://127.0.0.1:" + deaf.getLocalPort())
                        .writeTimeout(Duration.ofMillis(200))
                        .readTimeout(Duration.ofMillis(200))
                        .compression(Compression.off())
                        .build()) {
            Envelope large = Envelope.of(
                    Peer.CALLER,
                    Peer.ECHO,
                    TaskRequest.of("c", "s", JsonObject.of("text", "x".repeat(32 * 1024 * 1024))));
            assertThatThrownBy(() -> client.send(large))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageEndingWith("readTimeout or writeTimeout is 200 ms");
        }
    }

    @Test
    void send_peerThatDoesNotAccept_endsWithConnectTimeout() throws Exception {
        try (FullServer full = new FullServer();
                ASAPClient client = Peer.client(full.url())
                        .connectTimeout(Duration.ofMillis(200))
                        .build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(RequestTimeoutException.class)
                    .hasMessageEndingWith("timed out: connectTimeout is 200 ms");
        }
    }

    // ---- Connections

    @Test
    void send_nobodyListens_isConnectionFailureWithCause() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        try (ASAPClient client = Peer.client("http://127.0.0.1:" + port).build()) {
            ConnectionException e = catchThrowableOfType(ConnectionException.class, () -> client.send(Peer.message()));
            assertThat(e)
                    .hasMessageStartingWith("POST http://127.0.0.1:" + port + "/asap failed: cannot connect: ")
                    .hasCauseInstanceOf(IOException.class);
            assertThat(e.httpStatus()).isEmpty();
            assertThat(e.retryable()).isTrue();
        }
    }

    @Test
    void send_unknownHost_isConnectionFailure() {
        OkHttpClient noDns = new OkHttpClient.Builder()
                .dns(host -> {
                    throw new UnknownHostException(host);
                })
                .build();
        try (ASAPClient client =
                Peer.client("https://agent.invalid").okHttpClient(noDns).build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessage("POST https://agent.invalid/asap failed: unknown host");
        }
    }

    @Test
    void send_peerThatHangsUp_isUnknownOutcomeAndNotRepeated() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasCauseInstanceOf(ConnectionException.class);
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void send_connectionThatPeerClosedAfterUse_isNotRepeatedByItself() {
        server.enqueue(Peer.answer()
                .newBuilder()
                .onResponseEnd(new SocketEffect.CloseSocket())
                .build());
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            client.send(Peer.message());
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasCauseInstanceOf(ConnectionException.class);
            assertThatCode(() -> client.send(Peer.message())).doesNotThrowAnyException();
        }
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void send_answerCutShort_isUnknownOutcome() {
        server.enqueue(Peer.answer()
                .newBuilder()
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasCauseInstanceOf(ConnectionException.class);
        }
    }

    @Test
    void send_peerThatSpeaksNoHttp_isUnknownOutcomeThatDoesNotQuoteIt() throws Exception {
        try (RawPeer peer = new RawPeer(out -> out.write(RawPeer.ascii("s3cret hello\r\n\r\n")));
                ASAPClient client = Peer.client(peer.url()).build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(UnknownOutcomeException.class)
                    .cause()
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageEndingWith("failed: the peer does not speak HTTP as expected");
        }
    }

    @Test
    void send_negativeLength_isUnknownOutcome() throws Exception {
        try (RawPeer peer = new RawPeer(
                        out -> out.write(RawPeer.ascii("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}")));
                ASAPClient client = Peer.client(peer.url()).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(UnknownOutcomeException.class);
        }
    }

    // ---- Encryption

    @Test
    void send_trustedCertificate_encryptsAndSpeaksHttp2() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName(server.getHostName())
                .build();
        HandshakeCertificates serverSide =
                new HandshakeCertificates.Builder().heldCertificate(certificate).build();
        HandshakeCertificates clientSide = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        OkHttpClient trusting = new OkHttpClient.Builder()
                .sslSocketFactory(clientSide.sslSocketFactory(), clientSide.trustManager())
                .build();
        server.useHttps(serverSide.sslSocketFactory());
        server.setDispatcher(new Peer.EchoDispatcher());
        try (ASAPClient client =
                builder().okHttpClient(trusting).bearerToken("t").build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        RecordedRequest request = server.takeRequest();
        assertThat(request.getVersion()).isEqualTo("HTTP/2");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer t");
        trusting.connectionPool().evictAll();
    }

    @Test
    void send_untrustedCertificate_isConnectionFailure() {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName(server.getHostName())
                .build();
        server.useHttps(new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslSocketFactory());
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageContaining("failed: no secure connection: ");
        }
    }

    // ---- Bounds

    private static MockResponse gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return new MockResponse.Builder()
                .setHeader("Content-Encoding", "gzip")
                .body(new Buffer().write(packed.toByteArray()))
                .build();
    }

    @Test
    void send_packedAnswer_isUnpacked() throws Exception {
        Buffer plain = new Buffer();
        Peer.answer().getBody().writeTo(plain);
        server.enqueue(gzip(plain.readByteArray()));
        try (ASAPClient client = builder().build()) {
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
        }
        assertThat(server.takeRequest().getHeaders().get("Accept-Encoding")).isEqualTo("br, gzip");
    }

    @Test
    void send_packedBomb_isNotUnpackedBeyondTheLimit() throws Exception {
        server.enqueue(gzip(new byte[64 * 1024 * 1024]));
        try (ASAPClient client = builder().maxResponseBytes(1_000_000).build()) {
            ResponseTooLargeException e =
                    catchThrowableOfType(ResponseTooLargeException.class, () -> client.send(Peer.message()));
            assertThat(e.limitBytes()).isEqualTo(1_000_000);
            assertThat(e).hasMessageContaining(server.url("/asap").toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void send_answerAroundTheLimit_isReadUpToIt(boolean chunked) throws Exception {
        Buffer plain = new Buffer();
        Peer.answer().getBody().writeTo(plain);
        String body = plain.readUtf8();
        MockResponse answer = chunked
                ? new MockResponse.Builder().chunkedBody(body, 100).build()
                : new MockResponse.Builder().body(body).build();
        server.enqueue(answer);
        server.enqueue(answer);
        try (ASAPClient fits = builder().maxResponseBytes(body.length()).build();
                ASAPClient tooSmall =
                        builder().maxResponseBytes(body.length() - 1).build()) {
            assertThat(fits.send(Peer.message()).correlationId()).isEqualTo("m-1");
            assertThatThrownBy(() -> tooSmall.send(Peer.message())).isInstanceOf(ResponseTooLargeException.class);
        }
    }

    @Test
    void send_endlessAnswer_endsTheConnection() throws Exception {
        try (RawPeer peer = new RawPeer(out -> {
                    out.write(RawPeer.ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
                    byte[] chunk = RawPeer.ascii("400\r\n" + " ".repeat(1024) + "\r\n");
                    while (true) {
                        out.write(chunk);
                    }
                });
                ASAPClient client =
                        Peer.client(peer.url()).maxResponseBytes(100_000).build()) {
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ResponseTooLargeException.class);
            assertThat(peer.awaitDisconnect()).isTrue();
        }
    }

    // ---- Interrupts

    @Test
    void send_interruptedThread_failsAndKeepsTheFlag() {
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().build()) {
            Thread.currentThread().interrupt();
            Throwable failure = catchThrowable(() -> client.send(Peer.message()));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure).isInstanceOf(CallInterruptedException.class);
        }
    }

    @Test
    void send_interruptedWhileConnecting_failsAtOnceAndKeepsTheFlag() throws Exception {
        try (FullServer full = new FullServer();
                ASAPClient client = Peer.client(full.url()).build()) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                failure.set(catchThrowable(() -> client.send(Peer.message())));
                flag.set(Thread.currentThread().isInterrupted());
            });
            caller.start();
            await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
            caller.interrupt();
            caller.join(10_000);
            assertThat(failure.get())
                    .isInstanceOf(CallInterruptedException.class)
                    .hasMessageStartingWith("POST " + full.url() + "/asap was cut off: the thread was interrupted");
            assertThat(flag.get()).isTrue();
        }
    }
}
