// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStore;
import dev.asap.storage.StorageException;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SLAStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakChecks.class)
class InMemorySLAStoreTest extends SLAStoreContract {
    private static final Instant TIME = Instant.parse("2026-03-01T08:00:00Z");

    @Override
    protected SLAStore createStore() {
        return new InMemorySLAStore();
    }

    @Override
    protected Optional<SLAStore> createStore(Duration retention, InstantSource clock) {
        return Optional.of(
                InMemorySLAStore.builder().retention(retention).clock(clock).build());
    }

    private static SLAMetrics metrics(int minute) {
        Instant start = TIME.plusSeconds(60L * minute);
        return new SLAMetrics("a", start, start.plusSeconds(60), 100, 1, 0, 1, 0);
    }

    private static SLABreach breach(int second) {
        return new SLABreach(
                "b" + second,
                "a",
                BreachType.LATENCY,
                "1ms",
                "2ms",
                BreachSeverity.CRITICAL,
                TIME.plusSeconds(second),
                null);
    }

    @Test
    void fullStore_evictsTheOldestFigures() {
        InMemorySLAStore store = InMemorySLAStore.builder().maxMetrics(3).build();

        store.recordAllMetrics(List.of(metrics(5), metrics(1), metrics(4)));
        assertThat(store.evicted()).isZero();
        store.recordAllMetrics(List.of(metrics(0), metrics(6)));

        assertThat(store.queryMetrics(SLAMetricsFilter.all(), PageRequest.first())
                        .items())
                .containsExactly(metrics(4), metrics(5), metrics(6));
        assertThat(store.evicted()).isEqualTo(2);
    }

    @Test
    void fullStore_evictsTheOldestBreach() {
        InMemorySLAStore store = InMemorySLAStore.builder().maxBreaches(2).build();

        List.of(breach(5), breach(1), breach(1), breach(3)).forEach(store::recordBreach);

        assertThat(store.queryBreaches(SLABreachFilter.all(), PageRequest.first())
                        .items())
                .containsExactly(breach(3), breach(5));
        assertThat(store.findBreach("b1")).isEmpty();
        assertThat(store.evicted()).isEqualTo(1);
    }

    @Test
    void bounds_thatMakeNoSense_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemorySLAStore.builder().maxMetrics(0))
                .withMessage("maxMetrics must be 1 or more, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemorySLAStore.builder().maxBreaches(-1))
                .withMessage("maxBreaches must be 1 or more, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemorySLAStore.builder().retention(Duration.ofSeconds(-1)))
                .withMessage("retention must not be negative, got PT-1S; leave it out to keep everything");
    }

    @Test
    void storage_thatIsClosed_refusesEveryCall() {
        InMemoryStorage storage = new InMemoryStorage();
        SLAStore store = storage.sla();
        store.recordMetrics(metrics(1));
        storage.close();

        assertThatThrownBy(() -> store.recordMetrics(metrics(2))).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.recordBreach(breach(2))).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.countMetrics(SLAMetricsFilter.all())).isInstanceOf(StorageException.class);
        assertThatThrownBy(store::stats).isInstanceOf(StorageException.class);
    }
}
