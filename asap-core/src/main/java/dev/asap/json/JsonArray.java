// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A JSON array.
 *
 * @param values the elements in order
 */
public record JsonArray(List<JsonValue> values) implements JsonValue, Iterable<JsonValue> {
    /** Copies the elements. */
    public JsonArray {
        values = List.copyOf(values);
    }

    /** An array of Java values, each converted as {@link JsonValue#of} does. */
    public static JsonArray of(@Nullable Object... values) {
        return new JsonArray(Arrays.stream(values).map(JsonValue::of).toList());
    }

    /** How many elements there are. */
    public int size() {
        return values.size();
    }

    /** The element at this index, from 0. */
    public JsonValue get(int index) {
        return values.get(index);
    }

    /** The elements in order. */
    public Stream<JsonValue> stream() {
        return values.stream();
    }

    /** The elements as texts; throws {@link JsonException} if one is of another kind. */
    public List<String> asStrings() {
        return values.stream().map(JsonValue::asString).toList();
    }

    @Override
    public Iterator<JsonValue> iterator() {
        return values.iterator();
    }

    @Override
    public String kind() {
        return "array";
    }

    @Override
    public JsonArray asArray() {
        return this;
    }

    @Override
    public String toString() {
        return JsonText.write(this);
    }
}
