// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A free-form JSON object: what skills take and give, what snapshots hold.
 *
 * <p>Immutable and thread-safe. An object that came off the wire keeps its bytes and is parsed when someone first looks
 * inside; passing it on or storing it unread costs a copy of the bytes and no parse. Where a member occurs twice, the last
 * one counts.
 *
 * <pre>{@code
 * JsonObject input = JsonObject.of("text", "hello", "count", 3);
 * String text = input.getString("text");
 * int count = input.getInt("count", 1);
 * Order order = input.get("order").asObject().to(Order.class);
 * }</pre>
 */
public final class JsonObject implements JsonValue {
    private static final JsonObject EMPTY = new JsonObject(Map.of());

    // At least one of the two is set. Both are written once; a race computes the same content twice, which does no
    // harm.
    private volatile byte @Nullable [] utf8;
    private volatile @Nullable Map<String, JsonValue> members;
    // Whether the text is known to be within the bounds of what is read.
    private volatile boolean readable;

    private JsonObject(Map<String, JsonValue> members) {
        this.members = members;
    }

    private JsonObject(byte[] utf8) {
        this.utf8 = utf8;
        this.readable = true;
    }

    /** Wraps bytes that are known to be one well-formed object and that nobody will change. */
    static JsonObject ofTrusted(byte[] utf8) {
        return new JsonObject(utf8);
    }

    /** Wraps members that nobody will change. */
    static JsonObject ofMembers(Map<String, JsonValue> members) {
        return members.isEmpty() ? EMPTY : new JsonObject(Collections.unmodifiableMap(members));
    }

    /** The object without members. */
    public static JsonObject empty() {
        return EMPTY;
    }

    /**
     * An object of names and values in turn, each value converted as {@link JsonValue#of} does.
     *
     * @throws IllegalArgumentException if the number of arguments is odd or a name is not a text
     */
    public static JsonObject of(@Nullable Object... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "names and values must come in pairs, got " + namesAndValues.length + " arguments");
        }
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!(namesAndValues[i] instanceof String name)) {
                throw new IllegalArgumentException(
                        "argument " + i + " must be a member's name, got " + namesAndValues[i]);
            }
            members.put(name, JsonValue.of(namesAndValues[i + 1]));
        }
        return ofMembers(members);
    }

    /**
     * The object that a record (or any bean) of the application becomes: its components by name, times as ISO text.
     *
     * @throws JsonException if the value cannot be converted or does not become an object
     */
    public static JsonObject from(Object record) {
        return UserTypes.toJson(record);
    }

    /** Reads an object; throws {@link JsonException} if the text is not exactly one JSON object. */
    public static JsonObject parse(String json) {
        return JsonText.parseObject(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads an object in UTF-8; throws {@link JsonException} if it is not exactly one JSON object. Copies the array. */
    public static JsonObject parse(byte[] utf8) {
        return JsonText.parseObject(utf8.clone());
    }

    /**
     * Converts the object to a record (or bean) of the application. Members that the type does not have are ignored.
     *
     * @throws JsonException if a member does not fit the type; the message names the type and the member
     */
    public <T> T to(Class<T> type) {
        return UserTypes.fromJson(this, type);
    }

    /** How many members there are. */
    public int size() {
        return members().size();
    }

    /** Whether there are no members. */
    public boolean isEmpty() {
        return members().isEmpty();
    }

    /** The members' names, in order. */
    public Set<String> names() {
        return members().keySet();
    }

    /** Whether there is such a member, be it {@code null}. */
    public boolean has(String name) {
        return members().containsKey(name);
    }

    /** The member, or empty when there is none; a member that is JSON's {@code null} is present. */
    public Optional<JsonValue> find(String name) {
        return Optional.ofNullable(members().get(name));
    }

    /** The member; throws {@link JsonException} if there is none. */
    public JsonValue get(String name) {
        JsonValue value = members().get(name);
        if (value == null) {
            throw new JsonException("no member '" + name + "'");
        }
        return value;
    }

    /** The text member; throws {@link JsonException} if there is none or it is of another kind. */
    public String getString(String name) {
        return typed(name, JsonValue::asString);
    }

    /** The text member, or {@code fallback} when it is absent or null. */
    public String getString(String name, String fallback) {
        return isUnset(name) ? fallback : getString(name);
    }

    /** The whole-number member; throws {@link JsonException} if there is none, or it is of another kind or too large. */
    public int getInt(String name) {
        return typed(name, JsonValue::asInt);
    }

    /** The whole-number member, or {@code fallback} when it is absent or null. */
    public int getInt(String name, int fallback) {
        return isUnset(name) ? fallback : getInt(name);
    }

    /** The whole-number member; throws {@link JsonException} if there is none, or it is of another kind or too large. */
    public long getLong(String name) {
        return typed(name, JsonValue::asLong);
    }

    /** The whole-number member, or {@code fallback} when it is absent or null. */
    public long getLong(String name, long fallback) {
        return isUnset(name) ? fallback : getLong(name);
    }

    /** The number member; throws {@link JsonException} if there is none or it is of another kind. */
    public double getDouble(String name) {
        return typed(name, JsonValue::asDouble);
    }

    /** The number member, or {@code fallback} when it is absent or null. */
    public double getDouble(String name, double fallback) {
        return isUnset(name) ? fallback : getDouble(name);
    }

    /** The boolean member; throws {@link JsonException} if there is none or it is of another kind. */
    public boolean getBoolean(String name) {
        return typed(name, JsonValue::asBoolean);
    }

    /** The boolean member, or {@code fallback} when it is absent or null. */
    public boolean getBoolean(String name, boolean fallback) {
        return isUnset(name) ? fallback : getBoolean(name);
    }

    /** The object member; throws {@link JsonException} if there is none or it is of another kind. */
    public JsonObject getObject(String name) {
        return typed(name, JsonValue::asObject);
    }

    /** The array member; throws {@link JsonException} if there is none or it is of another kind. */
    public JsonArray getArray(String name) {
        return typed(name, JsonValue::asArray);
    }

    /** A copy in which one member has another value (converted as {@link JsonValue#of} does) or is added at the end. */
    public JsonObject with(String name, @Nullable Object value) {
        Map<String, JsonValue> copy = new LinkedHashMap<>(members());
        copy.put(name, JsonValue.of(value));
        return ofMembers(copy);
    }

    /** A copy without one member. */
    public JsonObject without(String name) {
        Map<String, JsonValue> copy = new LinkedHashMap<>(members());
        copy.remove(name);
        return ofMembers(copy);
    }

    /** All members in order; the map cannot be changed. */
    public Map<String, JsonValue> members() {
        Map<String, JsonValue> known = members;
        if (known == null) {
            known = JsonText.parseMembers(utf8Shared());
            members = known;
        }
        return known;
    }

    /** The length of the JSON text in UTF-8: what it takes to send or store the object. */
    public int byteLength() {
        return utf8Shared().length;
    }

    /**
     * Checks that the object's text can be read back: an object that was put together in memory may be nested too deep or
     * hold a text that is no Unicode. Costs nothing for an object that came off the wire, one pass over the text otherwise.
     *
     * @return this object
     * @throws JsonException if the text breaks a bound of {@link #parse(byte[])}
     */
    public JsonObject requireReadable() {
        if (!readable) {
            JsonText.requireObject(utf8Shared());
            readable = true;
        }
        return this;
    }

    /** The JSON text in UTF-8; a new array at each call. */
    public byte[] toBytes() {
        return utf8Shared().clone();
    }

    /** The JSON text in UTF-8, shared: not to be changed. */
    byte[] utf8Shared() {
        byte[] known = utf8;
        if (known == null) {
            known = JsonText.writeMembers(members());
            utf8 = known;
        }
        return known;
    }

    /** The JSON text in UTF-8, shared, where it was read or made before; else null. */
    byte @Nullable [] utf8IfKnown() {
        return utf8;
    }

    @Override
    public String kind() {
        return "object";
    }

    @Override
    public JsonObject asObject() {
        return this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof JsonObject that && members().equals(that.members()));
    }

    @Override
    public int hashCode() {
        return members().hashCode();
    }

    /** The JSON text. */
    @Override
    public String toString() {
        return new String(utf8Shared(), StandardCharsets.UTF_8);
    }

    private boolean isUnset(String name) {
        JsonValue value = members().get(name);
        return value == null || value.isNull();
    }

    private <T> T typed(String name, Function<JsonValue, T> conversion) {
        JsonValue value = get(name);
        try {
            return conversion.apply(value);
        } catch (JsonException e) {
            throw new JsonException("member '" + name + "': " + e.getMessage(), e);
        }
    }
}
