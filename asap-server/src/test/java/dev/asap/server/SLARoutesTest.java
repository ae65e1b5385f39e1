// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.server.RestAgent.Answer;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAMetrics;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SLARoutesTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    private final Manifest manifest = Manifest.builder(
                    TestAgent.URN, "Under test", "1.0.0", Endpoint.of("http://agent.example/asap"))
            .sla(new SLADefinition("99.5%", 500L, "1%", null))
            .build();

    private final SettableClock clock = SettableClock.at(BEGIN.plus(Duration.ofHours(10)));
    private final Storage storage = Storage.open("memory", StorageSettings.defaults());
    private final RestAgent agent = RestAgent.start(
            manifest, storage, builder -> builder.slaRoutes(true).clock(clock));

    @AfterEach
    void close() {
        agent.close();
        storage.close();
    }

    private void metrics(String id, int hour, double uptime) {
        Instant start = BEGIN.plus(Duration.ofHours(hour));
        storage.sla().recordMetrics(new SLAMetrics(id, start, start.plusSeconds(3600), uptime, 100 + hour, 0.5, 10, 1));
    }

    private void breach(String id, BreachSeverity severity, int hour) {
        storage.sla()
                .recordBreach(new SLABreach(
                        id,
                        "agent",
                        BreachType.LATENCY,
                        "500ms",
                        "600ms",
                        severity,
                        BEGIN.plus(Duration.ofHours(hour)),
                        null));
    }

    private static List<String> ids(JsonObject answer) {
        return answer.getArray("data").stream()
                .map(JsonValue::asObject)
                .map(breach -> breach.getString("id"))
                .toList();
    }

    @Test
    void status_isOfTheWindow_withComplianceOfTheOwnAgent() throws IOException {
        metrics("other", 8, 50);
        metrics(TestAgent.URN.value(), 9, 90);
        metrics(TestAgent.URN.value(), 1, 100);

        JsonObject hour = agent.get("/sla?window=1h").json();
        assertThat(hour.getString("period_start")).isEqualTo("2026-03-01T09:00:00+00:00");
        assertThat(hour.getString("period_end")).isEqualTo("2026-03-01T10:00:00+00:00");
        assertThat(hour.getArray("data").toString())
                .contains("\"agent_id\":\"other\"")
                .contains("\"compliance_percent\":null")
                .contains("\"compliance_percent\":75.0")
                .contains("\"period_end\":\"2026-03-01T10:00:00Z\"");

        JsonObject own = agent.get("/sla?agent_id=" + TestAgent.URN).json();
        assertThat(own.getString("window")).isEqualTo("24h");
        JsonObject status = own.getArray("data").get(0).asObject();
        assertThat(status.getObject("metrics").getDouble("uptime_percent")).isEqualTo(95.0);
        assertThat(status.getDouble("compliance_percent")).isEqualTo(95.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2h", "", "24H"})
    void unknownWindow_isBadRequest(String window) throws IOException {
        Answer answer = agent.get("/sla?window=" + window);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).isEqualTo("{\"detail\":\"window must be one of: 1h, 24h, 7d, 30d\"}");
    }

    @Test
    void history_comesInPagesOfAHundred() throws IOException {
        for (int i = 0; i < 120; i++) {
            metrics("agent", i, 100);
        }

        JsonObject first = agent.get("/sla/history").json();
        assertThat(first.without("data").without("next_cursor"))
                .isEqualTo(JsonObject.of("count", 100, "total", 120, "offset", 0, "limit", 100));

        JsonObject second = agent.get("/sla/history?cursor=" + first.getString("next_cursor"))
                .json();
        assertThat(second.getInt("count")).isEqualTo(20);
        assertThat(second.getInt("total")).isEqualTo(120);
        assertThat(second.getArray("data").get(0).asObject().getInt("latency_p95_ms"))
                .isEqualTo(200);
        assertThat(second.get("next_cursor").isNull()).isTrue();

        assertThat(agent.get("/sla/history?offset=1000").json().without("data"))
                .isEqualTo(JsonObject.of("count", 0, "total", 120, "offset", 1000, "limit", 100, "next_cursor", null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"limit=0", "limit=1001", "limit=", "offset=-1", "start=x", "end=x", "cursor=x", "cursor=kMTIz"})
    void wrongParameter_isListed(String query) throws IOException {
        for (String path : List.of("/sla/history?", "/sla/breaches?")) {
            Answer answer = agent.get(path + query);
            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.mistake()).endsWith("[\"query\",\"" + query.substring(0, query.indexOf('=')) + "\"]");
        }
    }

    @Test
    void breaches_areAllOfThem_orAPage() throws IOException {
        for (int i = 0; i < 1_100; i++) {
            breach("b" + i, i % 2 == 0 ? BreachSeverity.WARNING : BreachSeverity.CRITICAL, i);
        }

        JsonObject all = agent.get("/sla/breaches").json();
        assertThat(ids(all)).hasSize(1_100).startsWith("b0", "b1").endsWith("b1099");
        assertThat(all.getInt("count")).isEqualTo(1_100);

        JsonObject page =
                agent.get("/sla/breaches?severity=critical&limit=2&offset=1").json();
        assertThat(ids(page)).containsExactly("b3", "b5");
        assertThat(page.getInt("total")).isEqualTo(550);
        assertThat(ids(agent.get("/sla/breaches?severity=critical&limit=2&cursor=" + page.getString("next_cursor"))
                        .json()))
                .containsExactly("b7", "b9");
    }

    @Test
    void unknownSeverity_isBadRequest() throws IOException {
        assertThat(agent.get("/sla/breaches?severity=low").text())
                .isEqualTo("{\"detail\":\"severity must be one of: warning, critical\"}");
        assertThat(agent.get("/sla/breaches?severity=low&limit=0").status()).isEqualTo(422);
    }
}
