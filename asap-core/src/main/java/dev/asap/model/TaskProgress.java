// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a task has got. On the wire it is a free object: only what is set is written, and what is not one of the components
 * is kept in {@code extras}.
 *
 * <p>The protocol checks {@code percent} in a {@link TaskUpdate} and not in a {@link Task}; this record checks it in both.
 *
 * @param percent 0 to 100, or null
 * @param message what is being done, for people, or null
 * @param etaSeconds how long it will take from now on, or null
 * @param extras further members; a {@code message} that is no text or an {@code eta_seconds} that is no number among them
 */
public record TaskProgress(
        @Nullable Double percent,
        @Nullable String message,
        @Nullable Double etaSeconds,
        JsonObject extras) {
    private static final String PERCENT = "percent";
    private static final String MESSAGE = "message";
    private static final String ETA_SECONDS = "eta_seconds";

    /**
     * Checks the bounds.
     *
     * @throws ValidationException if {@code percent} is not 0 to 100, {@code etaSeconds} is infinite or no number, or
     *     {@code extras} is missing or has a member that belongs into a component
     */
    public TaskProgress {
        Checks.of("TaskProgress")
                .rule(
                        percent == null || (percent >= 0 && percent <= 100),
                        "percent must be between 0 and 100, got " + percent)
                .rule(
                        etaSeconds == null || Double.isFinite(etaSeconds),
                        "eta_seconds must be finite, got " + etaSeconds)
                .required("extras", extras)
                .rule(
                        "extras",
                        extras == null || !repeats(message, etaSeconds, extras),
                        "must not have what the other components hold")
                .done();
    }

    /** A percentage alone. */
    public static TaskProgress ofPercent(double percent) {
        return new TaskProgress(percent, null, null, JsonObject.empty());
    }

    /** A percentage and what is being done. */
    public static TaskProgress of(double percent, String message) {
        return new TaskProgress(percent, message, null, JsonObject.empty());
    }

    /**
     * Reads the free object.
     *
     * @throws ValidationException if there is a {@code percent} which is no number between 0 and 100
     */
    public static TaskProgress from(JsonObject object) {
        Map<String, JsonValue> extras = new LinkedHashMap<>(object.members());
        Double percent = extras.containsKey(PERCENT) ? percentOf(extras.remove(PERCENT)) : null;
        String message = null;
        if (extras.get(MESSAGE) instanceof JsonString text) {
            message = text.value();
            extras.remove(MESSAGE);
        }
        Double etaSeconds = null;
        if (isEta(extras.get(ETA_SECONDS))) {
            etaSeconds = extras.remove(ETA_SECONDS).asDouble();
        }
        return new TaskProgress(percent, message, etaSeconds, (JsonObject) JsonValue.of(extras));
    }

    /** The free object: what is set, numbers without a fraction where they have none. */
    public JsonObject toJson() {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        if (percent != null) {
            members.put(PERCENT, number(percent));
        }
        if (message != null) {
            members.put(MESSAGE, new JsonString(message));
        }
        if (etaSeconds != null) {
            members.put(ETA_SECONDS, number(etaSeconds));
        }
        members.putAll(extras.members());
        return (JsonObject) JsonValue.of(members);
    }

    private static Double percentOf(@Nullable JsonValue value) {
        if (value instanceof JsonNumber number) {
            return number.asDouble();
        } else if (value instanceof JsonBoolean bool) {
            return bool.asBoolean() ? 1.0 : 0.0;
        }
        String kind = value == null ? "nothing" : value.kind();
        throw new ValidationException(
                "TaskProgress",
                List.of(new Violation(Violation.VALUE_ERROR, List.of(), "percent must be a number, got " + kind)));
    }

    private static boolean isEta(@Nullable JsonValue value) {
        return value instanceof JsonNumber number && Double.isFinite(number.asDouble());
    }

    private static boolean repeats(@Nullable String message, @Nullable Double etaSeconds, JsonObject extras) {
        JsonValue otherMessage = extras.members().get(MESSAGE);
        JsonValue otherEta = extras.members().get(ETA_SECONDS);
        return extras.has(PERCENT)
                || (otherMessage != null && (message != null || otherMessage instanceof JsonString))
                || (otherEta != null && (etaSeconds != null || isEta(otherEta)));
    }

    private static JsonNumber number(double value) {
        return value == (long) value ? JsonNumber.of((long) value) : JsonNumber.of(value);
    }
}
