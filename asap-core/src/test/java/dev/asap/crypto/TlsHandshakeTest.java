// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static dev.asap.crypto.TlsFiles.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two sides that meet over a real connection, each with material of its own. */
@Timeout(60)
class TlsHandshakeTest {
    private static final int PATIENCE_MILLIS = 20_000;

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, server-rsa, client-rsa",
        "TLSv1.3, server-ec, client-ec",
        "TLSv1.3, server-ed25519, client-ed25519",
        "TLSv1.3, server-ec, client-rsa",
        "TLSv1.3, server-rsa, client-ed25519",
        "TLSv1.2, server-rsa, client-rsa",
        "TLSv1.2, server-ec, client-ec",
        "TLSv1.2, server-ed25519, client-ed25519",
        "TLSv1.2, server-rsa, client-ec"
    })
    void handshake_eachKindOfKey_provesBothSides(String protocol, String server, String client) throws Exception {
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual(server))) {
            SSLSession session = call(TlsFiles.mutual(client), listening, protocol);

            assertThat(session.getProtocol()).isEqualTo(protocol);
            assertThat(subject(session)).isEqualTo("CN=localhost,O=ASAP for Java tests");
            assertThat(listening.caller()).isEqualTo("CN=" + client + ",O=ASAP for Java tests");
        }
    }

    @Test
    void handshake_clientWithoutCertificate_isRefused() throws Exception {
        TlsMaterial trustOnly = TlsMaterial.builder().trust(file("ca.pem")).build();
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual("server-ec"))) {
            assertThatThrownBy(() -> call(trustOnly, listening)).isInstanceOf(IOException.class);
            assertThatThrownBy(listening::caller).hasRootCauseInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void handshake_clientOfOtherAuthority_isRefusedForItsCertificate() throws Exception {
        TlsMaterial stranger = TlsFiles.mutual("stranger");
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual("server-ec"))) {
            assertThatThrownBy(() -> call(stranger, listening)).isInstanceOf(IOException.class);
            // Not for having shown none: the certificate is shown although the server asks for those of another
            // authority.
            assertThatThrownBy(listening::caller)
                    .hasCauseInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("PKIX path building failed");
        }
    }

    @Test
    void handshake_serverOfOtherAuthority_isRefused() throws Exception {
        TlsMaterial client =
                TlsFiles.identity("client-ec").trust(file("other-ca.pem")).build();
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual("server-ec"))) {
            assertThatThrownBy(() -> call(client, listening))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("PKIX path building failed");
            // The client's alert, or that it has gone.
            assertThatThrownBy(listening::caller).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void handshake_withThePlatformsTrust_refusesAnAuthorityOfOurOwn() throws Exception {
        TlsMaterial client = TlsFiles.identity("client-ec").build();
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual("server-ec"))) {
            assertThatThrownBy(() -> call(client, listening)).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void handshake_serverUnderAnotherName_isRefused() throws Exception {
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual("server-elsewhere"))) {
            assertThatThrownBy(() -> call(TlsFiles.mutual("client-ec"), listening))
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("localhost");
        }
    }

    @Test
    void handshake_materialFromKeyStoreForms_works() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "authority", new PemFile("file", file("ca.pem")).certificates().get(0));
        store.setKeyEntry(
                "agent",
                PrivateKeyFile.read(file("client-rsa-key.pem"), null),
                TlsFiles.password(),
                new PemFile("file", file("client-rsa.pem")).certificates().toArray(X509Certificate[]::new));
        TlsMaterial client = TlsMaterial.builder()
                .identity(store)
                .keyPassword(TlsFiles.password())
                .trust(store)
                .build();
        try (OneCallServer listening = new OneCallServer(TlsFiles.mutual("server-ec"))) {
            SSLSession unused = call(client, listening);

            assertThat(listening.caller()).isEqualTo("CN=client-rsa,O=ASAP for Java tests");
        }
    }

    /** HTTP engines do not use sockets of the JDK, and ask for keys in another way. */
    @ParameterizedTest
    @CsvSource({"server-rsa, client-ed25519", "server-ec, client-rsa", "server-ed25519, client-ec"})
    void handshake_engines_proveBothSides(String server, String client) throws Exception {
        SSLEngine serverSide = TlsFiles.mutual(server).sslContext().createSSLEngine();
        serverSide.setUseClientMode(false);
        serverSide.setNeedClientAuth(true);
        SSLEngine clientSide = TlsFiles.mutual(client).sslContext().createSSLEngine("localhost", 443);
        clientSide.setUseClientMode(true);
        clientSide.setSSLParameters(checkingHostNames(clientSide.getSSLParameters()));

        shakeHands(clientSide, serverSide);

        assertThat(subject(clientSide.getSession())).isEqualTo("CN=localhost,O=ASAP for Java tests");
        assertThat(subject(serverSide.getSession())).isEqualTo("CN=" + client + ",O=ASAP for Java tests");
    }

    private static SSLSession call(TlsMaterial client, OneCallServer server) throws IOException {
        return call(client, server, "TLSv1.3");
    }

    /** Connects, sends a byte and takes it back: a server refuses a TLS 1.3 client only after the handshake. */
    private static SSLSession call(TlsMaterial client, OneCallServer server, String protocol) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
        plain.setSoTimeout(PATIENCE_MILLIS);
        try (SSLSocket socket = (SSLSocket)
                client.sslContext().getSocketFactory().createSocket(plain, "localhost", server.port(), true)) {
            SSLParameters parameters = checkingHostNames(socket.getSSLParameters());
            parameters.setProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write('a');
            if (socket.getInputStream().read() != 'a') {
                throw new SSLException("no echo");
            }
            return socket.getSession();
        }
    }

    private static SSLParameters checkingHostNames(SSLParameters parameters) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return parameters;
    }

    private static String subject(SSLSession session) throws SSLException {
        return ((X509Certificate) session.getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    private static void shakeHands(SSLEngine client, SSLEngine server) throws SSLException {
        int size = client.getSession().getPacketBufferSize() * 4;
        ByteBuffer toServer = ByteBuffer.allocate(size);
        ByteBuffer toClient = ByteBuffer.allocate(size);
        client.beginHandshake();
        server.beginHandshake();
        for (int step = 0; step < 1000 && (isShaking(client) || isShaking(server)); step++) {
            advance(client, toServer, toClient);
            advance(server, toClient, toServer);
        }
        assertThat(isShaking(client)).isFalse();
        assertThat(isShaking(server)).isFalse();
    }

    private static boolean isShaking(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void advance(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> engine.getDelegatedTask().run();
            case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
            default -> {
                in.flip();
                engine.unwrap(in, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
                in.compact();
            }
        }
    }

    /** Takes one call, asks for the caller's certificate and sends back what it says. */
    private static final class OneCallServer implements AutoCloseable {
        private final SSLServerSocket listener;
        private final CompletableFuture<String> caller = new CompletableFuture<>();

        OneCallServer(TlsMaterial material) throws IOException {
            SSLContext context = material.sslContext();
            listener = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
            listener.setNeedClientAuth(material.hasOwnTrust());
            listener.setSoTimeout(PATIENCE_MILLIS);
            new Thread(this::serve, "tls-test-server").start();
        }

        int port() {
            return listener.getLocalPort();
        }

        /** The subject of the caller's certificate; throws what the server saw if there was no call. */
        String caller() {
            return caller.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
        }

        private void serve() {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                int said = socket.getInputStream().read();
                socket.getOutputStream().write(said);
                caller.complete(subject(socket.getSession()));
            } catch (IOException e) {
                caller.completeExceptionally(new CompletionException(e));
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            // Its last act, however the call went.
            caller.handle((name, failure) -> true)
                    .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        }
    }
}
