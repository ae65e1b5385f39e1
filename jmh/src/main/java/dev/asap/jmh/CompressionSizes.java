// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.io.IOException;
import java.util.Locale;

/**
 * Prints how much smaller the message of {@link CompressionBenchmark} becomes at each setting. Ends with status 1 if one saves less
 * than 70 %.
 */
public final class CompressionSizes {
    private static final double TARGET_PERCENT = 70;

    private CompressionSizes() {}

    /** Compresses the message once at each setting. */
    public static void main(String[] args) throws IOException {
        byte[] body = MegabyteBody.json();
        boolean allMet = true;
        for (int level = 1; level <= 9; level++) {
            allMet &= isMet("gzip " + level, body, MegabyteBody.gzip(body, level));
        }
        for (int quality = 1; quality <= 4; quality++) {
            byte[] compressed = MegabyteBody.brotli(body, quality, CompressionBenchmark.WINDOW_BITS);
            allMet &= isMet("brotli " + quality, body, compressed);
        }
        System.exit(allMet ? 0 : 1);
    }

    private static boolean isMet(String setting, byte[] body, byte[] compressed) {
        double saved = 100.0 - 100.0 * compressed.length / body.length;
        boolean met = saved >= TARGET_PERCENT;
        System.out.printf(
                Locale.ROOT,
                "%s: %d of %d bytes, %.1f %% smaller, target %.0f %% %s%n",
                setting,
                compressed.length,
                body.length,
                saved,
                TARGET_PERCENT,
                met ? "ok" : "... short");
        return met;
    }
}
