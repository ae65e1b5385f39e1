// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.crypto.AgentToken;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.HostToken;
import dev.asap.crypto.TokenVerifier;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A server with identity and capability routes: answers what a test says, and verifies the tokens that it gets. */
final class AccessServer implements AutoCloseable {
    static final AgentUrn SHOP = AgentUrn.of("urn:asap:agent:shop");
    static final String AGENT_ID = "01JZ3V00A1B2C3D4E5F6G7H8J9";
    static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    static final Ed25519PrivateKey HOST_KEY = Ed25519PrivateKey.ofSeed(new byte[32]);
    static final Ed25519PrivateKey AGENT_KEY = Ed25519PrivateKey.generate();

    final MockWebServer http = new MockWebServer();

    AccessServer() {
        try {
            http.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ASAPClient.Builder client() {
        return Peer.client(http.url("/a").toString()).clock(() -> NOW).bearerToken("not-for-these-routes");
    }

    static AgentIdentity identity() {
        return AgentIdentity.of(HOST_KEY, AGENT_KEY, SHOP);
    }

    static AgentIdentity registered() {
        return identity().withAgentId(AGENT_ID);
    }

    void answers(int status, String body) {
        http.enqueue(Peer.json(status, body));
    }

    void answers(int status, String body, String header, String value) {
        http.enqueue(
                Peer.json(status, body).newBuilder().setHeader(header, value).build());
    }

    /** An answer as another implementation gave it. */
    void answersRecorded(String name, int exchange) {
        JsonObject response = recording(name, exchange).getObject("response");
        MockResponse.Builder answer = Peer.json(
                        response.getInt("status"), response.get("body").toString())
                .newBuilder();
        JsonObject headers = response.getObject("headers");
        headers.names().forEach(header -> answer.setHeader(header, headers.getString(header)));
        http.enqueue(answer.build());
    }

    static JsonObject recording(String name, int exchange) {
        try (InputStream in = AccessServer.class.getResourceAsStream("/golden/capability/" + name + ".json")) {
            return JsonObject.parse(in.readAllBytes())
                    .getArray("exchanges")
                    .values()
                    .get(exchange)
                    .asObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RecordedRequest taken() {
        try {
            return http.takeRequest();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonObject bodyOf(RecordedRequest request) {
        return JsonObject.parse(request.getBody().toByteArray());
    }

    static HostToken hostTokenOf(RecordedRequest request) {
        return TokenVerifier.forAudience(SHOP.value()).withClock(() -> NOW).verifyHost(tokenOf(request));
    }

    static AgentToken agentTokenOf(RecordedRequest request, Ed25519PrivateKey key) {
        return TokenVerifier.forAudience(SHOP.value())
                .withClock(() -> NOW)
                .verifyAgent(tokenOf(request), claims -> Optional.of(key.publicKey()));
    }

    private static String tokenOf(RecordedRequest request) {
        return request.getHeaders().get("Authorization").substring("Bearer ".length());
    }

    @Override
    public void close() {
        http.close();
    }
}
