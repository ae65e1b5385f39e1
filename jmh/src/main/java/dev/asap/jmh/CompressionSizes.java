// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.client.ASAPClient;
import dev.asap.client.Compression;
import dev.asap.client.Compression.Coding;
import dev.asap.model.Envelope;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * How much smaller the message of {@link CompressionBenchmark} becomes at a setting of the client: the peer counts the bytes. The time is
 * that of compressing alone.
 */
final class CompressionSizes {
    private static final int WARM_UP = 20;
    private static final int TIMED = 11;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double BYTES_PER_MB = 1e6;

    private CompressionSizes() {}

    static Tally gzip(int level) throws Exception {
        Compression setting = Compression.builder()
                .codings(List.of(Coding.GZIP))
                .gzipLevel(level)
                .build();
        byte[] body = MegabyteBody.json();
        return saving(setting, millisPerMegabyte(body, () -> MegabyteBody.gzip(body, level)));
    }

    static Tally brotli(int quality) throws Exception {
        Compression setting = Compression.builder()
                .codings(List.of(Coding.BROTLI))
                .brotliQuality(quality)
                .build();
        byte[] body = MegabyteBody.json();
        return saving(
                setting,
                millisPerMegabyte(body, () -> MegabyteBody.brotli(body, quality, CompressionBenchmark.WINDOW_BITS)));
    }

    private static Tally saving(Compression setting, double millisPerMegabyte) throws Exception {
        long plain = sentBytes(Compression.off());
        long sent = sentBytes(setting);
        return Tally.of(1 - sent / (double) plain)
                .with("bytes_sent", sent)
                .with("bytes_uncompressed", plain)
                .with("ms_per_MB", millisPerMegabyte);
    }

    private static long sentBytes(Compression setting) throws Exception {
        Envelope message = MegabyteBody.envelope();
        try (CountingPeer peer = new CountingPeer(0, message);
                ASAPClient client =
                        ASAPClient.builder(peer.url()).compression(setting).build()) {
            client.send(message);
            return peer.bodyBytes();
        }
    }

    /** The fastest of several once the code is compiled: what else the machine does only adds to it. */
    private static double millisPerMegabyte(byte[] body, Callable<byte[]> compression) throws Exception {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < WARM_UP + TIMED; i++) {
            long start = System.nanoTime();
            compression.call();
            long nanos = System.nanoTime() - start;
            fastest = i < WARM_UP ? fastest : Math.min(fastest, nanos);
        }
        return fastest / NANOS_PER_MILLI * BYTES_PER_MB / body.length;
    }
}
