// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of the wire may stand in a log line. */
class LogTextTest {
    @Test
    void text_withoutControlCharacters_staysAsItIs() {
        assertThat(LogText.of("envelope-1 žluťoučký 😀")).isEqualTo("envelope-1 žluťoučký 😀");
    }

    @Test
    void controlCharacters_areReplaced() {
        assertThat(LogText.of("a\r\nINFO b\t\u001b[31m\u0085\u2028\u2029\u202e\u007f\u0000"))
                .isEqualTo("a??INFO b??[31m??????");
    }

    @Test
    void longText_isShortened() {
        assertThat(LogText.of("x".repeat(100))).isEqualTo("x".repeat(100));
        assertThat(LogText.of("x".repeat(101))).isEqualTo("x".repeat(100) + "…");
    }
}
