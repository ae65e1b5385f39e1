// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Any JSON value, immutable and without a library's types in it.
 *
 * <p>Values are compared by content; an object's member order does not count, and {@code 1} differs from {@code 1.0}
 * because the protocol keeps the kind of a number. {@code toString()} is the JSON text. Thread-safe.
 */
public sealed interface JsonValue permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {
    /** The deepest nesting of objects and arrays that is read. */
    int MAX_DEPTH = 256;

    /**
     * Reads a JSON text.
     *
     * @throws JsonException if {@code json} is not exactly one JSON value or is nested deeper than {@link #MAX_DEPTH}
     */
    static JsonValue parse(String json) {
        return JsonText.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a JSON text in UTF-8 without a byte order mark. The array is copied where it is kept.
     *
     * @throws JsonException if {@code utf8} is not exactly one JSON value or is nested deeper than {@link #MAX_DEPTH}
     */
    static JsonValue parse(byte[] utf8) {
        return JsonText.parse(utf8);
    }

    /**
     * The JSON value of a Java value: null, {@code String}, {@code Boolean}, any standard number, {@code Instant} (as text in
     * the protocol's form), {@code List}, {@code Map} with text keys, or a {@code JsonValue} itself.
     *
     * @throws JsonException if the value, or one inside it, is of another type; see {@link JsonObject#from} for records
     */
    static JsonValue of(@Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        } else if (value instanceof JsonValue json) {
            return json;
        } else if (value instanceof String text) {
            return new JsonString(text);
        } else if (value instanceof Boolean bool) {
            return JsonBoolean.of(bool);
        } else if (value instanceof Number number) {
            return ofNumber(number);
        } else if (value instanceof Instant instant) {
            return new JsonString(WireTime.format(instant));
        } else if (value instanceof List<?> list) {
            return new JsonArray(list.stream().map(JsonValue::of).toList());
        } else if (value instanceof Map<?, ?> map) {
            Map<String, JsonValue> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put(String.valueOf(name), of(member)));
            return JsonObject.ofMembers(members);
        }
        throw new JsonException(
                "cannot make JSON of a " + value.getClass().getName()
                        + ": pass a text, number, boolean, Instant, List, Map or JsonValue, or use JsonObject.from for a record");
    }

    private static JsonValue ofNumber(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            return JsonNumber.of(number.longValue());
        } else if (number instanceof Double || number instanceof Float) {
            return JsonNumber.of(number.doubleValue());
        } else if (number instanceof BigInteger big) {
            return new JsonNumber(big.toString());
        } else if (number instanceof BigDecimal decimal) {
            return new JsonNumber(decimal.toString());
        }
        throw new JsonException(
                "cannot make a JSON number of a " + number.getClass().getName());
    }

    /** The name of the kind as it appears in messages: object, array, string, number, boolean or null. */
    String kind();

    /** Whether this is JSON's {@code null}. */
    default boolean isNull() {
        return this instanceof JsonNull;
    }

    /** This value as an object; throws {@link JsonException} if it is of another kind. */
    default JsonObject asObject() {
        throw wrongKind("an object");
    }

    /** This value as an array; throws {@link JsonException} if it is of another kind. */
    default JsonArray asArray() {
        throw wrongKind("an array");
    }

    /** This value as a text; throws {@link JsonException} if it is of another kind. */
    default String asString() {
        throw wrongKind("a string");
    }

    /** This value as a truth value; throws {@link JsonException} if it is of another kind. */
    default boolean asBoolean() {
        throw wrongKind("a boolean");
    }

    /** This value as an int; throws {@link JsonException} if it is of another kind or does not fit without loss. */
    default int asInt() {
        throw wrongKind("a whole number");
    }

    /** This value as a long; throws {@link JsonException} if it is of another kind or does not fit without loss. */
    default long asLong() {
        throw wrongKind("a whole number");
    }

    /** This value as a double, rounded to the nearest; throws {@link JsonException} if it is of another kind. */
    default double asDouble() {
        throw wrongKind("a number");
    }

    /** This value as an exact decimal; throws {@link JsonException} if it is of another kind. */
    default BigDecimal asDecimal() {
        throw wrongKind("a number");
    }

    private JsonException wrongKind(String wanted) {
        return new JsonException("expected " + wanted + ", got " + kind());
    }
}
