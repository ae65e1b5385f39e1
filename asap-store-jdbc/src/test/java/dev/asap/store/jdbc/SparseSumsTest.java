// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SparseSumsTest {
    private static final int WIDTH = 3;

    private static Map<Integer, String> contents(byte[] numbers, byte[] figures) {
        Map<Integer, String> found = new TreeMap<>();
        SparseSums.read(
                WIDTH, numbers, figures, (number, each) -> found.put(number, each[0] + " " + each[1] + " " + each[2]));
        return found;
    }

    private static Map<Integer, String> contents(SparseSums sums) {
        return contents(sums.numbers(), sums.figures());
    }

    @Test
    void sums_comeBackFromTheirBytes() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            SparseSums sums = new SparseSums(WIDTH);
            Map<Integer, String> expected = new TreeMap<>();
            for (int i = random.nextInt(100); i > 0; i--) {
                int number = random.nextInt() >>> random.nextInt(1, 32);
                long[] figures = {1 + random.nextInt(1000), random.nextLong() >>> random.nextInt(64), -random.nextInt(3)
                };
                if (expected.putIfAbsent(number, figures[0] + " " + figures[1] + " " + figures[2]) == null) {
                    sums.add(number, figures);
                }
            }
            assertThat(contents(sums)).isEqualTo(expected);
            SparseSums copy = new SparseSums(WIDTH);
            copy.addAll(sums.numbers(), sums.figures());
            assertThat(contents(copy)).isEqualTo(expected);
            List<Integer> numbers = new ArrayList<>();
            SparseSums.readNumbers(sums.numbers(), numbers::add);
            assertThat(numbers).containsExactlyElementsOf(expected.keySet());
        }
    }

    @Test
    void numberWithoutCount_isNotKeptButItsFiguresAdd() {
        SparseSums sums = new SparseSums(WIDTH);
        sums.add(7, new long[] {0, 3, -4});
        assertThat(sums.isEmpty()).isTrue();
        assertThat(sums.numbers()).isEmpty();
        assertThat(sums.figures()).isEmpty();
        sums.add(7, new long[] {2, 3, 9});
        assertThat(sums.isEmpty()).isFalse();
        assertThat(contents(sums)).isEqualTo(Map.of(7, "2 6 5"));
    }

    @Test
    void greatestNumber_isKept() {
        SparseSums sums = new SparseSums(WIDTH);
        sums.add(0, new long[] {1, 0, 0});
        sums.add(Integer.MAX_VALUE, new long[] {1, 0, 0});
        assertThat(contents(sums)).containsOnlyKeys(0, Integer.MAX_VALUE);
    }

    @Test
    void bytesThatAreNoSums_areReported() {
        byte[] first = {1};
        requireDamaged(first, new byte[] {});
        requireDamaged(first, new byte[] {1, 1});
        requireDamaged(first, new byte[] {1, 1, -1});
        requireDamaged(first, new byte[] {1, 1, 1, 1});
        requireDamaged(first, new byte[] {1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
        requireDamaged(new byte[] {0}, new byte[] {1, 1, 1});
        requireDamaged(new byte[] {-1}, new byte[] {1, 1, 1});
        requireDamaged(new byte[] {-1, -1, -1, -1, 15}, new byte[] {1, 1, 1});
        requireDamaged(new byte[] {-1, -1, -1, -1, 7, 1, 1}, new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 1});
    }

    private static void requireDamaged(byte[] numbers, byte[] figures) {
        assertThatThrownBy(() -> contents(numbers, figures))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining(UsagePairs.PAIRS)
                .hasMessageContaining("damaged");
    }
}
