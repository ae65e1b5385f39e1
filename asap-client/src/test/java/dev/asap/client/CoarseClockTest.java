// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakChecks.class)
class CoarseClockTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CoarseClock clock = new CoarseClock(100);

    @BeforeEach
    void noClockOfOtherTests() {
        LeakChecks.requireNoThreads();
    }

    @Test
    void time_askedSeldom_isExactAndNeedsNoThread() {
        for (int i = 0; i < 100; i++) {
            long before = System.nanoTime();
            long time = clock.getAsLong();
            assertThat(time - before).isNotNegative();
            assertThat(System.nanoTime() - time).isNotNegative();
        }
        assertThat(clockThreads()).isEmpty();
    }

    @Test
    void time_askedOften_goesOnByItsThreadUntilNobodyAsks() {
        awaitThread(clock);
        long first = clock.getAsLong();
        assertThat(System.nanoTime() - first).isNotNegative();
        await().atMost(PATIENCE)
                .until(() -> clock.getAsLong() - first > Duration.ofMillis(50).toNanos());

        await().atMost(PATIENCE).until(() -> clockThreads().isEmpty());
        long before = System.nanoTime();
        assertThat(clock.getAsLong() - before).isNotNegative();
    }

    @Test
    void stop_ticking_endsTheThreadUntilItIsMissed() {
        CoarseClock untiring = new CoarseClock(Integer.MAX_VALUE);
        for (int i = 0; i < 2; i++) {
            awaitThread(untiring);
            assertThat(untiring.stop()).isTrue();
            assertThat(clockThreads()).isEmpty();
            long before = System.nanoTime();
            assertThat(untiring.getAsLong() - before).isNotNegative();
        }
    }

    @Test
    void stop_callerInterrupted_endsTheThreadAndKeepsOrTellsTheFlag() {
        CoarseClock untiring = new CoarseClock(Integer.MAX_VALUE);
        awaitThread(untiring);
        Thread.currentThread().interrupt();
        boolean waited = untiring.stop();
        assertThat(Thread.interrupted()).isEqualTo(waited);
        await().atMost(PATIENCE).until(() -> clockThreads().isEmpty());
    }

    @Test
    void stop_notTicking_doesNothing() {
        assertThat(clock.stop()).isTrue();
    }

    private static void awaitThread(CoarseClock asked) {
        await().atMost(PATIENCE).until(() -> {
            for (int i = 0; i < 100_000; i++) {
                asked.getAsLong();
            }
            return !clockThreads().isEmpty();
        });
    }

    private static List<Thread> clockThreads() {
        return LeakChecks.threads().stream()
                .filter(thread -> thread.getName().equals(CoarseClock.THREAD))
                .toList();
    }
}
