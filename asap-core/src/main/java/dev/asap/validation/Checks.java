// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.validation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the broken rules of one record while it is constructed, then reports them together.
 *
 * <pre>{@code
 * Checks.of("TaskRequestConfig")
 *         .atLeast("timeout_seconds", timeoutSeconds, 1)
 *         .between("temperature", temperature, 0, 2)
 *         .done();
 * }</pre>
 *
 * <p>Members are named as on the wire. An absent (null) value passes every check but {@link #required}. Not thread-safe.
 */
public final class Checks {
    /** Values longer than this are shortened in messages: what came from outside is bounded when it is shown. */
    private static final int SHOWN_CHARACTERS = 120;

    private static final int QUOTED_CHARACTERS = 200;

    private final String subject;
    // Null until the first finding: nearly every record is fine, and this runs for each of them.
    private @Nullable List<Violation> violations;

    private Checks(String subject) {
        this.subject = subject;
    }

    /** Starts the checks of a record with this name. */
    public static Checks of(String subject) {
        return new Checks(subject);
    }

    /** The value must be there. */
    public Checks required(String member, @Nullable Object value) {
        return value != null ? this : violation(Violation.MISSING, member, "is required, got nothing");
    }

    /** A whole number must not be below {@code minimum}. */
    public Checks atLeast(String member, @Nullable Long value, long minimum) {
        return value == null || value >= minimum
                ? this
                : violation("greater_than_equal", member, "must be " + minimum + " or more, got " + value);
    }

    /** A whole number must be between two bounds, both allowed. */
    public Checks between(String member, @Nullable Long value, long minimum, long maximum) {
        if (value != null && value > maximum) {
            return violation("less_than_equal", member, "must be " + maximum + " or less, got " + value);
        }
        return atLeast(member, value, minimum);
    }

    /** A number must be between two bounds, both allowed; NaN is not. */
    public Checks between(String member, @Nullable Double value, double minimum, double maximum) {
        if (value == null || (value >= minimum && value <= maximum)) {
            return this;
        }
        return value > maximum
                ? violation("less_than_equal", member, "must be " + maximum + " or less, got " + value)
                : violation("greater_than_equal", member, "must be " + minimum + " or more, got " + value);
    }

    /** A text must not have more than {@code maximum} characters. */
    public Checks maxLength(String member, @Nullable String value, int maximum) {
        if (value == null || value.length() <= maximum || value.codePointCount(0, value.length()) <= maximum) {
            return this;
        }
        return violation(
                "string_too_long", member, "must have at most " + maximum + " characters, got " + value.length());
    }

    /** A text must be Unicode: half of a surrogate pair has no encoding, neither on the wire nor in a store. */
    public Checks wellFormed(String member, @Nullable String value) {
        return value == null || isWellFormed(value)
                ? this
                : violation(Violation.VALUE_ERROR, member, "must be Unicode text, got half of a surrogate pair in it");
    }

    /** A list must have at least one item. */
    public Checks notEmpty(String member, @Nullable Collection<?> value) {
        return value == null || !value.isEmpty() ? this : violation("too_short", member, "must have at least one item");
    }

    /** A rule about one member must hold; {@code rule} continues the sentence that begins with the member. */
    public Checks rule(String member, boolean holds, String rule) {
        return holds ? this : violation(Violation.VALUE_ERROR, member, rule);
    }

    /** A rule about one member must hold; the value is shown, shortened, behind the rule. */
    public Checks rule(String member, boolean holds, String rule, @Nullable Object value) {
        return holds ? this : violation(Violation.VALUE_ERROR, member, rule + ", got '" + shorten(value) + "'");
    }

    /** A rule between members must hold. */
    public Checks rule(boolean holds, String rule) {
        if (!holds) {
            add(new Violation(Violation.VALUE_ERROR, List.of(), rule));
        }
        return this;
    }

    /** A rule about one member is broken, of a kind for which there is no check here; see {@link Violation#type}. */
    public Checks violation(String type, String member, String message) {
        add(new Violation(type, List.of(member), message));
        return this;
    }

    /**
     * Ends the checks.
     *
     * @throws ValidationException if any rule was broken
     */
    public void done() {
        if (violations != null) {
            throw new ValidationException(subject, violations);
        }
    }

    /** Whether a text is Unicode, without a surrogate that has no other half. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean lowExpected = i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
            if (Character.isLowSurrogate(c) != lowExpected) {
                return false;
            }
        }
        return text.isEmpty() || !Character.isHighSurrogate(text.charAt(text.length() - 1));
    }

    /** A text from outside as errors quote it: its first 200 characters, with an ellipsis where there are more. */
    public static String quoted(String text) {
        if (text.length() <= QUOTED_CHARACTERS) {
            return text;
        }
        boolean splitsAPair = Character.isHighSurrogate(text.charAt(QUOTED_CHARACTERS - 1))
                && Character.isLowSurrogate(text.charAt(QUOTED_CHARACTERS));
        return text.substring(0, splitsAPair ? QUOTED_CHARACTERS - 1 : QUOTED_CHARACTERS) + "…";
    }

    private void add(Violation violation) {
        if (violations == null) {
            violations = new ArrayList<>();
        }
        violations.add(violation);
    }

    private static String shorten(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
