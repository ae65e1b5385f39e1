// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the arguments of a capability must be like. Immutable: each {@code with…} gives a copy; rules for the same argument add up.
 *
 * <pre>{@code
 * Constraints atMostFiveEuros = Constraints.none().withMaximum("amount", 5).withValue("currency", "EUR");
 * }</pre>
 *
 * <p>An argument that has a rule must be there. Rules that this library does not know are kept.
 *
 * @param rules the rule of each argument, as on the wire: a plain value, or an object with {@code max}, {@code min}, {@code in} and
 *     {@code not_in}
 */
public record Constraints(JsonObject rules) {
    private static final Constraints NONE = new Constraints(JsonObject.empty());

    /** Anything goes. */
    public static Constraints none() {
        return NONE;
    }

    /** The argument must have this value, converted as {@link JsonValue#of} does; takes the place of its other rules. */
    public Constraints withValue(String argument, @Nullable Object value) {
        return new Constraints(rules.with(argument, value));
    }

    /** The argument must be a number of at most this. */
    public Constraints withMaximum(String argument, Number value) {
        return withRule(argument, "max", value);
    }

    /** The argument must be a number of at least this. */
    public Constraints withMinimum(String argument, Number value) {
        return withRule(argument, "min", value);
    }

    /** The argument must be one of these values, each converted as {@link JsonValue#of} does. */
    public Constraints withOneOf(String argument, List<?> values) {
        return withRule(argument, "in", values);
    }

    /** The argument must be none of these values, each converted as {@link JsonValue#of} does. */
    public Constraints withNoneOf(String argument, List<?> values) {
        return withRule(argument, "not_in", values);
    }

    /** Whether there is no rule. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    private Constraints withRule(String argument, String operator, Object value) {
        JsonObject before = rules.find(argument).orElse(null) instanceof JsonObject known ? known : JsonObject.empty();
        return new Constraints(rules.with(argument, before.with(operator, value)));
    }

    /** The JSON text of the rules. */
    @Override
    public String toString() {
        return rules.toString();
    }
}
