// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A promise that an agent did not keep.
 *
 * @param id its id, customarily {@code breach_} and a ULID
 * @param agentId the agent; customarily a URN, not checked
 * @param breachType which promise
 * @param threshold what was promised, as in {@code 99.5%} or {@code 500ms}
 * @param actual what was measured, in the same form
 * @param severity how bad it is
 * @param detectedAt when it was found, in whole microseconds
 * @param resolvedAt when the promise was kept again, or null as long as it is not known to be
 */
public record SLABreach(
        String id,
        String agentId,
        BreachType breachType,
        String threshold,
        String actual,
        BreachSeverity severity,
        Instant detectedAt,
        @Nullable Instant resolvedAt) {
    /** The longest id, in characters: so that the place behind any breach fits into a {@link dev.asap.page.Cursor}. */
    public static final int MAX_ID_LENGTH = 700;

    /** The longest of the other texts, in characters. */
    public static final int MAX_TEXT_LENGTH = 1000;

    /**
     * Checks the rules and cuts the times to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component but {@code resolvedAt} is missing, the id is longer than {@value
     *     #MAX_ID_LENGTH} characters or another text longer than {@value #MAX_TEXT_LENGTH}, a text is no Unicode, or a year is not 1 to
     *     9999
     */
    public SLABreach {
        Checks checks = Checks.of("SLABreach");
        checks.required("id", id).wellFormed("id", id).maxLength("id", id, MAX_ID_LENGTH);
        text(checks, "agent_id", agentId);
        text(checks, "breach_type", breachType == null ? null : breachType.value());
        text(checks, "threshold", threshold);
        text(checks, "actual", actual);
        text(checks, "severity", severity == null ? null : severity.value());
        checks.required("detected_at", detectedAt)
                .rule("detected_at", isWritable(detectedAt), "must be in the years 1 to 9999")
                .rule("resolved_at", isWritable(resolvedAt), "must be in the years 1 to 9999")
                .done();
        detectedAt = WireTime.toPrecision(detectedAt);
        resolvedAt = resolvedAt == null ? null : WireTime.toPrecision(resolvedAt);
    }

    private static void text(Checks checks, String member, @Nullable String value) {
        checks.required(member, value).wellFormed(member, value).maxLength(member, value, MAX_TEXT_LENGTH);
    }

    private static boolean isWritable(@Nullable Instant time) {
        return time == null || WireTime.isWritable(time);
    }

    /** Whether the promise is not known to be kept again. */
    public boolean isOpen() {
        return resolvedAt == null;
    }

    /**
     * That this breach is open, for stores.
     *
     * @throws IllegalArgumentException if it is resolved
     */
    public void requireOpen() {
        if (resolvedAt != null) {
            throw new IllegalArgumentException("a breach that is opened must not be resolved, got " + id
                    + " resolved at " + resolvedAt + "; keep it with recordBreach");
        }
    }

    /**
     * That another breach can take the place of this one, for stores.
     *
     * @throws IllegalArgumentException if it has another id
     */
    public void requireSameId(SLABreach other) {
        if (!id.equals(other.id())) {
            throw new IllegalArgumentException(
                    "a breach is replaced by one with its id, got " + id + " and " + other.id());
        }
    }

    /** The same breach, found when it was, with the severity and the texts of a later finding. */
    public SLABreach worsened(SLAEvaluation.Finding finding) {
        return new SLABreach(
                id,
                agentId,
                breachType,
                finding.threshold(),
                finding.actual(),
                finding.severity(),
                detectedAt,
                resolvedAt);
    }

    /** The same breach, over since this time. */
    public SLABreach resolved(Instant time) {
        return new SLABreach(id, agentId, breachType, threshold, actual, severity, detectedAt, time);
    }
}
