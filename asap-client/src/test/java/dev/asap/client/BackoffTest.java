// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private static Backoff plain(Duration base, Duration max) {
        return new Backoff(base, max, false, () -> {
            throw new AssertionError("without jitter there is no chance");
        });
    }

    @ParameterizedTest
    @CsvSource({"0, PT1S", "1, PT2S", "2, PT4S", "5, PT32S", "6, PT60S", "7, PT60S"})
    void delay_standardWithoutChance_doublesUpToLimit(int repetition, Duration delay) {
        assertThat(Backoff.standard(() -> 0).delay(repetition)).isEqualTo(delay);
    }

    @Test
    void delay_withChance_isUpToATenthLonger() {
        assertThat(Backoff.standard(() -> 0.5).delay(1)).isEqualTo(Duration.ofMillis(2100));
        assertThat(Backoff.standard(() -> Math.nextDown(1.0)).delay(60))
                .isBetween(Duration.ofMillis(65_999), Duration.ofSeconds(66));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 31, 32, 61, 62, 63, 64, 65, 128, Integer.MAX_VALUE})
    void delay_afterManyRepetitions_staysAtLimit(int repetition) {
        Duration longest = Duration.ofMillis(Integer.MAX_VALUE);
        assertThat(plain(Duration.ofSeconds(3), longest).delay(repetition)).isLessThanOrEqualTo(longest);
        assertThat(plain(Duration.ofSeconds(3), Duration.ofSeconds(10)).delay(repetition))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(plain(Duration.ZERO, longest).delay(repetition)).isZero();
    }

    @Test
    void delay_anyNumber_neverShrinks() {
        Backoff backoff = plain(Duration.ofNanos(1), Duration.ofMillis(Integer.MAX_VALUE));
        for (int repetition = 1; repetition < 200; repetition++) {
            assertThat(backoff.delay(repetition)).isGreaterThanOrEqualTo(backoff.delay(repetition - 1));
        }
        assertThat(backoff.delay(50)).isEqualTo(Duration.ofNanos(1L << 50));
        assertThat(backoff.delay(51)).isEqualTo(Duration.ofMillis(Integer.MAX_VALUE));
    }

    @Test
    void delay_negativeRepetition_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.standard(() -> 0).delay(-1))
                .withMessage("repetition must be 0 or more, got -1");
    }

    @Test
    void backoff_impossibleDelays_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain(Duration.ofSeconds(61), Duration.ofSeconds(60)))
                .withMessage("baseDelay must be 0 to maxDelay (PT1M), got PT1M1S; shorten it or raise maxDelay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain(Duration.ofNanos(-1), Duration.ofSeconds(60)))
                .withMessageStartingWith("baseDelay must be 0 to maxDelay (PT1M), got PT-0.000000001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain(Duration.ZERO, Duration.ofDays(25)))
                .withMessage("maxDelay must be 0 to 24 days, got PT600H");
    }
}
