// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentRulesTest {
    private static final DocumentRules RULES = new DocumentRules(Duration.ofSeconds(30), 3, Duration.ofMinutes(5));

    @Test
    void waitBefore_nothingAsked_doubles() {
        assertThat(RULES.waitBefore(0, null, Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        assertThat(RULES.waitBefore(1, null, Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(2));
        assertThat(RULES.waitBefore(2, null, Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(4));
        assertThat(RULES.waitBefore(3, null, Duration.ofSeconds(7))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"PT0S,PT0.1S", "PT0.099S,PT0.1S", "PT0.5S,PT0.5S", "PT300S,PT300S", "PT301S,PT300S", "PT8760H,PT300S"})
    void waitBefore_asked_isKeptWithinBounds(Duration asked, Duration expected) {
        assertThat(RULES.waitBefore(0, asked, Duration.ZERO)).isEqualTo(expected);
    }

    @Test
    void waitBefore_moreThanIsLeft_isNone() {
        assertThat(RULES.waitBefore(1, Duration.ofSeconds(200), Duration.ofSeconds(100)))
                .isEqualTo(Duration.ofSeconds(200));
        assertThat(RULES.waitBefore(1, Duration.ofSeconds(200), Duration.ofSeconds(101)))
                .isNull();
        assertThat(DocumentRules.ONCE.waitBefore(0, null, Duration.ZERO)).isNull();
    }

    @Test
    void longest_countsAttemptsAndWaits() {
        assertThat(RULES.longest(Duration.ofSeconds(30))).isEqualTo(Duration.ofMinutes(7));
        assertThat(DocumentRules.ONCE.longest(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(10));
    }
}
