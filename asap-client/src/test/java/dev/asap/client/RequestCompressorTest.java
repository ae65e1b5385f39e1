// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.Compression.Coding;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCompressorTest {
    private final PeerCodings peer = new PeerCodings();

    private RequestCompressor.Body compressed(Compression options, byte[] body) {
        return new RequestCompressor(options, peer).compress(body);
    }

    private static Compression only(Coding coding) {
        return Compression.builder().codings(List.of(coding)).build();
    }

    private static Compression with(Coding coding, int effort) {
        Compression.Builder options = Compression.builder().codings(List.of(coding));
        return coding == Coding.BROTLI
                ? options.brotliQuality(effort).build()
                : options.gzipLevel(effort).build();
    }

    @Test
    void compress_fromTheThresholdOn_compresses() {
        byte[] body = Packed.json(1024);

        assertThat(compressed(Compression.defaults(), Arrays.copyOf(body, 1023)).coding())
                .isNull();
        assertThat(compressed(Compression.defaults(), Arrays.copyOf(body, 1024)).coding())
                .isEqualTo(Coding.BROTLI);
    }

    @Test
    void compress_belowTheThreshold_givesTheSameArray() {
        byte[] body = Packed.json(500);

        assertThat(compressed(Compression.defaults(), body).bytes()).isSameAs(body);
    }

    @Test
    void compress_off_givesTheSameArray() {
        byte[] body = Packed.json(5000);

        RequestCompressor.Body sent = compressed(Compression.off(), body);

        assertThat(sent.bytes()).isSameAs(body);
        assertThat(sent.coding()).isNull();
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void compress_notSmaller_givesTheSameArray(Coding coding) {
        for (int length : new int[] {1024, 1100, 5000, 100_000}) {
            byte[] body = Packed.noise(length);

            RequestCompressor.Body sent = compressed(only(coding), body);

            assertThat(sent.bytes()).as("%d bytes", length).isSameAs(body);
            assertThat(sent.coding()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Coding.class)
    void compress_anyShortBody_isSmallerAndReadableOrTheSame(Coding coding) {
        Compression everything =
                Compression.builder().codings(List.of(coding)).thresholdBytes(0).build();
        byte[] json = Packed.json(600);
        for (int length = 0; length < 600; length++) {
            byte[] body = Arrays.copyOf(json, length);

            RequestCompressor.Body sent = compressed(everything, body);

            if (sent.coding() == null) {
                assertThat(sent.bytes()).isSameAs(body);
            } else {
                assertThat(sent.bytes()).hasSizeLessThan(length);
                assertThat(Packed.unpack(coding, sent.bytes())).isEqualTo(body);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 32, 40, 60, 90})
    void compress_shareOfNoise_isReadableWhateverTheRatio(int percentNoise) {
        // Makes the buffer of gzip grow several times, up to where it gives up.
        byte[] body = Packed.json(40_000);
        byte[] noise = Packed.noise(body.length * percentNoise / 100);
        System.arraycopy(noise, 0, body, 0, noise.length);

        RequestCompressor.Body sent = compressed(only(Coding.GZIP), body);

        assertThat(sent.coding()).isEqualTo(Coding.GZIP);
        assertThat(sent.bytes()).hasSizeLessThan(body.length);
        assertThat(Packed.unpack(Coding.GZIP, sent.bytes())).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({"GZIP, 1", "GZIP, 6", "GZIP, 9", "BROTLI, 1", "BROTLI, 2", "BROTLI, 3", "BROTLI, 4"})
    void compress_megabyteOfJson_saves70PercentAtEverySetting(Coding coding, int effort) {
        byte[] body = Packed.json(1_000_000);

        RequestCompressor.Body sent = compressed(with(coding, effort), body);

        assertThat(sent.coding()).isEqualTo(coding);
        assertThat(sent.bytes()).hasSizeLessThan(body.length * 3 / 10);
        assertThat(Packed.unpack(coding, sent.bytes())).isEqualTo(body);
    }

    @Test
    void compress_brotliRefusedAndGzipNamed_usesGzip() {
        byte[] body = Packed.json(5000);
        RequestCompressor compressor = new RequestCompressor(Compression.defaults(), peer);
        assertThat(compressor.compress(body).coding()).isEqualTo(Coding.BROTLI);

        peer.refused(Coding.BROTLI, List.of("gzip"));

        assertThat(compressor.compress(body).coding()).isEqualTo(Coding.GZIP);
    }

    @Test
    void compress_brotliRefusedAndNothingNamed_staysPlain() {
        byte[] body = Packed.json(5000);
        RequestCompressor compressor = new RequestCompressor(Compression.defaults(), peer);

        peer.refused(Coding.BROTLI, List.of());

        assertThat(compressor.compress(body).coding()).isNull();
        assertThat(compressor.compress(body).bytes()).isSameAs(body);
    }

    @Test
    void compress_gzipPreferred_usesGzip() {
        Compression options = Compression.builder()
                .codings(List.of(Coding.GZIP, Coding.BROTLI))
                .build();

        assertThat(compressed(options, Packed.json(5000)).coding()).isEqualTo(Coding.GZIP);
    }
}
