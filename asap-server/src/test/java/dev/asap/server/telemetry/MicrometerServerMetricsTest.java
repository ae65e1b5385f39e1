// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.server.ASAPServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MicrometerServerMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerServerMetrics metrics = new MicrometerServerMetrics(registry);

    @AfterEach
    void close() {
        registry.close();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    @Test
    void answers_areCountedAndTimed() {
        metrics.answered("task.request", null, Duration.ofMillis(20));
        metrics.answered("task.request", null, null);
        metrics.answered("task.request", "asap:task/not_found", Duration.ofMillis(5));

        assertThat(count("asap.requests", "payload_type", "task.request", "status", "success"))
                .isEqualTo(2);
        assertThat(count("asap.requests", "payload_type", "task.request", "status", "error"))
                .isEqualTo(1);
        assertThat(count("asap.requests.error", "payload_type", "task.request", "error_type", "asap:task/not_found"))
                .isEqualTo(1);
        assertThat(registry.get("asap.request.duration")
                        .tags("status", "success")
                        .timer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(20);
    }

    @Test
    void handlers_areCountedAndTimed() {
        metrics.handled("task.request", false, Duration.ofMillis(20));
        metrics.handled("task.request", true, Duration.ofMillis(20));

        assertThat(count("asap.handler.errors", "payload_type", "task.request")).isEqualTo(1);
        assertThat(registry.get("asap.handler.duration").timer().count()).isEqualTo(2);
    }

    @Test
    void server_tellsWhatItAnswers() throws IOException {
        Manifest manifest = Manifest.builder(
                        AgentUrn.of("urn:asap:agent:test"), "Test", "1.0.0", Endpoint.of("http://agent.example/asap"))
                .build();
        OkHttpClient http = new OkHttpClient();
        try (ASAPServer server = ASAPServer.builder(manifest)
                        .observer(new MicrometerServerMetrics(registry))
                        .skill("echo", task -> task.completed(JsonObject.empty()))
                        .start();
                Response response = http.newCall(new Request.Builder()
                                .url(server.url() + "/asap")
                                .post(RequestBody.create("nope", MediaType.get("application/json")))
                                .build())
                        .execute()) {
            assertThat(response.code()).isEqualTo(200);
        }
        http.connectionPool().evictAll();

        assertThat(count("asap.requests.error", "payload_type", "other", "error_type", "parse_error"))
                .isEqualTo(1);
    }
}
