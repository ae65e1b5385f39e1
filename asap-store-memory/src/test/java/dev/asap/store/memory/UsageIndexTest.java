// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.store.memory.UsageIndex.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageIndexTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:00:00Z");
    private static final Comparator<Entry> ORDER = Comparator.comparing(
                    (Entry entry) -> entry.event().agentId())
            .thenComparing(entry -> entry.event().timestamp())
            .thenComparing(Entry::number);

    private static Entry entry(long number, int agent, long second) {
        return new Entry(
                UsageEvent.of(
                        "t" + number,
                        "agent-" + agent,
                        "c",
                        new UsageMetrics(number, 1, 2, 3),
                        TIME.plusSeconds(second)),
                number);
    }

    private static void requireSame(UsageIndex index, List<Entry> expected) {
        List<Entry> sorted = expected.stream().sorted(ORDER).toList();
        assertThat(index.size()).isEqualTo(sorted.size());
        assertThat(index.slice(0, index.size())).isEqualTo(sorted);
        assertThat(index.totals(0, index.size()).tokensIn())
                .isEqualTo(sorted.stream().mapToLong(Entry::number).sum());
    }

    /** Batches of all sizes, at the end and in between, and removals of some of what is there. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void changesOfManyAtOnce_areThoseOfEach(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        UsageIndex index = UsageIndex.by(UsageEvent::agentId);
        List<Entry> model = new ArrayList<>();
        long number = 0;
        for (int round = 0; round < 200; round++) {
            List<Entry> batch = new ArrayList<>();
            int size = 1 << random.nextInt(9);
            if (random.nextBoolean() || model.size() < size) {
                boolean appends = random.nextBoolean();
                for (int i = 0; i < size; i++) {
                    number++;
                    batch.add(entry(number, random.nextInt(3), appends ? number : random.nextInt(1000)));
                }
                index = index.with(batch);
                model.addAll(batch);
            } else {
                for (int i = 0; i < size; i++) {
                    batch.add(model.remove(random.nextInt(model.size())));
                }
                index = index.without(batch);
            }
            requireSame(index, model);
        }
    }

    /** Each of them a batch: a tree that leaned to one side would overflow the stack, or take for ever. */
    @Test
    void manySmallBatchesAtTheEnd_keepItBalanced() {
        UsageIndex index = UsageIndex.by(UsageEvent::agentId);
        for (int i = 0; i < 20_000; i += 2) {
            index = index.with(List.of(entry(i, 0, i), entry(i + 1L, 0, i + 1)));
        }
        assertThat(index.size()).isEqualTo(20_000);
        assertThat(index.height()).isLessThan(36);
        List<Entry> oldest = index.slice(0, 19_000);
        assertThat(index.without(oldest).height()).isLessThan(26);
    }

    @Test
    void eventThatIsNotThere_cannotBeTakenOut() {
        UsageIndex index = UsageIndex.by(UsageEvent::agentId).with(List.of(entry(1, 0, 1)));
        assertThatThrownBy(() -> index.without(List.of(entry(2, 0, 2))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no event at");
    }
}
