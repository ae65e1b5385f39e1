// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.metering.wire.BatchUsageRequest;
import dev.asap.metering.wire.MeteringQuery;
import dev.asap.metering.wire.StorageStats;
import dev.asap.metering.wire.UsageRecord;
import dev.asap.model.TaskStatus;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private static final String NESTED = "{\"task_id\":\"task_7\",\"agent_id\":\"urn:asap:agent:worker\","
            + "\"consumer_id\":\"urn:asap:agent:caller\","
            + "\"metrics\":{\"tokens_in\":120,\"tokens_out\":45,\"duration_ms\":830,\"api_calls\":2},"
            + "\"timestamp\":\"2026-03-01T09:00:00Z\"}";

    private static final String FLAT = "{\"task_id\":\"task_7\",\"agent_id\":\"urn:asap:agent:worker\","
            + "\"consumer_id\":\"urn:asap:agent:caller\","
            + "\"tokens_in\":120,\"tokens_out\":45,\"duration_ms\":830,\"api_calls\":2,"
            + "\"timestamp\":\"2026-03-01T09:00:00Z\"}";

    private static final Instant TIME = Instant.parse("2026-03-01T09:00:00Z");

    @Test
    void event_inBothForms_isTheSame() {
        UsageEvent event = CODEC.read(JsonObject.parse(NESTED), UsageEvent.class);
        UsageRecord flat = CODEC.read(JsonObject.parse(FLAT), UsageRecord.class);
        assertThat(flat.toEvent()).isEqualTo(event);
        assertThat(UsageRecord.of(event)).isEqualTo(flat);
        assertThat(CODEC.toJson(event, WireForm.FULL)).hasToString(NESTED);
        assertThat(CODEC.toJson(flat, WireForm.FULL)).hasToString(FLAT);
    }

    @Test
    void status_ofAnEvent_isNotWritten() {
        UsageEvent event =
                CODEC.read(JsonObject.parse(NESTED), UsageEvent.class).withStatus(TaskStatus.FAILED);
        assertThat(CODEC.toJson(event, WireForm.FULL)).hasToString(NESTED);
        assertThat(UsageRecord.of(event).toEvent().status()).isNull();
        assertThatThrownBy(() -> CODEC.read(JsonObject.parse(NESTED).with("status", "failed"), UsageEvent.class))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("status");
    }

    @Test
    void record_withSpellingsThatAreTolerated_isRead() {
        UsageRecord flat = CODEC.read(
                JsonObject.parse("{\"task_id\":\"\",\"agent_id\":\"no urn\",\"consumer_id\":\"\",\"tokens_in\":\"12\","
                        + "\"tokens_out\":5.0,\"timestamp\":\"2026-03-01T09:00:00\"}"),
                UsageRecord.class);
        assertThat(flat).isEqualTo(new UsageRecord("", "no urn", "", 12, 5, 0, 0, TIME));
        JsonObject seconds = JsonObject.parse(FLAT).with("timestamp", TIME.getEpochSecond());
        assertThat(CODEC.read(seconds, UsageRecord.class).timestamp()).isEqualTo(TIME);
        JsonObject offset = JsonObject.parse(FLAT).with("timestamp", "2026-03-01T11:00:00+02:00");
        assertThat(CODEC.read(offset, UsageRecord.class).timestamp()).isEqualTo(TIME);
    }

    @Test
    void record_withAllThatIsWrong_namesAllOfIt() {
        ValidationException refused = catchThrowableOfType(
                ValidationException.class,
                () -> CODEC.read(
                        JsonObject.parse("{\"task_id\":\"t\",\"tokens_in\":1.5,\"zzz\":1}"), UsageRecord.class));
        assertThat(refused.violations())
                .extracting(violation -> violation.path().get(0))
                .containsExactlyInAnyOrder("agent_id", "consumer_id", "tokens_in", "timestamp", "zzz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens_in", "tokens_out", "duration_ms", "api_calls"})
    void counter_belowZero_isRefusedAtItsPlace(String member) {
        assertThat(violations(JsonObject.parse(FLAT).with(member, -1), UsageRecord.class))
                .extracting(Violation::path)
                .containsExactly(List.of(member));
        JsonObject nested = JsonObject.parse(NESTED);
        assertThat(violations(nested.with("metrics", nested.getObject("metrics").with(member, -1)), UsageEvent.class))
                .extracting(Violation::path)
                .containsExactly(List.of("metrics", member));
    }

    @Test
    void id_thatIsTooLong_isRefused() {
        String longest = "x".repeat(UsageEvent.MAX_ID_LENGTH);
        assertThat(CODEC.read(JsonObject.parse(FLAT).with("agent_id", longest), UsageRecord.class)
                        .agentId())
                .isEqualTo(longest);
        for (String id : List.of("task_id", "agent_id", "consumer_id")) {
            assertThat(violations(JsonObject.parse(FLAT).with(id, longest + "x"), UsageRecord.class))
                    .extracting(Violation::path)
                    .containsExactly(List.of(id));
        }
    }

    @Test
    void batch_ofOneToAThousand_isTaken() {
        UsageRecord flat = CODEC.read(JsonObject.parse(FLAT), UsageRecord.class);
        BatchUsageRequest largest = new BatchUsageRequest(Collections.nCopies(1000, flat));
        assertThat(CODEC.read(CODEC.write(largest), BatchUsageRequest.class)).isEqualTo(largest);
        assertThat(largest.toEvents()).hasSize(1000).containsOnly(flat.toEvent());
        assertThatThrownBy(() -> new BatchUsageRequest(Collections.nCopies(1001, flat)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("1000")
                .hasMessageContaining("1001");
        assertThatThrownBy(() -> CODEC.read(JsonObject.parse("{\"events\":[]}"), BatchUsageRequest.class))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("events");
    }

    @Test
    void batch_withAnEventThatIsWrong_namesItsPlace() {
        assertThat(violations(
                        JsonObject.parse("{\"events\":[" + FLAT + "," + FLAT.replace("120", "-120") + "]}"),
                        BatchUsageRequest.class))
                .extracting(Violation::path)
                .containsExactly(List.of("events", "1", "tokens_in"));
    }

    @Test
    void query_hasItsFilterAndBounds() {
        MeteringQuery query = CODEC.read(
                JsonObject.parse("{\"agent_id\":\"a\",\"start\":\"2026-03-01\",\"limit\":5}"), MeteringQuery.class);
        assertThat(query.filter()).isEqualTo(UsageFilter.all().agent("a").from(Instant.parse("2026-03-01T00:00:00Z")));
        assertThat(query.limit()).isEqualTo(5);
        assertThat(query.offset()).isZero();
        assertThat(violations(JsonObject.parse("{\"limit\":0,\"offset\":-1}"), MeteringQuery.class))
                .extracting(Violation::path)
                .containsExactly(List.of("limit"), List.of("offset"));
    }

    @Test
    void filter_withTimesThatTheProtocolCannotSay_isRefused() {
        assertThatThrownBy(() -> UsageFilter.all().until(Instant.MAX))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("leave it out for no bound");
        assertThatThrownBy(() -> UsageFilter.all().from(Instant.MIN)).isInstanceOf(ValidationException.class);
    }

    @Test
    void stats_haveWholeSecondsOfRetention() {
        assertThat(StorageStats.of(new UsageStats(3, TIME, Duration.ofMillis(86_400_999))))
                .isEqualTo(new StorageStats(3, TIME, 86_400L));
        assertThat(StorageStats.of(new UsageStats(0, null, null))).isEqualTo(new StorageStats(0, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "HOUR,2026-02-18T09,2026-02-18T10:00:00Z",
        "DAY,2026-02-18,2026-02-19T00:00:00Z",
        "WEEK,2026-W08,2026-02-23T00:00:00Z",
        "MONTH,2026-02,2026-03-01T00:00:00Z"
    })
    void period_hasItsNameAndEnd(UsagePeriod period, String name, Instant end) {
        Instant time = Instant.parse("2026-02-18T09:59:59.999999Z");
        assertThat(period.nameOf(time)).isEqualTo(name);
        assertThat(period.endOf(time)).isEqualTo(end);
        assertThat(period.nameOf(end.minusNanos(1))).isEqualTo(name);
        assertThat(period.nameOf(end)).isNotEqualTo(name);
        assertThat(period.endOf(end)).isAfter(end);
    }

    @ParameterizedTest
    @CsvSource({
        "2020-12-31T23:59:59Z,2020-W53",
        "2021-01-03T23:59:59Z,2020-W53",
        "2021-01-04T00:00:00Z,2021-W01",
        "2024-12-30T00:00:00Z,2025-W01",
        "2027-01-01T00:00:00Z,2026-W53",
        "0001-01-01T00:00:00Z,0001-W01",
        "9999-12-31T23:59:59Z,9999-W52"
    })
    void week_isThatOfISO(Instant time, String name) {
        assertThat(UsagePeriod.WEEK.nameOf(time)).isEqualTo(name);
    }

    @Test
    void totals_ofNothing_haveNoAverages() {
        assertThat(UsageTotals.NONE)
                .extracting(UsageTotals::tokensPerTask, UsageTotals::durationMsPerTask)
                .containsExactly(0.0, 0.0);
        assertThat(List.of(UsageTotals.NONE.plus(new UsageMetrics(1, 2, 3, 4))))
                .extracting(UsageTotals::tasks, UsageTotals::tokens)
                .containsExactly(tuple(1L, 3L));
    }

    private static List<Violation> violations(JsonObject object, Class<?> type) {
        return catchThrowableOfType(ValidationException.class, () -> CODEC.read(object, type))
                .violations();
    }
}
