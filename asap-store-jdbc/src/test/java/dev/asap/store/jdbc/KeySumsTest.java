// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.storage.StorageException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KeySumsTest {
    private static final int WIDTH = 3;

    private static KeySums copyOf(KeySums sums) {
        KeySums copy = new KeySums(WIDTH);
        for (int chunk : sums.chunks()) {
            copy.addAll(chunk, sums.numbers(chunk), sums.figures(chunk));
        }
        return copy;
    }

    private static Map<Integer, String> contents(KeySums sums) {
        Map<Integer, String> found = new TreeMap<>();
        sums.forEach((number, figures) -> found.put(number, figures[0] + " " + figures[1] + " " + figures[2]));
        return found;
    }

    @Test
    void sums_comeBackFromTheirBytes() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            KeySums sums = new KeySums(WIDTH);
            Map<Integer, String> expected = new TreeMap<>();
            for (int i = random.nextInt(300); i > 0; i--) {
                int number = random.nextInt(1 << random.nextInt(1, 20));
                long[] figures = {1 + random.nextInt(1000), random.nextLong() >>> random.nextInt(64), -random.nextInt(3)
                };
                if (expected.putIfAbsent(number, figures[0] + " " + figures[1] + " " + figures[2]) == null) {
                    sums.add(number, figures);
                }
            }
            assertThat(contents(sums)).isEqualTo(expected);
            assertThat(contents(copyOf(sums))).isEqualTo(expected);
        }
    }

    @Test
    void figuresOfTheSameNumber_areAddedUp() {
        KeySums sums = new KeySums(WIDTH);
        sums.add(5000, new long[] {1, 10, 100});
        sums.add(5000, new long[] {2, 20, Long.MAX_VALUE - 100});
        KeySums twice = copyOf(sums);
        twice.addAll(4, sums.numbers(4), sums.figures(4));
        assertThat(contents(sums)).isEqualTo(Map.of(5000, "3 30 " + Long.MAX_VALUE));
        assertThat(twice.count(5000)).isEqualTo(6);
        assertThat(twice.count(5001)).isZero();
        assertThat(twice.count(5)).isZero();
    }

    @Test
    void numberWithoutCount_isNotKept() {
        KeySums sums = new KeySums(WIDTH);
        sums.add(7, new long[] {2, 3, 4});
        sums.add(7, new long[] {-2, 0, 0});
        assertThat(contents(sums)).isEmpty();
        assertThat(sums.chunks()).containsExactly(0);
        assertThat(sums.numbers(0)).isEmpty();
        assertThat(sums.figures(0)).isEmpty();
    }

    @Test
    void bytesThatAreNoChunk_areReported() {
        byte[] first = {1};
        requireDamaged(0, first, new byte[] {});
        requireDamaged(0, first, new byte[] {1, 1});
        requireDamaged(0, first, new byte[] {1, 1, -1});
        requireDamaged(0, first, new byte[] {1, 1, 1, 1});
        requireDamaged(0, first, new byte[] {1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
        requireDamaged(0, new byte[129], new byte[] {});
        requireDamaged(-1, first, new byte[] {1, 1, 1});
        requireDamaged(1 << 21, first, new byte[] {1, 1, 1});
    }

    private static void requireDamaged(int chunk, byte[] numbers, byte[] figures) {
        assertThatThrownBy(() -> new KeySums(WIDTH).addAll(chunk, numbers, figures))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("damaged")
                .hasMessageContaining("Chunk " + chunk);
    }
}
