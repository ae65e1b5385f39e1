// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.wire.FirstGenerationMetering;
import dev.asap.metering.wire.UsageOfAgent;
import dev.asap.testkit.SettableClock;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstGenerationMeteringTest {
    private static final Instant NOW = Instant.parse("2026-03-04T02:30:00Z");

    private final MeteringStore store = new InMemoryMeteringStore();
    private final FirstGenerationMetering metering = new FirstGenerationMetering(store, SettableClock.at(NOW));

    private void record(String agent, String time) {
        metering.record(UsageEvent.of("t", agent, "c", new UsageMetrics(10, 1, 100, 3), Instant.parse(time)));
    }

    @ParameterizedTest
    @CsvSource({"hour,1", "h,1", "day,2", "d,2", "today,2", "week,4", "w,4", "month,7", "'',7", "Hour,7", "all,7"})
    void aggregate_ofAPeriod_hasItsWindow(String period, int tasks) {
        record("worker", "2026-03-04T01:30:00Z");
        record("worker", "2026-03-04T01:29:59.999999Z");
        record("worker", "2026-03-03T23:59:59.999999Z");
        record("worker", "2026-02-25T02:30:00Z");
        record("worker", "2026-02-25T02:29:59.999999Z");
        record("worker", "2020-01-01T00:00:00Z");
        record("worker", "2026-03-04T02:30:00.000001Z");
        record("other", "2026-03-04T02:00:00Z");
        assertThat(metering.aggregate("worker", period))
                .isEqualTo(new UsageOfAgent("worker", period, 11L * tasks, 100L * tasks, tasks, 3L * tasks));
    }

    @Test
    void aggregate_ofNothing_isZero() {
        assertThat(metering.aggregate("worker", "day")).isEqualTo(new UsageOfAgent("worker", "day", 0, 0, 0, 0));
    }

    @Test
    void query_givesTheAgentsEventsWithinTheBounds() {
        record("worker", "2026-03-03T00:00:00Z");
        record("worker", "2026-03-01T00:00:00Z");
        record("worker", "2026-03-02T00:00:00Z");
        record("other", "2026-03-02T00:00:00Z");
        List<UsageEvent> events =
                metering.query("worker", Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-03-02T00:00:00Z"));
        assertThat(events)
                .extracting(UsageEvent::timestamp)
                .containsExactly(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-03-02T00:00:00Z"));
    }

    @Test
    void query_withLimitAndOffset_givesThatPart() {
        store.recordAll(IntStream.range(0, 3500)
                .mapToObj(i -> UsageEvent.of("t" + i, "worker", "c", UsageMetrics.NONE, NOW.plusSeconds(i)))
                .toList());
        assertThat(metering.query("worker", NOW, NOW.plusSeconds(5000), 2100, 1000))
                .hasSize(2100)
                .startsWith(event(1000))
                .endsWith(event(3099));
        assertThat(metering.query("worker", NOW, NOW.plusSeconds(5000), 5000, 3000))
                .hasSize(500);
        assertThat(metering.query("worker", NOW, NOW.plusSeconds(5000), 0, 0)).isEmpty();
        assertThat(metering.query("worker", NOW, NOW.plusSeconds(5000), 1, 3500))
                .isEmpty();
        assertThat(metering.query("worker", NOW, NOW.plusSeconds(5000))).hasSize(3500);
    }

    private static UsageEvent event(int i) {
        return UsageEvent.of("t" + i, "worker", "c", UsageMetrics.NONE, NOW.plusSeconds(i));
    }

    @Test
    void query_withNegativeOffsetOrLimit_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> metering.query("worker", NOW, NOW, 1, -1))
                .withMessageContaining("offset must be non-negative")
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> metering.query("worker", NOW, NOW, -1, 0))
                .withMessageContaining("limit must be non-negative");
    }
}
