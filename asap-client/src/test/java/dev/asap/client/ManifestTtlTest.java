// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTtlTest {
    private static final Duration FALLBACK = ManifestCache.DEFAULT_TTL;

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "max-age=60, 60",
                "MAX-AGE=60, 60",
                "~public, max-age=60~, 60",
                "~max-age=60 , must-revalidate~, 60",
                "max-age = 60, 60",
                "max-age=\"60\", 60",
                "max-age=0060, 60",
                "max-age=86400, 86400",
                "max-age=86401, 86400",
                "max-age=99999999999999999999999999, 86400",
                "~max-age=60, max-age=30~, 30",
                "~max-age=0, max-age=30~, 30"
            })
    void of_maxAge_winsUpToADay(String header, long seconds) {
        assertThat(ManifestTtl.of(header, 7L, FALLBACK)).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(ManifestTtl.mayBeKept(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "public",
                "max-age",
                "max-age=",
                "max-age=0",
                "max-age=-1",
                "max-age=1.5",
                "max-age=x",
                "s-maxage=60",
                "x-max-age=60",
                "max-age=60s",
                "no-cache=\"set-cookie\"",
                "private=\"max-age\""
            })
    void of_headerThatSaysNothing_countsAsNone(String header) {
        assertThat(ManifestTtl.of(header, 7L, FALLBACK)).isEqualTo(Duration.ofSeconds(7));
        assertThat(ManifestTtl.of(header, null, FALLBACK)).isEqualTo(FALLBACK);
        assertThat(ManifestTtl.ofHeader(header)).isNull();
    }

    @Test
    void of_noHeader_takesTheManifestsThenTheFallback() {
        assertThat(ManifestTtl.of(null, 7L, FALLBACK)).isEqualTo(Duration.ofSeconds(7));
        assertThat(ManifestTtl.of(null, Long.MAX_VALUE, FALLBACK)).isEqualTo(Duration.ofDays(1));
        assertThat(ManifestTtl.of(null, null, FALLBACK)).isEqualTo(Duration.ofMinutes(5));
        assertThat(ManifestTtl.mayBeKept(null)).isTrue();
    }

    @Test
    void of_noCacheOrNoStore_isZeroWhateverElseIsSaid() {
        assertThat(ManifestTtl.of("max-age=60, no-cache", 7L, FALLBACK)).isZero();
        assertThat(ManifestTtl.of("No-Store, max-age=60", 7L, FALLBACK)).isZero();
        assertThat(ManifestTtl.mayBeKept("no-cache")).isTrue();
        assertThat(ManifestTtl.mayBeKept("private, No-Store")).isFalse();
    }
}
