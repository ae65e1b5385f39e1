// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.server.http.HttpRequest;
import dev.asap.validation.Checks;
import dev.asap.validation.Violation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request's query, by type. Mistakes are collected while parameters are read, and refused together by {@link
 * #requireValid}; until then a parameter that is wrong reads as if it were not there. Of a parameter that occurs twice the last one
 * counts.
 */
final class QueryParameters {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]+");
    private static final Set<String> TRUE = Set.of("true", "1", "yes", "y", "on", "t");
    private static final Set<String> FALSE = Set.of("false", "0", "no", "n", "off", "f");

    private final Map<String, String> values = new HashMap<>();
    private final RequestMistakes mistakes = new RequestMistakes("query");

    private QueryParameters() {}

    static QueryParameters of(HttpRequest request) {
        QueryParameters parameters = new QueryParameters();
        String query = request.query();
        if (query != null) {
            for (String each : query.split("&", -1)) {
                int equals = each.indexOf('=');
                String name = equals < 0 ? each : each.substring(0, equals);
                parameters.values.put(decoded(name), equals < 0 ? "" : decoded(each.substring(equals + 1)));
            }
        }
        return parameters;
    }

    /** What is no percent encoding stands for itself. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /** Refuses the request with HTTP 422 if a parameter that was read is wrong. */
    void requireValid() {
        if (!mistakes.isEmpty()) {
            throw mistakes.refusal();
        }
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    /** A text that has to be there. */
    String requiredText(String name) {
        String text = values.get(name);
        if (text == null) {
            mistake(Violation.MISSING, name, "is required");
        }
        return text == null ? "" : text;
    }

    /** A text of so many characters at most. */
    @Nullable
    String text(String name, int maxLength) {
        String text = values.get(name);
        if (text != null && text.length() > maxLength) {
            mistake("string_too_long", name, "must have at most " + maxLength + " characters, got " + text.length());
            return null;
        }
        return text;
    }

    /** One of some texts. */
    String oneOf(List<String> allowed, String name, String fallback) {
        String text = values.getOrDefault(name, fallback);
        if (!allowed.contains(text)) {
            mistake("literal_error", name, "must be one of " + allowed + ", got '" + Checks.quoted(text) + "'");
            return fallback;
        }
        return text;
    }

    /** A whole number between two bounds, both allowed. What no {@code long} can hold counts as the nearest that one can. */
    @Nullable
    Long wholeNumber(String name, long minimum, long maximum) {
        String text = values.get(name);
        if (text == null) {
            return null;
        } else if (!WHOLE_NUMBER.matcher(text.strip()).matches()) {
            mistake("int_parsing", name, "must be a whole number, got '" + Checks.quoted(text) + "'");
            return null;
        }
        long value = nearest(text.strip());
        if (value < minimum) {
            mistake("greater_than_equal", name, "must be " + minimum + " or more, got " + Checks.quoted(text));
            return null;
        } else if (value > maximum) {
            mistake("less_than_equal", name, "must be " + maximum + " or less, got " + Checks.quoted(text));
            return null;
        }
        return value;
    }

    private static long nearest(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return digits.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** A point in time; without an offset in UTC, a date alone is its midnight. */
    @Nullable
    Instant time(String name) {
        String text = values.get(name);
        try {
            return text == null ? null : WireTime.parse(text);
        } catch (IllegalArgumentException e) {
            mistake("datetime_from_date_parsing", name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    boolean flag(String name, boolean fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            mistake("bool_parsing", name, "must be true or false, got '" + Checks.quoted(text) + "'");
            return fallback;
        }
        return TRUE.contains(word);
    }

    /** Which part of a list is wanted. */
    ListPart part(@Nullable Integer defaultLimit, int maxLimit) {
        Long limit = wholeNumber(ListPart.LIMIT, 1, maxLimit);
        Long offset = wholeNumber(ListPart.OFFSET, 0, Long.MAX_VALUE);
        return partAt(limit == null ? defaultLimit : Integer.valueOf(limit.intValue()), offset == null ? 0 : offset);
    }

    /** The part of a list behind an offset, or behind the cursor where there is one. */
    ListPart partAt(@Nullable Integer limit, long offset) {
        Cursor cursor = cursor();
        if (cursor != null && offset != 0) {
            mistake(
                    Violation.VALUE_ERROR,
                    ListPart.CURSOR,
                    "leave it out, or the offset: a page starts at one of them");
        }
        return new ListPart(limit, offset, cursor);
    }

    private @Nullable Cursor cursor() {
        String text = values.get(ListPart.CURSOR);
        try {
            return text == null ? null : new Cursor(text);
        } catch (IllegalArgumentException e) {
            mistake(Violation.VALUE_ERROR, ListPart.CURSOR, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void mistake(String type, String name, String message) {
        mistakes.add(new Violation(type, List.of(name), message));
    }
}
