// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.audit.AuditEntry;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.server.RestAgent.Answer;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditRoutesTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    private final Storage storage = Storage.open("memory", StorageSettings.defaults());
    private final RestAgent agent = RestAgent.start(storage, builder -> builder.auditRoutes(true));

    @AfterEach
    void close() {
        agent.close();
        storage.close();
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            storage.audit()
                    .append(AuditEntry.of(
                            "id_" + i,
                            BEGIN.plusSeconds(i),
                            "task.request",
                            i % 2 == 0 ? "even" : "odd",
                            JsonObject.of("n", i)));
        }
    }

    private static List<String> ids(JsonObject answer) {
        return answer.getArray("entries").stream()
                .map(JsonValue::asObject)
                .map(entry -> entry.getString("id"))
                .toList();
    }

    @Test
    void entries_comeWithTheirHashesAndTheTotal() throws IOException {
        append(120);

        JsonObject answer = agent.get("/audit").json();

        assertThat(ids(answer)).hasSize(100).startsWith("id_0", "id_1");
        assertThat(answer.getInt("count")).isEqualTo(100);
        assertThat(answer.getInt("total")).isEqualTo(120);
        JsonObject second = answer.getArray("entries").get(1).asObject();
        assertThat(second.getString("prev_hash"))
                .isEqualTo(answer.getArray("entries").get(0).asObject().getString("hash"));
        assertThat(ids(agent.get("/audit?cursor=" + answer.getString("next_cursor"))
                        .json()))
                .hasSize(20)
                .endsWith("id_119");
    }

    @Test
    void filters_meetAgentAndTimes() throws IOException {
        append(10);

        JsonObject answer = agent.get(
                        "/audit?urn=odd&start=2026-03-01T00:00:03&end=2026-03-01T01:00:07%2B01:00&limit=2")
                .json();

        assertThat(ids(answer)).containsExactly("id_3", "id_5");
        assertThat(answer.getInt("total")).isEqualTo(3);
    }

    @Test
    void limit_isCut_andZeroAsksForTheTotalAlone() throws IOException {
        append(1_100);

        assertThat(agent.get("/audit?limit=5000").json().getInt("count")).isEqualTo(1_000);
        assertThat(agent.get("/audit?limit=" + "9".repeat(50)).json().getInt("limit"))
                .isEqualTo(1_000);
        assertThat(agent.get("/audit?limit=0").json())
                .isEqualTo(JsonObject.of(
                        "entries",
                        List.of(),
                        "count",
                        0,
                        "total",
                        1_100,
                        "offset",
                        0,
                        "limit",
                        0,
                        "next_cursor",
                        null));
        assertThat(ids(agent.get("/audit?limit=2&offset=1098").json())).containsExactly("id_1098", "id_1099");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=-1,400",
        "offset=-1,400",
        "limit=-" + "99999999999999999999,400",
        "start=nope,400",
        "end=nope,400",
        "limit=x,422",
        "offset=,422",
        "cursor=x,422",
        "cursor=kMg&offset=1,422",
    })
    void wrongParameter_isRefused(String query, int status) throws IOException {
        Answer answer = agent.get("/audit?" + query);
        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void withoutALog_itSaysSo() throws IOException {
        try (RestAgent other = RestAgent.start(storage, builder -> builder)) {
            Answer answer = other.get("/audit?limit=-1");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text()).isEqualTo("{\"detail\":\"audit not configured\"}");
        }
    }
}
