// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.ManifestSigner;
import dev.asap.json.JsonObject;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.Registry;
import dev.asap.model.RegistryEntry;
import dev.asap.model.RevocationList;
import dev.asap.model.RevokedAgent;
import dev.asap.model.Skill;
import dev.asap.model.TrustLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A registry, a list of revoked agents, and the agent "echo" with a manifest that an authority has signed, on one server. */
final class RegistryHost implements AutoCloseable {
    static final String REGISTRY = "/registry.json";
    static final String REVOKED = "/revoked.json";
    static final String MANIFEST = "/agent/.well-known/asap/manifest.json";
    static final String MESSAGES = "/agent/asap";

    final Ed25519PrivateKey authority = Ed25519PrivateKey.generate();
    private final MockWebServer server = new MockWebServer();
    private final Map<String, Function<RecordedRequest, MockResponse>> answers = new ConcurrentHashMap<>();
    private final List<RecordedRequest> requests = new ArrayList<>();

    RegistryHost() {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                synchronized (requests) {
                    requests.add(request);
                }
                return answers.getOrDefault(request.getTarget(), unknown -> Peer.json(404, "{}"))
                        .apply(request);
            }
        });
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        list(entry());
        revoke();
        answer(MANIFEST, signed(manifest()));
        answer(MESSAGES, Peer::echo);
    }

    String url(String path) {
        return server.url(path).toString();
    }

    Manifest manifest() {
        return Manifest.builder(Peer.ECHO, "Echo", "1.0.0", Endpoint.of(url(MESSAGES)))
                .capabilities(
                        Capability.builder().skill(Skill.of("echo", "Echo")).build())
                .build();
    }

    RegistryEntry entry() {
        return RegistryEntry.of(manifest(), url(MANIFEST));
    }

    byte[] signed(Manifest manifest) {
        return signed(manifest, authority, TrustLevel.VERIFIED);
    }

    static byte[] signed(Manifest manifest, Ed25519PrivateKey key, TrustLevel level) {
        return ASAPCodec.strict()
                .write(ManifestSigner.of(key).withTrustLevel(level).sign(manifest));
    }

    void list(RegistryEntry... entries) {
        answer(
                REGISTRY,
                ASAPCodec.strict().write(new Registry("1.0", Instant.parse("2026-03-01T00:00:00Z"), List.of(entries))));
    }

    void revoke(String... urns) {
        List<RevokedAgent> revoked = new ArrayList<>();
        for (String urn : urns) {
            revoked.add(new RevokedAgent(urn, "key leaked", Instant.parse("2026-01-15T12:00:00Z")));
        }
        answer(REVOKED, ASAPCodec.strict().write(new RevocationList(revoked, "1.0")));
    }

    void answer(String path, byte[] json) {
        answer(path, request -> Peer.json(200, json));
    }

    void answer(String path, JsonObject json) {
        answer(path, json.toBytes());
    }

    void answer(String path, Function<RecordedRequest, MockResponse> answer) {
        answers.put(path, answer);
    }

    List<RecordedRequest> requests(String path) {
        synchronized (requests) {
            return requests.stream()
                    .filter(request -> request.getTarget().equals(path))
                    .toList();
        }
    }

    /** A registry that trusts the authority of this host. */
    AgentRegistry.Builder registry() {
        return AgentRegistry.builder(url(REGISTRY))
                .environment(Map.of(
                        AgentRegistry.REVOCATION_URL_VARIABLE, url(REVOKED),
                        AgentRegistry.AUTHORITY_VARIABLE, authority.publicKey().toBase64())::get);
    }

    @Override
    public void close() {
        server.close();
    }
}
