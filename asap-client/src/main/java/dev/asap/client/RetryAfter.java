// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The header by which a peer says when to come back. */
final class RetryAfter {
    private static final String HEADER = "Retry-After";

    /** Where {@link #holdBack} puts the value. */
    private static final String HELD_HEADER = "X-ASAP-Held-Retry-After";

    private static final int REQUEST_TIMEOUT = 408;
    private static final int UNAVAILABLE = 503;

    private static final Pattern SECONDS = Pattern.compile("\\d++(\\.\\d*+)?|\\.\\d++");
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final int SAFE_DIGITS = 9;

    /** A peer may ask for any wait; a year is for ever, and fits a duration. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private RetryAfter() {}

    /**
     * How long the peer asks to wait: a number of seconds, or an HTTP date that is still to come. Null when it does not ask, or
     * in a way that cannot be understood.
     */
    static @Nullable Duration of(Response response, InstantSource clock) {
        String value = response.header(HELD_HEADER);
        String header = value != null ? HELD_HEADER : HEADER;
        if (value == null) {
            value = response.header(HEADER);
        }
        if (value == null) {
            return null;
        }
        if (SECONDS.matcher(value).matches()) {
            double seconds = Math.min(Double.parseDouble(value), (double) LONGEST.toSeconds());
            return Duration.ofMillis(Math.round(seconds * 1000));
        }
        Instant date = response.headers().getInstant(header);
        if (date == null) {
            return null;
        }
        Duration wait = Duration.between(clock.instant(), date);
        return wait.isNegative() || wait.isZero() ? null : wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }

    /**
     * Keeps two values of the header from OkHttp, which looks at it in answers with the statuses 408 and 503: with 0 it would
     * send the request again by itself, and a number beyond an int would end the call with a {@link NumberFormatException}.
     */
    static Response holdBack(Interceptor.Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (response.code() != UNAVAILABLE && response.code() != REQUEST_TIMEOUT) {
            return response;
        }
        String value = response.header(HEADER);
        if (value == null || !DIGITS.matcher(value).matches() || isHarmless(value)) {
            return response;
        }
        return response.newBuilder()
                .removeHeader(HEADER)
                .header(HELD_HEADER, value)
                .build();
    }

    private static boolean isHarmless(String digits) {
        return digits.length() <= SAFE_DIGITS && Integer.parseInt(digits) > 0;
    }
}
