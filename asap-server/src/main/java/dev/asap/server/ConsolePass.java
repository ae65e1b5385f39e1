// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens the files of the console for a few minutes to whoever was given its page: a browser fetches scripts and styles without a token. It
 * is a part of their path, and opens nothing else. Good at the server that issued it alone. Thread-safe.
 */
final class ConsolePass {
    static final Duration LIFETIME = Duration.ofMinutes(5);

    private static final String ALGORITHM = "HmacSHA256";
    private static final int TAG_BYTES = 16;

    /** When it ends, in seconds, and the tag that nobody else can make. */
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})\\.([A-Za-z0-9_-]{22})");

    private final SecretKeySpec key;
    private final InstantSource clock;

    ConsolePass(InstantSource clock, SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, ALGORITHM);
        this.clock = clock;
    }

    String issue() {
        String end = String.valueOf(clock.instant().plus(LIFETIME).getEpochSecond());
        return end + "." + tag(end);
    }

    boolean isValid(String pass) {
        Matcher parts = FORM.matcher(pass);
        return parts.matches()
                && MessageDigest.isEqual(bytes(tag(parts.group(1))), bytes(parts.group(2)))
                && Long.parseLong(parts.group(1)) > clock.instant().getEpochSecond();
    }

    private String tag(String end) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] tag = Arrays.copyOf(mac.doFinal(bytes(end)), TAG_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(tag);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
