// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.crypto.ManifestSigner;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.AuthScheme;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.server.ASAPServer;
import dev.asap.server.ClientCertificates;
import dev.asap.server.DelegationGuard;
import dev.asap.server.OAuth2;
import dev.asap.server.RateLimit;
import dev.asap.server.TokenValidator;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.server.webhook.DeadLetter;
import dev.asap.server.webhook.WebhookDelivery;
import dev.asap.server.webhook.WebhookSender;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of the guide to building an agent that is about who may call, and how much. */
class ServerSecurityGuideTest {
    private static final AgentUrn ID = AgentUrn.of("urn:asap:agent:greeter");
    private static final Endpoint ENDPOINT = Endpoint.of("http://localhost:8080/asap");

    private final Manifest manifest =
            Manifest.builder(ID, "Greeter", "1.0.0", ENDPOINT).build();
    private Storage storage;

    @BeforeEach
    void open() {
        storage = Storage.open("memory", StorageSettings.defaults());
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private void starts(ASAPServer.Builder builder) {
        try (ASAPServer server = builder.storage(storage).start()) {
            assertThat(server.port()).isPositive();
        }
    }

    @Test
    void bearerTokens() {
        Map<String, AgentUrn> agentsByToken = Map.of();
        TokenValidator tokens = token -> agentsByToken.get(token);

        Manifest manifest = Manifest.builder(ID, "Greeter", "1.0.0", ENDPOINT)
                .auth(AuthScheme.of("bearer"))
                .build();
        ASAPServer.Builder server = ASAPServer.builder(manifest).tokenValidator(tokens);

        starts(server);
    }

    @Test
    void oauth2() {
        OAuth2 oauth2 = OAuth2.jwks(URI.create("https://login.example/keys"))
                .issuer("https://login.example")
                .audience("greeter")
                .requiredScope("asap:execute")
                .operatorRoutes(true)
                .build();
        ASAPServer.Builder server = ASAPServer.builder(manifest).oauth2(oauth2);

        RouteGroup mine = () -> List.of(Route.get(
                "/asap/whoami",
                request -> HttpResponse.json(
                        200, JsonObject.of("subject", request.caller().subject()))));

        starts(server.routes(mine));
    }

    @Test
    void delegations() {
        Ed25519PublicKey bossKey = Ed25519PrivateKey.generate().publicKey();
        Map<String, Ed25519PublicKey> keys = Map.of("urn:asap:agent:boss", bossKey);

        DelegationGuard guard =
                DelegationGuard.of(urn -> Optional.ofNullable(keys.get(urn))).withRequired(true);
        ASAPServer.Builder server = ASAPServer.builder(manifest).delegationGuard(guard);

        starts(server);
    }

    @Test
    void mutualTls() throws Exception {
        SSLContext context = SSLContext.getDefault();

        ASAPServer.Builder server =
                ASAPServer.builder(manifest).tls(context).clientCertificates(ClientCertificates.REQUIRED);

        starts(server);
    }

    @Test
    void signedManifest() {
        String pem = Ed25519PrivateKey.generate().toPem();

        Ed25519PrivateKey key = Ed25519PrivateKey.ofPem(pem);
        ASAPServer.Builder server = ASAPServer.builder(manifest).manifestSigner(ManifestSigner.of(key));

        starts(server);
    }

    @Test
    void behindAProxy() {
        ASAPServer.Builder server = ASAPServer.builder(manifest)
                .host("127.0.0.1")
                .port(8080)
                .rateLimitKey(request -> String.valueOf(request.header("X-Real-IP")))
                .responseCompression(false);

        starts(server.port(0));
    }

    @Test
    void limits() {
        ASAPServer.Builder server = ASAPServer.builder(manifest)
                .rateLimit(RateLimit.parse("50/second;1000/minute"))
                .rateLimitKey(request -> String.valueOf(request.header("X-Real-IP")))
                .maxRequestBytes(1_000_000)
                .requestTimeout(Duration.ofSeconds(20))
                .maxConnections(2000);

        starts(server);
    }

    @Test
    void webhooks() {
        String secret = "known to both";
        URI url = URI.create("https://127.0.0.1/hook");

        List<DeadLetter> lost = new CopyOnWriteArrayList<>();

        WebhookSender webhooks =
                WebhookSender.builder().secret(secret).onDeadLetter(lost::add).build();
        CompletableFuture<WebhookDelivery> delivery =
                webhooks.send(url, JsonObject.of("event", "task.completed", "task_id", "t-1"));

        assertThat(delivery).failsWithin(Duration.ofSeconds(10));
        webhooks.close();
        assertThat(lost).isEmpty();
    }
}
