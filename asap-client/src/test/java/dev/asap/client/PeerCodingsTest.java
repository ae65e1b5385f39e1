// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.Compression.Coding;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerCodingsTest {
    private final PeerCodings peer = new PeerCodings();

    @Test
    void allows_nothingRefused_everything() {
        assertThat(peer.allows(Coding.BROTLI)).isTrue();
        assertThat(peer.allows(Coding.GZIP)).isTrue();
    }

    @Test
    void refused_nothingNamed_allowsNothing() {
        peer.refused(Coding.BROTLI, List.of());

        assertThat(peer.allows(Coding.BROTLI)).isFalse();
        assertThat(peer.allows(Coding.GZIP)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "deflate, gzip", "gzip;q=0.5, identity", "br;q=0, gzip ; q=1", ",gzip,"})
    void refused_gzipNamed_allowsGzip(String acceptEncoding) {
        peer.refused(Coding.BROTLI, List.of(acceptEncoding));

        assertThat(peer.allows(Coding.BROTLI)).isFalse();
        assertThat(peer.allows(Coding.GZIP)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "*", "gzip;q=0", "gzip; q=0.000", "x-gzip", "br", "gzipped", "deflate"})
    void refused_gzipNotNamed_allowsNothing(String acceptEncoding) {
        peer.refused(Coding.BROTLI, List.of(acceptEncoding));

        assertThat(peer.allows(Coding.BROTLI)).isFalse();
        assertThat(peer.allows(Coding.GZIP)).isFalse();
    }

    @Test
    void refused_namedInTheSecondHeader_allowsIt() {
        peer.refused(Coding.BROTLI, List.of("deflate", "gzip"));

        assertThat(peer.allows(Coding.GZIP)).isTrue();
    }

    @Test
    void refused_theRefusedCodingNamedToo_doesNotAllowIt() {
        peer.refused(Coding.GZIP, List.of("gzip"));

        assertThat(peer.allows(Coding.GZIP)).isFalse();
    }

    @Test
    void refused_bothOneAfterTheOther_allowsNothing() {
        peer.refused(Coding.BROTLI, List.of("br, gzip"));
        peer.refused(Coding.GZIP, List.of("br, gzip"));

        assertThat(peer.allows(Coding.BROTLI)).isFalse();
        assertThat(peer.allows(Coding.GZIP)).isFalse();
    }

    @Test
    void refused_againByAMessageUnderWay_keepsWhatTheFirstRefusalNamed() {
        peer.refused(Coding.BROTLI, List.of("gzip"));
        peer.refused(Coding.BROTLI, List.of());

        assertThat(peer.allows(Coding.GZIP)).isTrue();
    }

    @Test
    void refused_byManyThreads_endsAsByOne() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            Coding coding = i % 2 == 0 ? Coding.BROTLI : Coding.GZIP;
            threads.execute(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                peer.refused(coding, List.of("br, gzip"));
            });
        }

        start.countDown();
        threads.shutdown();

        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(peer.allows(Coding.BROTLI)).isFalse();
        assertThat(peer.allows(Coding.GZIP)).isFalse();
    }
}
