// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-14T09:26:53.589Z"));

    @Test
    void cutOff_isSoLongAgoInWholeSeconds() {
        assertThat(new Retention(Duration.ofDays(1)).cutOff(CLOCK)).isEqualTo("2026-03-13T09:26:53Z");
        assertThat(new Retention(Duration.ZERO).cutOff(CLOCK)).isEqualTo("2026-03-14T09:26:53Z");
    }

    @Test
    void cutOff_isNeverBeforeTheFirstTimeThatCanBeWritten() {
        assertThat(new Retention(Duration.ofDays(365 * 9000L)).cutOff(CLOCK)).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(new Retention(Duration.ofSeconds(Long.MAX_VALUE)).cutOff(CLOCK))
                .isEqualTo("0001-01-01T00:00:00Z");
    }

    @Test
    void negativeLength_isRefusedWithTheRemedy() {
        assertThatThrownBy(() -> new Retention(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-1S")
                .hasMessageContaining("leave it out");
    }
}
