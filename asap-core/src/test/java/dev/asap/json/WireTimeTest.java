// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z,2026-01-02T03:04:05Z",
        "2026-01-02t03:04:05z,2026-01-02T03:04:05Z",
        "2026-01-02 03:04:05Z,2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05,2026-01-02T03:04:05Z",
        "2026-01-02T03:04,2026-01-02T03:04:00Z",
        "2026-01-02T03:04Z,2026-01-02T03:04:00Z",
        "2026-01-02,2026-01-02T00:00:00Z",
        "2026-01-02T03:04:05.1Z,2026-01-02T03:04:05.1Z",
        "2026-01-02T03:04:05.123456789Z,2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05.1234567890123Z,2026-01-02T03:04:05.123456Z",
        "2026-01-02T03:04:05+05:30,2026-01-01T21:34:05Z",
        "2026-01-02T03:04:05-0100,2026-01-02T04:04:05Z",
        "2024-02-29T00:00:00Z,2024-02-29T00:00:00Z",
        "0001-01-01T00:00:00Z,0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z,9999-12-31T23:59:59.999999Z",
        "1700000000,2023-11-14T22:13:20Z",
        "1700000000.25,2023-11-14T22:13:20.25Z",
        "1700000000123,2023-11-14T22:13:20.123Z",
        "2026,1970-01-01T00:33:46Z",
        "-1,1969-12-31T23:59:59Z",
        "0,1970-01-01T00:00:00Z"
    })
    void text_inAnyAcceptedForm_isRead(String text, Instant expected) {
        assertThat(WireTime.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "2026-1-2",
                "2026-02-30",
                "2026-13-01",
                "2026-01-02T",
                "2026-01-02T24:00:00Z",
                "2026-01-02T03:60:00Z",
                "2026-01-02T03:04:60Z",
                "2026-01-02T03:04:05.Z",
                "2026-01-02T03:04:05+25:00",
                "2026-01-02T03:04:05Zx",
                "0000-01-01T00:00:00Z",
                "2023-02-29T00:00:00Z",
                "1e9",
                "--1",
                "1.2.3",
                "99999999999999999999",
                "0001-01-01T00:00:00+01:00",
                "\u0662026-01-02"
            })
    void text_ofAnotherForm_isRefusedWithItsText(String text) {
        assertThatThrownBy(() -> WireTime.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z,2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.1Z,2026-01-02T03:04:05.100000Z",
        "2026-01-02T03:04:05.000001Z,2026-01-02T03:04:05.000001Z",
        "2026-01-02T03:04:05.000000999Z,2026-01-02T03:04:05Z",
        "1969-12-31T23:59:59.999999Z,1969-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00Z,0001-01-01T00:00:00Z"
    })
    void time_isWrittenInOneForm(Instant time, String expected) {
        assertThat(WireTime.format(time)).isEqualTo(expected);
        assertThat(WireTime.formatWithOffset(time)).isEqualTo(expected.replace("Z", "+00:00"));
        assertThat(WireTime.parse(expected)).isEqualTo(WireTime.toPrecision(time));
    }

    @Test
    void time_outsideTheYears_isRefused() {
        assertThatThrownBy(() -> WireTime.format(Instant.MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WireTime.format(Instant.MIN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WireTime.ofNumber(new BigDecimal("1e999999999")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(WireTime.ofNumber(new BigDecimal("20000000000"))).isEqualTo(Instant.ofEpochSecond(20_000_000_000L));
        assertThat(WireTime.ofNumber(new BigDecimal("20000000001"))).isEqualTo(Instant.ofEpochMilli(20_000_000_001L));
    }
}
