// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.wire.BatchUsageRequest;
import dev.asap.metering.wire.StorageStats;
import dev.asap.metering.wire.UsageByAgent;
import dev.asap.metering.wire.UsageByConsumer;
import dev.asap.metering.wire.UsageByPeriod;
import dev.asap.metering.wire.UsageOverview;
import dev.asap.metering.wire.UsageRecord;
import dev.asap.page.PageRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another implementation of the protocol answered about five uses: the store and the codec give the same, byte for byte. */
class RecordedUsageTest {
    private static final ASAPCodec CODEC = ASAPCodec.strict();
    private static final UsageFilter ALL = UsageFilter.all();

    private final MeteringStore store = new InMemoryMeteringStore();
    private JsonObject answers;

    @BeforeEach
    void record() throws IOException {
        try (InputStream recording = RecordedUsageTest.class.getResourceAsStream("usage.json")) {
            JsonObject json = JsonObject.parse(recording.readAllBytes());
            answers = json.getObject("answers");
            BatchUsageRequest request = CODEC.read(json.getObject("batch"), BatchUsageRequest.class);
            store.recordAll(request.toEvents());
        }
    }

    private String recorded(String path) {
        return answers.getObject(path).get("data").toString();
    }

    private static <T> String written(List<T> found, Function<T, Object> toRecord) {
        return found.stream()
                .map(item -> CODEC.toJson(toRecord.apply(item), WireForm.FULL).toString())
                .toList()
                .toString()
                .replace(", {", ",{");
    }

    @Test
    void events_comeOldestFirst() {
        // That implementation echoes offsets, this library writes UTC.
        String expected = recorded("/usage").replace("2026-01-04T00:00:00+02:00", "2026-01-03T22:00:00Z");
        assertThat(written(store.query(ALL, PageRequest.first()).items(), UsageRecord::of))
                .isEqualTo(expected);
    }

    @Test
    void agents_areTheSame() {
        String written = written(store.byAgent(ALL), UsageByAgent::of);
        assertThat(written).isEqualTo(recorded("/usage/aggregate?group_by=agent"));
        assertThat(written).isEqualTo(recorded("/usage/agents"));
    }

    @Test
    void consumers_areTheSame() {
        assertThat(written(store.byConsumer(ALL), UsageByConsumer::of))
                .isEqualTo(recorded("/usage/aggregate?group_by=consumer"));
        assertThat(written(store.byConsumer(ALL.agent("urn:asap:agent:a1")), UsageByConsumer::of))
                .isEqualTo(recorded("/usage/aggregate?group_by=consumer&agent_id=urn:asap:agent:a1"));
        assertThat(written(store.byConsumer(ALL.from(Instant.parse("2026-01-05T00:00:00Z"))), UsageByConsumer::of))
                .isEqualTo(recorded("/usage/consumers?start=2026-01-05T00:00:00Z"));
    }

    @Test
    void periods_areTheSame() {
        assertThat(written(store.byPeriod(UsagePeriod.WEEK, ALL), UsageByPeriod::of))
                .isEqualTo(recorded("/usage/aggregate?group_by=week"));
        // That implementation takes the day of a time from its own offset, this library from UTC.
        String expected = recorded("/usage/aggregate?group_by=day").replace("2026-01-04", "2026-01-03");
        assertThat(written(store.byPeriod(UsagePeriod.DAY, ALL), UsageByPeriod::of))
                .isEqualTo(expected);
    }

    @Test
    void summaryAndStats_areTheSame() {
        assertThat(CODEC.toJson(UsageOverview.of(store.summary(ALL)), WireForm.FULL))
                .hasToString(answers.getObject("/usage/summary").toString());
        UsageFilter one = ALL.agent("urn:asap:agent:a2");
        assertThat(CODEC.toJson(UsageOverview.of(store.summary(one)), WireForm.FULL))
                .hasToString(answers.getObject("/usage/summary?agent_id=urn:asap:agent:a2")
                        .toString());
        assertThat(CODEC.toJson(StorageStats.of(store.stats()), WireForm.FULL))
                .hasToString(answers.getObject("/usage/stats").toString());
    }
}
