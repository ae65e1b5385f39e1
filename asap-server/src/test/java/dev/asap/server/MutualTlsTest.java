// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates of callers. */
class MutualTlsTest {
    private static final HeldCertificate AUTHORITY =
            new HeldCertificate.Builder().certificateAuthority(0).build();
    private static final HeldCertificate SERVER = new HeldCertificate.Builder()
            .signedBy(AUTHORITY)
            .addSubjectAlternativeName("127.0.0.1")
            .build();
    private static final HeldCertificate CALLER = new HeldCertificate.Builder()
            .signedBy(AUTHORITY)
            .commonName("caller")
            .build();
    private static final HeldCertificate STRANGER =
            new HeldCertificate.Builder().commonName("stranger").build();

    private static TestAgent start(ClientCertificates certificates, OkHttpClient client) {
        HandshakeCertificates server = new HandshakeCertificates.Builder()
                .heldCertificate(SERVER)
                .addTrustedCertificate(AUTHORITY.certificate())
                .build();
        return TestAgent.start(builder -> builder.tls(server.sslContext()).clientCertificates(certificates), client);
    }

    private static OkHttpClient client(Protocol protocol, HeldCertificate... own) {
        HandshakeCertificates.Builder certificates =
                new HandshakeCertificates.Builder().addTrustedCertificate(AUTHORITY.certificate());
        if (own.length > 0) {
            certificates.heldCertificate(own[0]);
        }
        HandshakeCertificates all = certificates.build();
        return new OkHttpClient.Builder()
                .protocols(
                        protocol == Protocol.HTTP_2 ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1) : List.of(protocol))
                .sslSocketFactory(all.sslSocketFactory(), all.trustManager())
                .build();
    }

    private static int status(TestAgent agent) throws IOException {
        try (var response = agent.get("/health")) {
            return response.code();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void required_letsInWhoHasATrustedCertificateOnly(Protocol protocol) throws IOException {
        try (TestAgent agent = start(ClientCertificates.REQUIRED, client(protocol, CALLER))) {
            assertThat(status(agent)).isEqualTo(200);
        }
        try (TestAgent agent = start(ClientCertificates.REQUIRED, client(protocol))) {
            assertThatThrownBy(() -> status(agent)).isInstanceOf(IOException.class);
        }
        try (TestAgent agent = start(ClientCertificates.REQUIRED, client(protocol, STRANGER))) {
            assertThatThrownBy(() -> status(agent)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void wanted_letsInWhoHasNone() throws IOException {
        try (TestAgent agent = start(ClientCertificates.WANTED, client(Protocol.HTTP_1_1))) {
            assertThat(status(agent)).isEqualTo(200);
        }
        try (TestAgent agent = start(ClientCertificates.WANTED, client(Protocol.HTTP_1_1, CALLER))) {
            assertThat(status(agent)).isEqualTo(200);
        }
    }

    @Test
    void none_asksNobody() throws IOException {
        try (TestAgent agent = start(ClientCertificates.NONE, client(Protocol.HTTP_1_1, STRANGER))) {
            assertThat(status(agent)).isEqualTo(200);
        }
    }

    @Test
    void certificatesWithoutTls_areRefusedAtTheStart() {
        assertThatThrownBy(() -> TestAgent.start(builder -> builder.clientCertificates(ClientCertificates.REQUIRED)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set .tls(…) too");
    }
}
