// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsagePeriod;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.MeteringStoreContract;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakChecks.class)
class InMemoryMeteringStoreTest extends MeteringStoreContract {
    private static final Instant TIME = Instant.parse("2026-03-01T00:00:00Z");
    private static final UsageFilter ALL = UsageFilter.all();

    @Override
    protected MeteringStore createStore() {
        return new InMemoryMeteringStore();
    }

    @Override
    protected Optional<MeteringStore> createStore(Duration retention, InstantSource clock) {
        return Optional.of(InMemoryMeteringStore.builder()
                .retention(retention)
                .clock(clock)
                .build());
    }

    private static UsageEvent event(int second) {
        return UsageEvent.of(
                "t" + second, "a" + second % 3, "c", new UsageMetrics(1, 1, 1, 1), TIME.plusSeconds(second));
    }

    private static List<UsageEvent> events(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(InMemoryMeteringStoreTest::event)
                .toList();
    }

    @Test
    void bound_isReached_evictsTheOldestAndCountsThem() {
        InMemoryMeteringStore store =
                InMemoryMeteringStore.builder().maxEvents(10).build();
        store.recordAll(events(0, 10));
        assertThat(store.evicted()).isZero();
        store.recordAll(events(10, 14));
        assertThat(store.evicted()).isEqualTo(4);
        assertThat(store.query(ALL, PageRequest.first()).items()).isEqualTo(events(4, 14));
        assertThat(store.stats().events()).isEqualTo(10);
        assertThat(store.stats().oldest()).isEqualTo(TIME.plusSeconds(4));
        assertThat(store.summary(ALL).totals().tasks()).isEqualTo(10);
        assertThat(store.byAgent(ALL))
                .extracting(group -> group.totals().tasks())
                .containsExactly(3L, 4L, 3L);
        assertThat(store.query(ALL.task("t3"), PageRequest.first())).isEqualTo(Page.empty());
    }

    @Test
    void bound_withOlderEvent_evictsThatOne() {
        InMemoryMeteringStore store =
                InMemoryMeteringStore.builder().maxEvents(2).build();
        store.recordAll(events(5, 7));
        store.record(event(1));
        assertThat(store.query(ALL, PageRequest.first()).items()).isEqualTo(events(5, 7));
        assertThat(store.evicted()).isEqualTo(1);
    }

    @Test
    void bound_smallerThanTheBatch_keepsItsLatest() {
        InMemoryMeteringStore store =
                InMemoryMeteringStore.builder().maxEvents(3).build();
        store.recordAll(events(0, 100));
        assertThat(store.query(ALL, PageRequest.first()).items()).isEqualTo(events(97, 100));
        assertThat(store.evicted()).isEqualTo(97);
    }

    @Test
    void cursor_ofEvictedEvent_leadsOn() {
        InMemoryMeteringStore store =
                InMemoryMeteringStore.builder().maxEvents(6).build();
        store.recordAll(events(0, 6));
        Page<UsageEvent> page = store.query(ALL, PageRequest.first(2));
        store.recordAll(events(6, 9));
        assertThat(store.query(ALL, page.next(10).orElseThrow())).isEqualTo(new Page<>(events(3, 9), 6, null));
    }

    @Test
    void export_whileEventsAreEvicted_hasAllThatWereThere() {
        InMemoryMeteringStore store =
                InMemoryMeteringStore.builder().maxEvents(10).build();
        store.recordAll(events(0, 10));
        int[] received = new int[1];
        store.export(ALL, event -> store.record(event(100 + received[0]++)));
        assertThat(received[0]).isEqualTo(10);
        assertThat(store.evicted()).isEqualTo(10);
    }

    @Test
    void manyEvents_inAnyOrder_areFoundByPosition() {
        InMemoryMeteringStore store = new InMemoryMeteringStore();
        int count = 20_000;
        List<UsageEvent> scattered = IntStream.range(0, count)
                .mapToObj(i -> event((int) (i * 7919L % count)))
                .toList();
        for (int i = 0; i < count; i += 5000) {
            store.recordAll(scattered.subList(i, i + 5000));
        }
        for (int offset = 0; offset < count; offset += 997) {
            assertThat(store.query(ALL, PageRequest.of(1, offset)).items()).containsExactly(event(offset));
        }
        UsageFilter half = ALL.from(TIME.plusSeconds(count / 2));
        assertThat(store.summary(half).totals().tasks()).isEqualTo(count / 2);
        assertThat(store.byPeriod(UsagePeriod.HOUR, ALL).get(1).totals().tasks())
                .isEqualTo(3600);
    }

    @Test
    void options_outOfBounds_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemoryMeteringStore.builder().maxEvents(0))
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InMemoryMeteringStore.builder().retention(Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
    }

    @Test
    void storage_whenClosed_refusesEverything() {
        InMemoryStorage storage = new InMemoryStorage();
        MeteringStore store = storage.metering();
        store.record(event(1));
        storage.check();
        storage.close();
        assertThatThrownBy(() -> store.record(event(2)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> store.query(ALL, PageRequest.first())).isInstanceOf(StorageException.class);
        assertThatThrownBy(store::stats).isInstanceOf(StorageException.class);
        assertThatThrownBy(store::purgeExpired).isInstanceOf(StorageException.class);
    }
}
