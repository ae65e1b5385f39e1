// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.server.ASAPServer;
import dev.asap.storage.Storage;
import dev.asap.store.memory.InMemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the server guide says about the routes to what the storage keeps. */
class ServerRoutesGuideTest {
    @Test
    void switches_openTheRoutes() throws IOException {
        Manifest manifest = Manifest.builder(
                        AgentUrn.of("urn:asap:agent:greeter"),
                        "Greeter",
                        "1.0.0",
                        Endpoint.of("http://localhost:8080/asap"))
                .build();
        try (Storage storage = new InMemoryStorage()) {
            storage.metering().record(UsageEvent.of("t", "a", "c", UsageMetrics.NONE, Instant.now()));
            ASAPServer server = ASAPServer.builder(manifest)
                    .storage(storage)
                    .usageRoutes(true)
                    .slaRoutes(true)
                    .auditRoutes(true)
                    .start();
            try (server) {
                assertThat(get(server, "/usage?limit=10").getInt("total")).isEqualTo(1);
                assertThat(get(server, "/sla/history").getInt("total")).isZero();
                assertThat(get(server, "/audit").getInt("total")).isZero();
            }
        }
    }

    @Test
    void console_isAPage() throws IOException {
        Manifest manifest = Manifest.builder(
                        AgentUrn.of("urn:asap:agent:greeter"),
                        "Greeter",
                        "1.0.0",
                        Endpoint.of("http://localhost:8080/asap"))
                .build();
        try (Storage storage = new InMemoryStorage()) {
            ASAPServer.Builder builder = ASAPServer.builder(manifest)
                    .storage(storage)
                    .usageRoutes(true)
                    .slaRoutes(true)
                    .console(true);
            try (ASAPServer server = builder.start();
                    InputStream page =
                            server.url().resolve("/asap/console").toURL().openStream()) {
                assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("Service level", "Breaches", "Usage", "Open delegations");
            }
        }
    }

    private static JsonObject get(ASAPServer server, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) server.url().resolve(path).toURL().openConnection();
        try {
            return JsonObject.parse(connection.getInputStream().readAllBytes());
        } finally {
            connection.disconnect();
        }
    }
}
