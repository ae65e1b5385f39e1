// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.client.Compression.Coding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    @Test
    void defaults_nothingSet_areThoseOfTheProtocol() {
        Compression defaults = Compression.defaults();

        assertThat(defaults.enabled()).isTrue();
        assertThat(defaults.thresholdBytes()).isEqualTo(1024);
        assertThat(defaults.codings()).containsExactly(Coding.BROTLI, Coding.GZIP);
        assertThat(defaults.brotliQuality()).isEqualTo(4);
        assertThat(defaults.gzipLevel()).isEqualTo(6);
        assertThat(defaults)
                .hasToString("Compression[thresholdBytes=1024, codings=[BROTLI, GZIP], brotliQuality=4, gzipLevel=6]");
    }

    @Test
    void off_asked_usesNoCoding() {
        assertThat(Compression.off().enabled()).isFalse();
        assertThat(Compression.off().codings()).isEmpty();
        assertThat(Compression.off()).hasToString("Compression[off]");
    }

    @Test
    void toBuilder_oneSettingChanged_keepsTheOthers() {
        Compression changed =
                Compression.builder()
                        .thresholdBytes(0)
                        .codings(List.of(Coding.GZIP))
                        .brotliQuality(1)
                        .build()
                        .toBuilder()
                        .gzipLevel(9)
                        .build();

        assertThat(changed.thresholdBytes()).isZero();
        assertThat(changed.codings()).containsExactly(Coding.GZIP);
        assertThat(changed.brotliQuality()).isEqualTo(1);
        assertThat(changed.gzipLevel()).isEqualTo(9);
    }

    @Test
    void toBuilder_off_givesTheDefaults() {
        Compression on = Compression.off().toBuilder().build();

        assertThat(on.enabled()).isTrue();
        assertThat(on).hasToString(Compression.defaults().toString());
    }

    @Test
    void codings_listChangedLater_keepsWhatWasSet() {
        List<Coding> codings = new ArrayList<>(List.of(Coding.GZIP));
        Compression compression = Compression.builder().codings(codings).build();

        codings.add(Coding.BROTLI);

        assertThat(compression.codings()).containsExactly(Coding.GZIP);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 5, 11})
    void brotliQuality_outside1To4_isRefused(int quality) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.builder().brotliQuality(quality))
                .withMessage("brotliQuality must be 1 to 4, got " + quality
                        + "; more takes too long for a message that someone waits for");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 10})
    void gzipLevel_outside1To9_isRefused(int level) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.builder().gzipLevel(level))
                .withMessage("gzipLevel must be 1 to 9, got " + level);
    }

    @Test
    void thresholdBytes_negative_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.builder().thresholdBytes(-1))
                .withMessage("thresholdBytes must be 0 or more, got -1; use Compression.off() to compress nothing");
    }

    @Test
    void codings_noneOrOneTwice_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.builder().codings(List.of()))
                .withMessage("codings must be some of [BROTLI, GZIP], each once, got [];"
                        + " use Compression.off() to compress nothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.builder().codings(List.of(Coding.GZIP, Coding.GZIP)))
                .withMessageContaining("got [GZIP, GZIP]");
    }
}
