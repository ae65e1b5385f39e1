// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

/** An envelope is too old or from the future: it may be a replay, or a clock is wrong. */
public final class InvalidTimestampException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private InvalidTimestampException(String message, JsonObject details) {
        super(builder(ErrorCode.INVALID_TIMESTAMP, message)
                .details(details)
                .recoverable(true)
                .retryAfter(Duration.ofSeconds(5))
                .fallbackAction("resend_with_fresh_timestamp"));
    }

    /** The envelope is older than allowed. */
    public static InvalidTimestampException tooOld(
            String envelopeId, Instant timestamp, Duration age, Duration maxAge) {
        return new InvalidTimestampException(
                "Envelope timestamp is too old: " + tenths(age) + " seconds (max: " + maxAge.toSeconds() + " seconds)",
                JsonObject.of(
                        "timestamp", WireTime.formatWithOffset(timestamp),
                        "age_seconds", seconds(age),
                        "envelope_id", envelopeId,
                        "max_age_seconds", maxAge.toSeconds()));
    }

    /** The envelope is further ahead than allowed. */
    public static InvalidTimestampException tooFarAhead(
            String envelopeId, Instant timestamp, Duration ahead, Duration tolerance) {
        return new InvalidTimestampException(
                "Envelope timestamp is too far in the future: " + tenths(ahead) + " seconds (max tolerance: "
                        + tolerance.toSeconds() + " seconds)",
                JsonObject.of(
                        "timestamp", WireTime.formatWithOffset(timestamp),
                        "future_offset_seconds", seconds(ahead),
                        "envelope_id", envelopeId,
                        "max_future_tolerance_seconds", tolerance.toSeconds()));
    }

    private static BigDecimal seconds(Duration duration) {
        return BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano() / 1000, 6));
    }

    private static BigDecimal tenths(Duration duration) {
        return seconds(duration).setScale(1, RoundingMode.HALF_EVEN);
    }
}
