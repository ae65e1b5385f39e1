// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.ConnectionException;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ASAPChallengeTest {
    private static final String MANIFEST_PATH = "/.well-known/asap/manifest.json";

    private final MockWebServer server = new MockWebServer();
    private final MockWebServer elsewhere = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        server.start();
        elsewhere.start();
    }

    @AfterEach
    void stop() {
        server.close();
        elsewhere.close();
        ClientTestThreads.assertNoneLeft();
    }

    private ASAPClient.Builder builder() {
        return Peer.client(server.url("/").toString());
    }

    private void refuse(String... challenges) {
        MockResponse.Builder answer =
                Peer.json(401, "{\"detail\":\"Authentication required\"}").newBuilder();
        for (String challenge : challenges) {
            answer.addHeader("WWW-Authenticate", challenge);
        }
        server.enqueue(answer.setHeader("ASAP-Version", "2.2").build());
    }

    private static String challenge(Object url) {
        return "ASAP discovery=\"" + url + "\"";
    }

    private static MockResponse manifest() {
        return Peer.json(
                200,
                ASAPCodec.strict()
                        .write(Manifest.builder(Peer.ECHO, "Echo", "1.0.0", Endpoint.of("https://echo.example/asap"))
                                .build()));
    }

    private static void send(ASAPClient client) {
        assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(ConnectionException.class);
    }

    // ---- What was said last

    @Test
    void lastSignals_beforeAnyAnswer_areEmpty() {
        try (ASAPClient client = builder().build()) {
            assertThat(client.lastChallenge()).isEmpty();
            assertThat(client.lastAsapVersion()).isEmpty();
        }
    }

    @Test
    void lastChallenge_ofAMessage_isKeptAndToldInTheFailure() {
        refuse("Bearer, " + challenge("https://agent.example/.well-known/asap/manifest.json"));
        try (ASAPClient client = builder().build()) {
            assertThatThrownBy(() -> client.send(Peer.message()))
                    .isInstanceOf(ConnectionException.class)
                    .hasMessageEndingWith("; the manifest at https://agent.example/.well-known/asap/manifest.json tells"
                            + " how to register");
            assertThat(client.lastChallenge()).contains("https://agent.example/.well-known/asap/manifest.json");
            assertThat(client.lastAsapVersion()).contains("2.2");
        }
    }

    @Test
    void lastSignals_laterAnswers_replaceTheVersionAndKeepTheChallenge() {
        refuse("Bearer", "asap realm=\"a\", Discovery=\"https://agent.example/a\\\"b\"");
        server.enqueue(
                Peer.answer().newBuilder().setHeader("ASAP-Version", "2.1").build());
        try (ASAPClient client = builder().build()) {
            send(client);
            client.send(Peer.message());
            assertThat(client.lastChallenge()).contains("https://agent.example/a%22b");
            assertThat(client.lastAsapVersion()).contains("2.1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer",
                "Bearer discovery=\"https://agent.example/m.json\"",
                "ASAP",
                "ASAP realm=\"a\"",
                "ASAP discovery=\"\"",
                "ASAP discovery=\"/m.json\"",
                "ASAP discovery=\"file:///etc/passwd\"",
                "ASAP discovery=\"https://user:password@agent.example/m.json\"",
                "ASAP discovery=\"https://agent.example/m.json"
            })
    void lastChallenge_ofOtherHeaders_staysEmpty(String header) {
        refuse(header);
        try (ASAPClient client = builder().build()) {
            send(client);
            assertThat(client.lastChallenge()).isEmpty();
        }
    }

    @Test
    void lastChallenge_thatIsTooLong_staysEmpty() {
        refuse(challenge("https://agent.example/" + "x".repeat(3000)));
        try (ASAPClient client = builder().build()) {
            send(client);
            assertThat(client.lastChallenge()).isEmpty();
        }
    }

    @Test
    void lastSignals_ofOtherServers_doNotCount() {
        elsewhere.enqueue(
                manifest().newBuilder().setHeader("ASAP-Version", "9.9").build());
        try (ASAPClient client = builder().build()) {
            client.getManifest(elsewhere.url(MANIFEST_PATH).toString());
            assertThat(client.lastAsapVersion()).isEmpty();
        }
    }

    // ---- Fetching the manifest ahead

    @Test
    void autoRegister_manifestOfTheAgent_isFetchedIntoTheCache() throws Exception {
        String url = server.url(MANIFEST_PATH).toString();
        refuse(challenge(url));
        server.enqueue(manifest());
        try (ASAPClient client =
                builder().autoRegisterOnChallenge(true).bearerToken("s3cret").build()) {
            send(client);
            await().until(() -> client.manifestCache().get(url).isPresent());
            assertThat(client.getManifest().id()).isEqualTo(Peer.ECHO);
        }
        server.takeRequest();
        assertThat(server.takeRequest().getHeaders().get("Authorization")).isNull();
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void autoRegister_manifestElsewhere_isNotFetched() {
        refuse(challenge(elsewhere.url(MANIFEST_PATH)));
        try (ASAPClient client = builder().autoRegisterOnChallenge(true).build()) {
            send(client);
            assertThat(client.lastChallenge())
                    .contains(elsewhere.url(MANIFEST_PATH).toString());
        }
        // Closing has waited for all that the client does.
        assertThat(elsewhere.getRequestCount()).isZero();
    }

    @Test
    void autoRegister_off_fetchesNothing() {
        refuse(challenge(server.url(MANIFEST_PATH)));
        try (ASAPClient client = builder().build()) {
            send(client);
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void autoRegister_manifestThatCannotBeHad_changesNothing() {
        refuse(challenge(server.url(MANIFEST_PATH)));
        refuse(challenge(server.url(MANIFEST_PATH)));
        server.enqueue(Peer.answer());
        try (ASAPClient client = builder().autoRegisterOnChallenge(true).build()) {
            send(client);
            await().until(() -> server.getRequestCount() == 2 && client.stats().runningCalls() == 0);
            assertThat(client.send(Peer.message()).correlationId()).isEqualTo("m-1");
            assertThat(client.manifestCache().get(server.url(MANIFEST_PATH).toString()))
                    .isEmpty();
        }
    }

    @Test
    void autoRegister_closedMeanwhile_leavesNoThread() {
        refuse(challenge(server.url(MANIFEST_PATH)));
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(mockwebserver3.SocketEffect.Stall.INSTANCE)
                .build());
        ASAPClient client = builder().autoRegisterOnChallenge(true).build();
        send(client);
        await().until(() -> server.getRequestCount() == 2);
        client.close();
        assertThat(client.stats().runningCalls()).isZero();
    }
}
