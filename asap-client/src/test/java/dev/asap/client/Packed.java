// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.asap.client.Compression.Coding;
import dev.asap.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Compressed bodies made and read by others than the classes under test. */
final class Packed {
    private Packed() {}

    static byte[] pack(Coding coding, byte[] content) {
        // Fails with the reason where brotli does not load, before its classes are touched.
        assertBrotliLoads();
        try {
            return coding == Coding.BROTLI ? Encoder.compress(content, Encoder.Parameters.create(3)) : gzip(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] unpack(Coding coding, byte[] packed) {
        try (InputStream content = coding == Coding.BROTLI
                ? new BrotliInputStream(new ByteArrayInputStream(packed))
                : new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON like that of a task with rows of a table: numbers, words, and ids that do not repeat. */
    static byte[] json(int atLeastBytes) {
        Random random = new Random(7);
        StringBuilder json = new StringBuilder("{\"rows\":[{}");
        for (int i = 0; json.length() < atLeastBytes; i++) {
            json.append(',')
                    .append(JsonObject.of(
                            "id",
                            Long.toHexString(random.nextLong()),
                            "title",
                            "Figures of region " + random.nextInt(100),
                            "amount",
                            random.nextInt(1_000_000) / 100.0,
                            "count",
                            random.nextInt(1000),
                            "open",
                            random.nextBoolean(),
                            "note",
                            i % 5 == 0 ? "checked by hand, see the report of the quarter" : null));
        }
        return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What no coding makes smaller. */
    static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(11).nextBytes(noise);
        return noise;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }

    private static void assertBrotliLoads() {
        if (!Brotli.isAvailable()) {
            throw new AssertionError("these tests need brotli4j with its native part");
        }
    }
}
