// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many requests a client may send: at most so many within each of some windows of time. The windows move: what counts is the time
 * before each request. A request that is refused does not count.
 *
 * <pre>{@code
 * RateLimit.parse("10/second;100/minute")
 * }</pre>
 *
 * @param windows the windows, all of which hold; none for no limit
 */
public record RateLimit(List<Window> windows) {
    /** The most requests that a window may allow: so many times are remembered of each client. */
    public static final int MAX_REQUESTS = 100_000;

    private static final String EXPECTED =
            "a rate limit looks like '10/second;100/minute' or '5 per 2 hours': numbers of requests per second, minute, hour or day";

    private static final Pattern WINDOW =
            Pattern.compile("(\\d{1,9})\\s*(?:/|per)\\s*(\\d{1,9})?\\s*(second|minute|hour|day)s?");

    /** A unit of time as limits are written with. */
    public enum Unit {
        /** 1 second. */
        SECOND(Duration.ofSeconds(1)),
        /** 60 seconds. */
        MINUTE(Duration.ofMinutes(1)),
        /** 60 minutes. */
        HOUR(Duration.ofHours(1)),
        /** 24 hours. */
        DAY(Duration.ofDays(1));

        private final Duration length;

        Unit(Duration length) {
            this.length = length;
        }
    }

    /**
     * At most so many requests within a time.
     *
     * @param requests how many, 1 to {@value RateLimit#MAX_REQUESTS}
     * @param count how many units of time, 1 to 10,000
     * @param unit the unit
     */
    public record Window(int requests, int count, Unit unit) {
        private static final int MAX_COUNT = 10_000;

        /**
         * Checks the rules.
         *
         * @throws IllegalArgumentException if a number is out of range
         */
        public Window {
            if (requests < 1 || requests > MAX_REQUESTS) {
                throw new IllegalArgumentException(
                        "the requests of a rate limit must be 1 to " + MAX_REQUESTS + ", got " + requests);
            }
            if (count < 1 || count > MAX_COUNT) {
                throw new IllegalArgumentException(
                        "the units of time of a rate limit must be 1 to " + MAX_COUNT + ", got " + count);
            }
        }

        /** The time. */
        public Duration length() {
            return unit.length.multipliedBy(count);
        }

        /** As the protocol's answers say it: {@code 10 per 1 second}. */
        @Override
        public String toString() {
            return requests + " per " + count + " " + unit.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the list. */
    public RateLimit {
        windows = List.copyOf(windows);
    }

    /** No limit: for agents behind something that limits, and for tests. */
    public static RateLimit none() {
        return new RateLimit(List.of());
    }

    /** What the protocol's servers allow unless told otherwise: {@code 10/second;100/minute}. */
    public static RateLimit standard() {
        return new RateLimit(List.of(new Window(10, 1, Unit.SECOND), new Window(100, 1, Unit.MINUTE)));
    }

    /**
     * A limit as the protocol's settings write it: windows joined by {@code ;}, each as in {@code 10/second}, {@code 10 per second} or
     * {@code 5 per 2 hours}.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static RateLimit parse(String text) {
        List<Window> windows = new ArrayList<>();
        for (String part : text.toLowerCase(Locale.ROOT).split("[;,|]", -1)) {
            Matcher window = WINDOW.matcher(part.strip());
            if (!window.matches()) {
                throw new IllegalArgumentException(EXPECTED + "; got '" + text + "'");
            }
            String count = window.group(2);
            windows.add(new Window(
                    Integer.parseInt(window.group(1)),
                    count == null ? 1 : Integer.parseInt(count),
                    Unit.valueOf(window.group(3).toUpperCase(Locale.ROOT))));
        }
        return new RateLimit(windows);
    }

    /** Whether nothing is limited. */
    public boolean isNone() {
        return windows.isEmpty();
    }
}
