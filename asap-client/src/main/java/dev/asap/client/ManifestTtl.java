// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a manifest may be kept. */
final class ManifestTtl {
    /** The longest time to live that a peer can ask for. */
    static final Duration LONGEST = Duration.ofDays(1);

    private static final Pattern MAX_AGE = Pattern.compile("max-age\\s*=\\s*\"?0*([1-9][0-9]*)\"?");

    /** Longer numbers are above {@link #LONGEST} anyway. */
    private static final int SAFE_DIGITS = 9;

    private ManifestTtl() {}

    /**
     * The time to live: zero with {@code no-store} or {@code no-cache}, else {@code max-age} where it is above 0, else what the
     * manifest says, else the fallback. Header and manifest count up to a day.
     *
     * @param cacheControl the header {@code Cache-Control}, or null
     * @param ttlSeconds the manifest's own, or null
     */
    static Duration of(@Nullable String cacheControl, @Nullable Long ttlSeconds, Duration fallback) {
        Duration said = ofHeader(cacheControl);
        if (said != null) {
            return said;
        }
        return ttlSeconds == null ? fallback : capped(ttlSeconds);
    }

    /** What the header says by itself; null if nothing. */
    static @Nullable Duration ofHeader(@Nullable String cacheControl) {
        if (cacheControl == null) {
            return null;
        }
        Duration shortest = null;
        for (String part : cacheControl.split(",", -1)) {
            String directive = part.strip().toLowerCase(Locale.ROOT);
            if (directive.equals("no-store") || directive.equals("no-cache")) {
                return Duration.ZERO;
            }
            Matcher maxAge = MAX_AGE.matcher(directive);
            if (maxAge.matches()) {
                Duration age = ofDigits(maxAge.group(1));
                shortest = shortest == null || age.compareTo(shortest) < 0 ? age : shortest;
            }
        }
        return shortest;
    }

    /** Whether the header lets the document be kept at all, if only to ask whether it still holds. */
    static boolean mayBeKept(@Nullable String cacheControl) {
        if (cacheControl != null) {
            for (String part : cacheControl.split(",", -1)) {
                if (part.strip().equalsIgnoreCase("no-store")) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Duration ofDigits(String digits) {
        return digits.length() > SAFE_DIGITS ? LONGEST : capped(Long.parseLong(digits));
    }

    private static Duration capped(long seconds) {
        return Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()));
    }
}
