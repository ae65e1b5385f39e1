// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.server.RestAgent.Answer;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.store.memory.InMemoryMeteringStore;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageRoutesTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T00:00:00Z");

    private final Storage storage = Storage.open("memory", StorageSettings.defaults());
    private final RestAgent agent = RestAgent.start(storage, builder -> builder.usageRoutes(true));

    @AfterEach
    void close() {
        agent.close();
        storage.close();
    }

    private void record(int count) {
        List<UsageEvent> events = IntStream.range(0, count)
                .mapToObj(i -> UsageEvent.of(
                        "task_" + i, "agent", "consumer", new UsageMetrics(1, 2, 3, 4), BEGIN.plusSeconds(i)))
                .toList();
        for (int i = 0; i < count; i += 5_000) {
            storage.metering().recordAll(events.subList(i, Math.min(count, i + 5_000)));
        }
    }

    private static List<String> tasks(JsonObject answer) {
        return answer.getArray("data").stream()
                .map(JsonValue::asObject)
                .map(event -> event.getString("task_id"))
                .toList();
    }

    @Test
    void query_withoutALimit_isEverythingInOrder() throws IOException {
        record(2_345);

        JsonObject answer = agent.get("/usage").json();

        assertThat(tasks(answer)).hasSize(2_345).startsWith("task_0", "task_1").endsWith("task_2344");
        assertThat(answer.getInt("count")).isEqualTo(2_345);
        assertThat(answer.getInt("total")).isEqualTo(2_345);
        assertThat(answer.get("next_cursor").isNull()).isTrue();
        assertThat(tasks(agent.get("/usage?offset=2343").json())).containsExactly("task_2343", "task_2344");
    }

    @Test
    void pages_sayTheTotalAndWhereTheyStand() throws IOException {
        record(5);

        JsonObject answer = agent.get("/usage?limit=2&offset=1").json();

        assertThat(tasks(answer)).containsExactly("task_1", "task_2");
        assertThat(answer.without("data").without("next_cursor"))
                .isEqualTo(JsonObject.of("count", 2, "total", 5, "offset", 1, "limit", 2));
        assertThat(agent.get("/usage?limit=2&offset=99").json().without("data"))
                .isEqualTo(JsonObject.of("count", 0, "total", 5, "offset", 99, "limit", 2, "next_cursor", null));
    }

    @Test
    void cursors_leadThroughTheWholeList() throws IOException {
        record(5);
        List<String> met = new ArrayList<>();

        JsonObject page = agent.get("/usage?limit=2").json();
        met.addAll(tasks(page));
        while (!page.get("next_cursor").isNull()) {
            page = agent.get("/usage?limit=2&cursor=" + page.getString("next_cursor"))
                    .json();
            met.addAll(tasks(page));
        }

        assertThat(met).containsExactly("task_0", "task_1", "task_2", "task_3", "task_4");
        assertThat(page.getInt("total")).isEqualTo(5);
        assertThat(page.get("offset").isNull()).isTrue();
    }

    @Test
    void offset_beyondEveryNumber_isBehindTheEnd() throws IOException {
        record(1);

        Answer answer = agent.get("/usage?limit=1&offset=" + "9".repeat(100));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(tasks(answer.json())).isEmpty();
        assertThat(answer.json().getLong("offset")).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,greater_than_equal,limit",
        "limit=1001,less_than_equal,limit",
        "limit=99999999999999999999,less_than_equal,limit",
        "limit=,int_parsing,limit",
        "limit=1.5,int_parsing,limit",
        "limit=abc,int_parsing,limit",
        "offset=-1,greater_than_equal,offset",
        "start=yesterday,datetime_from_date_parsing,start",
        "start=2026-13-01T00:00:00Z,datetime_from_date_parsing,start",
        "end=2026-01-01T00:00:00+00:00,datetime_from_date_parsing,end",
        "end=,datetime_from_date_parsing,end",
        "limit=1&cursor=nonsense,value_error,cursor",
        "limit=1&cursor=,value_error,cursor",
        "limit=1&cursor=kMTIz,value_error,cursor",
        "limit=1&cursor=k!!,value_error,cursor",
        "limit=1&offset=1&cursor=kMTIz,value_error,cursor",
    })
    void wrongParameter_isListed(String query, String type, String name) throws IOException {
        Answer answer = agent.get("/usage?" + query);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.mistake()).isEqualTo("1 " + type + " [\"query\",\"" + name + "\"]");
    }

    @Test
    void wrongParameters_areListedTogether() throws IOException {
        assertThat(agent.get("/usage?limit=x&offset=y&start=z")
                        .json()
                        .getArray("detail")
                        .size())
                .isEqualTo(3);
    }

    @Test
    void cursorOfAnotherList_isRefusedBeforeAnythingIsSent() throws IOException {
        assertThat(agent.get("/usage?cursor=kMTIz").status()).isEqualTo(422);
    }

    @Test
    void ofAParameterThatOccursTwice_theLastCounts() throws IOException {
        record(3);

        assertThat(tasks(agent.get("/usage?task_id=task_0&task_id=task_2").json()))
                .containsExactly("task_2");
        assertThat(tasks(agent.get("/usage?%zz&task_id=%zz").json())).isEmpty();
    }

    @Test
    void filters_readEncodedTexts() throws IOException {
        agent.post(
                "/usage",
                "{\"task_id\":\"a b+ü\",\"agent_id\":\"a\",\"consumer_id\":\"c\",\"timestamp\":\"2026-01-01T02:00:00+02:00\"}");

        JsonObject answer = agent.get("/usage?task_id=a+b%2B%C3%BC&start=2026-01-01T01:00:00%2B01:00")
                .json();

        assertThat(tasks(answer)).containsExactly("a b+ü");
        assertThat(answer.getArray("data").get(0).asObject().getString("timestamp"))
                .isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void batch_isRecordedAsAWholeOrNotAtAll() throws IOException {
        String good =
                "{\"task_id\":\"t\",\"agent_id\":\"a\",\"consumer_id\":\"c\",\"timestamp\":\"2026-01-01T00:00:00Z\"}";

        Answer refused = agent.post("/usage/batch", "{\"events\":[" + good + ",{\"task_id\":\"t\"}]}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getString("detail")).contains("events.1.agent_id");
        assertThat(storage.metering().stats().events()).isZero();

        Answer recorded = agent.post("/usage/batch", "{\"events\":[" + (good + ",").repeat(999) + good + "]}");
        assertThat(recorded.status()).isEqualTo(201);
        assertThat(recorded.json().getInt("count")).isEqualTo(1000);
        assertThat(storage.metering().stats().events()).isEqualTo(1000);

        assertThat(agent.post("/usage/batch", "{\"events\":[" + (good + ",").repeat(1000) + good + "]}")
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nope", "{", "[1", "{\"task_id\":}"})
    void bodyThatIsNoJson_isBadRequest(String body) throws IOException {
        for (String path : List.of("/usage", "/usage/batch", "/usage/validate")) {
            Answer answer = agent.post(path, body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).isEqualTo("{\"detail\":\"Invalid JSON\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "[]", "\"x\"", "{}", "{\"task_id\":1}"})
    void bodyThatIsNoRecord_isBadRequest_andInvalid(String body) throws IOException {
        assertThat(agent.post("/usage", body).status()).isEqualTo(400);
        Answer validation = agent.post("/usage/validate", body);
        assertThat(validation.status()).isEqualTo(200);
        assertThat(validation.json().getBoolean("valid")).isFalse();
        assertThat(validation.json().getString("error")).isNotBlank();
        assertThat(storage.metering().stats().events()).isZero();
    }

    @Test
    void export_holdsAsManyAsAskedFor() throws IOException {
        record(12_000);

        assertThat(tasks(agent.get("/usage/export").json())).hasSize(10_000);
        assertThat(tasks(agent.get("/usage/export?limit=100000").json())).hasSize(12_000);
        assertThat(tasks(agent.get("/usage/export?limit=1500").json()))
                .hasSize(1_500)
                .endsWith("task_1499");
        assertThat(tasks(agent.get("/usage/export?limit=3").json())).hasSize(3);
        assertThat(agent.get("/usage/export?export_format=csv&limit=100000")
                        .text()
                        .lines())
                .hasSize(12_001)
                .last()
                .isEqualTo("task_11999,agent,consumer,1,2,3,4,2026-03-01T03:19:59+00:00");
        assertThat(agent.get("/usage/export?limit=100001").mistake())
                .isEqualTo("1 less_than_equal [\"query\",\"limit\"]");
        assertThat(agent.get("/usage/export?export_format=xml").mistake())
                .isEqualTo("1 literal_error [\"query\",\"export_format\"]");
    }

    @Test
    void csv_quotesWhatItMust() throws IOException {
        storage.metering().record(UsageEvent.of("a,b", "say \"hi\"", "two\r\nlines", UsageMetrics.NONE, BEGIN));

        assertThat(agent.get("/usage/export?export_format=csv").text())
                .endsWith("\r\n\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",0,0,0,0,2026-03-01T00:00:00+00:00\r\n");
    }

    @Test
    void purge_removesWhatIsOlderThanTheRetention() throws IOException {
        SettableClock clock = SettableClock.at(BEGIN.plusSeconds(100));
        Storage kept = Storage.builder()
                .snapshots(new InMemorySnapshotStore())
                .metering(InMemoryMeteringStore.builder()
                        .retention(Duration.ofSeconds(60))
                        .clock(clock)
                        .build())
                .build();
        kept.metering().record(UsageEvent.of("old", "a", "c", UsageMetrics.NONE, BEGIN));
        kept.metering().record(UsageEvent.of("new", "a", "c", UsageMetrics.NONE, BEGIN.plusSeconds(90)));

        try (RestAgent other = RestAgent.start(kept, builder -> builder.usageRoutes(true))) {
            assertThat(other.post("/usage/purge", "").text()).isEqualTo("{\"status\":\"purged\",\"removed\":1}");
            assertThat(other.get("/usage/stats").json().getInt("retention_ttl_seconds"))
                    .isEqualTo(60);
        }
    }

    @Test
    void otherMethodsAndPaths_areNone() throws IOException {
        Answer put = agent.send("PUT", "/usage", "{}", Headers.EMPTY);
        assertThat(put.status()).isEqualTo(405);
        assertThat(put.headers().get("Allow")).isEqualTo("GET, POST");
        assertThat(agent.get("/usage/nope").text()).isEqualTo("{\"detail\":\"Not Found\"}");
        assertThat(agent.get("/usage/").status()).isEqualTo(307);
    }

    @Test
    void routes_areThereOnlyWhereTheyAreAskedForAndTheStorageKeepsUsage() throws IOException {
        try (RestAgent other = RestAgent.start(storage, builder -> builder)) {
            assertThat(other.get("/usage").status()).isEqualTo(404);
            assertThat(other.get("/sla").status()).isEqualTo(404);
        }
        try (RestAgent other = RestAgent.start(
                Storage.of(new InMemorySnapshotStore()),
                builder -> builder.usageRoutes(true).slaRoutes(true).auditRoutes(true))) {
            assertThat(other.get("/usage").text()).isEqualTo("{\"detail\":\"Not Found\"}");
            assertThat(other.get("/sla").text()).isEqualTo("{\"detail\":\"Not Found\"}");
            assertThat(other.get("/audit").text()).isEqualTo("{\"detail\":\"audit not configured\"}");
        }
    }

    @Test
    void aggregates_areOfTheEventsThatTheFilterMeans() throws IOException {
        record(3);

        JsonArray agents =
                agent.get("/usage/agents?start=2026-03-01T00:00:01Z").json().getArray("data");
        assertThat(agents.size()).isEqualTo(1);
        assertThat(agents.get(0).asObject().getInt("total_tasks")).isEqualTo(2);
        assertThat(agent.get("/usage/summary?agent_id=nobody").json().getInt("total_tasks"))
                .isZero();
        assertThat(agent.get("/usage/aggregate?start=x")
                        .json()
                        .getArray("detail")
                        .size())
                .isEqualTo(2);
    }
}
