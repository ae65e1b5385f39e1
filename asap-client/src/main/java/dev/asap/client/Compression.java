// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.HashSet;
import java.util.List;

/**
 * How a client compresses what it sends, and which compressed answers it asks for. Immutable.
 *
 * <p>Unless something else is set, the bodies of messages from 1,024 bytes on are compressed with brotli at quality 4 where
 * brotli4j is present and its native part loads, else with gzip at level 6; a body that would not become smaller goes as it is.
 * Answers are asked for in the same codings. A peer that refuses a coding with HTTP 415 does not get it again from that client.
 *
 * <pre>{@code
 * Compression fast = Compression.builder().brotliQuality(1).build();
 * }</pre>
 */
public final class Compression {
    /** The smallest body that is compressed when nobody says otherwise, in bytes. */
    public static final int DEFAULT_THRESHOLD_BYTES = 1024;

    /** The quality of brotli when nobody says otherwise. */
    public static final int DEFAULT_BROTLI_QUALITY = 4;

    /** The level of gzip when nobody says otherwise. */
    public static final int DEFAULT_GZIP_LEVEL = 6;

    /** A way to compress a body. */
    public enum Coding {
        /** Brotli: the smaller form, by native code that the application has to bring. */
        BROTLI("br"),
        /** Gzip: part of every JDK. */
        GZIP("gzip");

        private final String token;

        Coding(String token) {
            this.token = token;
        }

        /** The coding's name in HTTP headers, as in {@code br}. */
        public String token() {
            return token;
        }
    }

    private static final Compression DEFAULTS = builder().build();
    private static final Compression OFF = new Compression(builder(), false);

    private final boolean enabled;
    private final int thresholdBytes;
    private final List<Coding> codings;
    private final int brotliQuality;
    private final int gzipLevel;

    private Compression(Builder builder, boolean enabled) {
        this.enabled = enabled;
        this.thresholdBytes = builder.thresholdBytes;
        this.codings = enabled ? builder.codings : List.of();
        this.brotliQuality = builder.brotliQuality;
        this.gzipLevel = builder.gzipLevel;
    }

    /** What is in force unless something else is set. */
    public static Compression defaults() {
        return DEFAULTS;
    }

    /** Sends bodies as they are and asks for answers as they are; for peers and proxies that cannot cope with anything else. */
    public static Compression off() {
        return OFF;
    }

    /** Starts with what is in force unless something else is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these settings; {@link #enabled} is true in what comes of it. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.thresholdBytes = thresholdBytes;
        builder.codings = enabled ? codings : builder.codings;
        builder.brotliQuality = brotliQuality;
        builder.gzipLevel = gzipLevel;
        return builder;
    }

    /** Whether anything is compressed; only {@link #off} is not. */
    public boolean enabled() {
        return enabled;
    }

    /** The smallest body that is compressed, in bytes. */
    public int thresholdBytes() {
        return thresholdBytes;
    }

    /** The codings that are used, the preferred one first; none if this is {@link #off}. */
    public List<Coding> codings() {
        return codings;
    }

    /** The quality of brotli, 1 to 4. */
    public int brotliQuality() {
        return brotliQuality;
    }

    /** The level of gzip, 1 to 9. */
    public int gzipLevel() {
        return gzipLevel;
    }

    /** The settings, for logs. */
    @Override
    public String toString() {
        return enabled
                ? "Compression[thresholdBytes=" + thresholdBytes + ", codings=" + codings + ", brotliQuality="
                        + brotliQuality + ", gzipLevel=" + gzipLevel + "]"
                : "Compression[off]";
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private int thresholdBytes = DEFAULT_THRESHOLD_BYTES;
        private List<Coding> codings = List.of(Coding.BROTLI, Coding.GZIP);
        private int brotliQuality = DEFAULT_BROTLI_QUALITY;
        private int gzipLevel = DEFAULT_GZIP_LEVEL;

        private Builder() {}

        /**
         * The smallest body that is compressed, in bytes; {@value Compression#DEFAULT_THRESHOLD_BYTES} unless set. Raise it where
         * the network is fast: below about 2,000 bytes unpacking costs the peer more than the bytes that are saved.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder thresholdBytes(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("thresholdBytes must be 0 or more, got " + value
                        + "; use Compression.off() to compress nothing");
            }
            thresholdBytes = value;
            return this;
        }

        /**
         * The codings that are used, the preferred one first; brotli, then gzip unless set. Brotli is passed over where it does not
         * load. Change it to do without native code.
         *
         * @throws IllegalArgumentException if there is none, or one twice
         */
        public Builder codings(List<Coding> value) {
            if (value.isEmpty() || new HashSet<>(value).size() != value.size()) {
                throw new IllegalArgumentException("codings must be some of " + List.of(Coding.values())
                        + ", each once, got " + value + "; use Compression.off() to compress nothing");
            }
            codings = List.copyOf(value);
            return this;
        }

        /**
         * The quality of brotli, from 1 (fast) to 4 (small); {@value Compression#DEFAULT_BROTLI_QUALITY} unless set. Lower it where
         * the processor is the bottleneck. The higher qualities that brotli knows take many times as long and are meant for files
         * that are compressed once.
         *
         * @throws IllegalArgumentException if it is not 1 to 4
         */
        public Builder brotliQuality(int value) {
            if (value < 1 || value > 4) {
                throw new IllegalArgumentException("brotliQuality must be 1 to 4, got " + value
                        + "; more takes too long for a message that someone waits for");
            }
            brotliQuality = value;
            return this;
        }

        /**
         * The level of gzip, from 1 (fast) to 9 (small); {@value Compression#DEFAULT_GZIP_LEVEL} unless set. Lower it where the
         * processor is the bottleneck.
         *
         * @throws IllegalArgumentException if it is not 1 to 9
         */
        public Builder gzipLevel(int value) {
            if (value < 1 || value > 9) {
                throw new IllegalArgumentException("gzipLevel must be 1 to 9, got " + value);
            }
            gzipLevel = value;
            return this;
        }

        /** The settings. */
        public Compression build() {
            return new Compression(this, true);
        }
    }
}
