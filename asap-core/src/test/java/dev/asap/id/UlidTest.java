// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UlidTest {
    @Test
    void id_isCrockfordBase32AndBeginsWithTheTime() {
        assertThat(Ulid.next()).matches("[0-7][0-9A-HJKMNP-TV-Z]{25}");
        assertThat(Ulid.next("task_")).matches("task_[0-7][0-9A-HJKMNP-TV-Z]{25}");
    }

    @Test
    void ids_ofOneThread_riseStrictly() {
        List<String> ids = Stream.generate(Ulid::next).limit(100_000).toList();

        for (int i = 1; i < ids.size(); i++) {
            assertThat(ids.get(i)).isGreaterThan(ids.get(i - 1));
        }
    }

    @Test
    void ids_ofManyThreads_areDistinct() {
        Set<String> ids = ConcurrentHashMap.newKeySet();

        IntStream.range(0, 100_000).parallel().forEach(i -> ids.add(Ulid.next()));

        assertThat(ids).hasSize(100_000);
    }
}
