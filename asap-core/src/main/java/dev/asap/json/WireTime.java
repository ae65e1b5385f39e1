// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Points in time as the protocol writes and reads them.
 *
 * <p>Written: UTC, {@code 2026-01-02T03:04:05Z}, with exactly six digits of a second's fraction where it is not zero. Read:
 * with {@code T} or a blank, with {@code Z}, an offset or none (which means UTC), with any number of digits (cut to
 * microseconds), a date alone (midnight), or seconds or milliseconds since 1970. Years run from 1 to 9999. Thread-safe.
 */
public final class WireTime {
    /** Numbers beyond this are milliseconds, not seconds: the boundary that the protocol's readers use. */
    private static final BigDecimal MILLISECONDS_BEYOND = new BigDecimal("2e10");

    private static final int MAX_SCALE = 1000;

    private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    private WireTime() {}

    /**
     * The text of a point in time, ending in {@code Z}.
     *
     * @throws IllegalArgumentException if the year is not 1 to 9999
     */
    public static String format(Instant time) {
        return format(time, "Z");
    }

    /** The text of a point in time, ending in {@code +00:00} as database columns and error details have it. */
    public static String formatWithOffset(Instant time) {
        return format(time, "+00:00");
    }

    /** The point in time without what the protocol cannot say: cut to whole microseconds. */
    public static Instant toPrecision(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    /** Whether the protocol can say this point in time: the year is 1 to 9999. */
    public static boolean isWritable(Instant time) {
        return !time.isBefore(MIN) && time.isBefore(END);
    }

    /**
     * Reads a text.
     *
     * @throws IllegalArgumentException if the text is no point in time; the message shows it
     */
    public static Instant parse(String text) {
        try {
            return checked(looksNumeric(text) ? ofEpoch(new BigDecimal(text)) : new Scanner(text).dateTime());
        } catch (DateTimeException | ArithmeticException | IndexOutOfBoundsException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "not a date and time like 2026-01-02T03:04:05Z: '"
                            + (text.length() <= 60 ? text : text.substring(0, 60) + "…") + "'",
                    e);
        }
    }

    /**
     * The point in time of a number: seconds since 1970, or milliseconds where it is greater than 20,000,000,000.
     *
     * @throws IllegalArgumentException if the year is not 1 to 9999
     */
    public static Instant ofNumber(BigDecimal number) {
        try {
            return checked(ofEpoch(number));
        } catch (ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException("not a number of seconds since 1970: " + number, e);
        }
    }

    private static Instant ofEpoch(BigDecimal number) {
        // Also for fractions of a thousand zeros: a number from outside must not cost more than its length.
        if ((long) number.precision() - number.scale() > 15 || number.scale() > MAX_SCALE) {
            throw new ArithmeticException("out of range");
        }
        boolean milliseconds = number.abs().compareTo(MILLISECONDS_BEYOND) > 0;
        BigDecimal micros = number.movePointRight(milliseconds ? 3 : 6).setScale(0, RoundingMode.FLOOR);
        return Instant.EPOCH.plus(micros.longValueExact(), ChronoUnit.MICROS);
    }

    private static boolean looksNumeric(String text) {
        if (text.isEmpty() || text.length() > 30) {
            return false;
        }
        for (int i = text.charAt(0) == '-' ? 1 : 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }

    private static Instant checked(Instant time) {
        if (!isWritable(time)) {
            throw new DateTimeException("year out of range");
        }
        return time;
    }

    private static String format(Instant time, String zone) {
        if (!isWritable(time)) {
            throw new IllegalArgumentException("the year must be 1 to 9999, got " + time);
        }
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        int micros = time.getNano() / 1000;
        StringBuilder text = new StringBuilder(32);
        digits(text, utc.getYear(), 4).append('-');
        digits(text, utc.getMonthValue(), 2).append('-');
        digits(text, utc.getDayOfMonth(), 2).append('T');
        digits(text, utc.getHour(), 2).append(':');
        digits(text, utc.getMinute(), 2).append(':');
        digits(text, utc.getSecond(), 2);
        if (micros != 0) {
            digits(text.append('.'), micros, 6);
        }
        return text.append(zone).toString();
    }

    private static StringBuilder digits(StringBuilder text, int value, int width) {
        if (width > 2) {
            digits(text, value / 100, width - 2);
        }
        int pair = value % 100;
        return text.append((char) ('0' + pair / 10)).append((char) ('0' + pair % 10));
    }

    // By hand, because it runs for each envelope: a formatter takes as long as the rest of the envelope together.
    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        Instant dateTime() {
            LocalDate date = date();
            if (at == text.length()) {
                return date.atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            char separator = text.charAt(at++);
            require(separator == 'T' || separator == 't' || separator == ' ' || separator == '_');
            int hour = digits(2);
            skip(':');
            int minute = digits(2);
            int second = 0;
            int nanos = 0;
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
                second = digits(2);
                nanos = fraction();
            }
            require(hour < 24 && minute < 60 && second < 60);
            long seconds = date.toEpochDay() * 86_400L + hour * 3_600L + minute * 60L + second - offsetSeconds();
            require(at == text.length());
            return Instant.ofEpochSecond(seconds, nanos);
        }

        private LocalDate date() {
            int year = digits(4);
            skip('-');
            int month = digits(2);
            skip('-');
            return LocalDate.of(year, month, digits(2));
        }

        /** Cut to microseconds. */
        private int fraction() {
            if (at >= text.length() || (text.charAt(at) != '.' && text.charAt(at) != ',')) {
                return 0;
            }
            at++;
            int start = at;
            int micros = 0;
            for (; at < text.length() && isDigit(text.charAt(at)); at++) {
                if (at - start < 6) {
                    micros = micros * 10 + (text.charAt(at) - '0');
                }
            }
            require(at > start);
            for (int given = at - start; given < 6; given++) {
                micros *= 10;
            }
            return micros * 1000;
        }

        private int offsetSeconds() {
            if (at == text.length()) {
                return 0;
            }
            char sign = text.charAt(at++);
            if (sign == 'Z' || sign == 'z') {
                return 0;
            }
            require(sign == '+' || sign == '-');
            int hours = digits(2);
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
            }
            int minutes = digits(2);
            require(hours < 24 && minutes < 60);
            int seconds = hours * 3600 + minutes * 60;
            return sign == '-' ? -seconds : seconds;
        }

        private int digits(int count) {
            int value = 0;
            for (int end = at + count; at < end; at++) {
                char c = text.charAt(at);
                require(isDigit(c));
                value = value * 10 + (c - '0');
            }
            return value;
        }

        private void skip(char expected) {
            require(text.charAt(at++) == expected);
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static void require(boolean holds) {
            if (!holds) {
                throw new DateTimeException("malformed");
            }
        }
    }
}
