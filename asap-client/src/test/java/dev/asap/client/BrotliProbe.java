// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.Compression.Coding;
import java.util.List;
import java.util.stream.Stream;

/**
 * Compresses in a JVM of its own, for {@link BrotliFallbackTest}, and prints what came of it as {@code > coding …, accept …}. Uses
 * nothing that needs brotli4j.
 */
final class BrotliProbe {
    static final String PREFIX = "> ";

    private BrotliProbe() {}

    public static void main(String[] args) throws InterruptedException {
        // All at once: still one line of log.
        List<Thread> threads =
                Stream.generate(() -> new Thread(BrotliProbe::coding)).limit(8).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        String accept = new AnswerInflation(Compression.defaults(), 1000).acceptEncoding();
        System.out.println(PREFIX + "coding " + coding() + ", accept " + accept);
    }

    private static Coding coding() {
        return new RequestCompressor(Compression.defaults(), new PeerCodings())
                .compress(new byte[5000])
                .coding();
    }
}
