// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({"1, PT1S", "2, PT2S", "3, PT4S", "5, PT16S", "6, PT30S", "7, PT30S", "2147483647, PT30S"})
    void delay_doublesUpToTheMaximum(int attempt, Duration delay) {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), false, () -> 0.99);
        assertThat(backoff.delay(attempt)).isEqualTo(delay);
    }

    @Test
    void delay_initialAboveTheMaximum_isTheMaximum() {
        Backoff backoff = new Backoff(Duration.ofSeconds(60), Duration.ofSeconds(30), false, () -> 0);
        assertThat(backoff.delay(1)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void delay_jitter_addsUpToATenthAlsoToTheMaximum() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), true, () -> 0.5);
        assertThat(backoff.delay(1)).isEqualTo(Duration.ofMillis(1_050));
        assertThat(backoff.delay(100)).isEqualTo(Duration.ofMillis(31_500));
    }
}
