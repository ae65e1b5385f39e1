// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of simple values, as lenient when reading as the protocol is: whole numbers may come as {@code 5.0}, {@code "5"}
 * or {@code true}, truth values as {@code 1}, {@code "yes"} or {@code "off"}. Writing is exact.
 */
public final class Shapes {
    /** A text. */
    public static final JsonShape<String> TEXT = new TextShape();

    /** A truth value. */
    public static final JsonShape<Boolean> BOOLEAN = new BooleanShape();

    /** A whole number of 64 bits. */
    public static final JsonShape<Long> LONG = new LongShape();

    /** A whole number of 32 bits. */
    public static final JsonShape<Integer> INT = LONG.map(Shapes::toInt, Integer::longValue);

    /** A finite number. */
    public static final JsonShape<Double> DOUBLE = new DoubleShape();

    /** A point in time; see {@link WireTime}. */
    public static final JsonShape<Instant> TIME = new TimeShape();

    /** Any object, its bytes kept unread. */
    public static final JsonShape<JsonObject> OBJECT = new ObjectShape();

    /** Any value, JSON's null included. */
    public static final JsonShape<JsonValue> VALUE = new ValueShape();

    /** Any value; of an object or array only the kind is read, and it comes out empty, however large it is. */
    public static final JsonShape<JsonValue> SHALLOW = new ShallowShape();

    /** A value that is written, and passed over unread when it is received: it is read as JSON's null. */
    public static final JsonShape<JsonValue> UNREAD = new UnreadShape();

    private Shapes() {}

    /** A list of values of one shape. */
    public static <T> JsonShape<List<T>> listOf(JsonShape<T> element) {
        return new ListShape<>(element);
    }

    /**
     * A text out of a known set: strict readers refuse others as {@code errorType}, tolerant ones keep them.
     *
     * @param expected the known texts, for messages
     */
    public static <T> JsonShape<T> oneOf(
            Function<String, T> of,
            Function<T, String> text,
            Predicate<T> known,
            String errorType,
            List<String> expected) {
        return new OneOfShape<>(of, text, known, errorType, expected);
    }

    /** An object whose members, whatever their names are, all have this shape; the map keeps their order. */
    public static <T> JsonShape<Map<String, T>> mapOf(JsonShape<T> member) {
        return new MapShape<>(member);
    }

    /** A value whose violations become an {@link Outcome} instead of failing what surrounds it. */
    public static <T> JsonShape<Outcome<T>> attempt(JsonShape<T> shape) {
        return new AttemptShape<>(shape);
    }

    /** An object whose text member {@code tag} says which of the variants it is. */
    public static <T> JsonShape<T> tagged(String tag, List<Variant<? extends T>> variants) {
        return new TaggedShape<>(tag, variants);
    }

    /**
     * One variant of a tagged object.
     *
     * @param <T> the variant's type
     * @param tag the value of the tag member
     * @param type the variant's class
     * @param shape the variant's shape, the tag member included
     */
    public record Variant<T>(String tag, Class<T> type, JsonShape<T> shape) {}

    private static int toInt(Long value) {
        if (value != value.intValue()) {
            throw new IllegalArgumentException("must be a whole number of 32 bits, got " + value);
        }
        return value.intValue();
    }

    private static final class TextShape extends JsonShape<String> {
        @Override
        @Nullable
        String read(ShapeReader in) throws IOException {
            if (in.token() != JsonToken.VALUE_STRING) {
                return in.refuse("string_type", "must be a string");
            }
            String text = in.parser.getText();
            if (!JsonText.isWellFormed(text)) {
                in.report("string_unicode", "must not have half of a surrogate pair");
                return null;
            }
            return text;
        }

        @Override
        void write(ShapeWriter out, String value) throws IOException {
            JsonText.writeString(out.generator(), value);
        }
    }

    private static final class BooleanShape extends JsonShape<Boolean> {
        private static final Set<String> TRUE = Set.of("true", "1", "yes", "y", "on", "t");
        private static final Set<String> FALSE = Set.of("false", "0", "no", "n", "off", "f");

        @Override
        @Nullable
        Boolean read(ShapeReader in) throws IOException {
            return switch (in.token()) {
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parsed(in);
                default -> in.refuse("bool_type", "must be true or false");
            };
        }

        private static @Nullable Boolean parsed(ShapeReader in) throws IOException {
            String text = in.parser.getText().toLowerCase(Locale.ROOT);
            if (TRUE.contains(text) || text.equals("1.0")) {
                return true;
            } else if (FALSE.contains(text) || text.equals("0.0")) {
                return false;
            }
            return in.refuse("bool_parsing", "must be true or false");
        }

        @Override
        void write(ShapeWriter out, Boolean value) throws IOException {
            out.generator().writeBoolean(value);
        }
    }

    private static final class LongShape extends JsonShape<Long> {
        @Override
        @Nullable
        Long read(ShapeReader in) throws IOException {
            return switch (in.token()) {
                case VALUE_TRUE -> 1L;
                case VALUE_FALSE -> 0L;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> exact(in, in.parser.getText(), "int_from_float");
                case VALUE_STRING -> exact(in, in.parser.getText().strip(), "int_parsing");
                default -> in.refuse("int_type", "must be a whole number");
            };
        }

        private static @Nullable Long exact(ShapeReader in, String text, String error) throws IOException {
            try {
                return new JsonNumber(text).asLong();
            } catch (JsonException e) {
                return in.refuse(error, "must be a whole number of 64 bits");
            }
        }

        @Override
        void write(ShapeWriter out, Long value) throws IOException {
            out.generator().writeNumber(value);
        }
    }

    private static final class DoubleShape extends JsonShape<Double> {
        @Override
        @Nullable
        Double read(ShapeReader in) throws IOException {
            return switch (in.token()) {
                case VALUE_TRUE -> 1.0;
                case VALUE_FALSE -> 0.0;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> finite(in, in.parser.getText(), "finite_number");
                case VALUE_STRING -> finite(in, in.parser.getText().strip(), "float_parsing");
                default -> in.refuse("float_type", "must be a number");
            };
        }

        private static @Nullable Double finite(ShapeReader in, String text, String error) throws IOException {
            try {
                double value = new JsonNumber(text).asDouble();
                return Double.isFinite(value) ? Double.valueOf(value) : in.refuse(error, "must be a finite number");
            } catch (JsonException e) {
                return in.refuse(error, "must be a number");
            }
        }

        @Override
        void write(ShapeWriter out, Double value) throws IOException {
            out.generator().writeNumber(value);
        }
    }

    private static final class TimeShape extends JsonShape<Instant> {
        @Override
        @Nullable
        Instant read(ShapeReader in) throws IOException {
            try {
                return switch (in.token()) {
                    case VALUE_STRING -> WireTime.parse(in.parser.getText());
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> WireTime.ofNumber(new BigDecimal(in.parser.getText()));
                    default -> in.refuse("datetime_type", "must be a date and time");
                };
            } catch (IllegalArgumentException e) {
                in.report("datetime_from_date_parsing", String.valueOf(e.getMessage()));
                return null;
            }
        }

        @Override
        void write(ShapeWriter out, Instant value) throws IOException {
            out.generator().writeString(WireTime.format(value));
        }
    }

    private static final class ObjectShape extends JsonShape<JsonObject> {
        @Override
        @Nullable
        JsonObject read(ShapeReader in) throws IOException {
            return in.token() == JsonToken.START_OBJECT
                    ? JsonObject.ofTrusted(in.capture())
                    : in.refuse("dict_type", "must be an object");
        }

        @Override
        void write(ShapeWriter out, JsonObject value) throws IOException {
            JsonText.writeValue(out.generator(), value);
        }
    }

    private static final class ValueShape extends JsonShape<JsonValue> {
        @Override
        JsonValue read(ShapeReader in) throws IOException {
            return JsonText.readValue(in.parser, in.token());
        }

        @Override
        void write(ShapeWriter out, JsonValue value) throws IOException {
            JsonText.writeValue(out.generator(), value);
        }
    }

    private static final class ShallowShape extends JsonShape<JsonValue> {
        @Override
        JsonValue read(ShapeReader in) throws IOException {
            JsonToken token = in.token();
            in.parser.skipChildren();
            return switch (token) {
                case START_OBJECT -> JsonObject.empty();
                case START_ARRAY -> new JsonArray(List.of());
                default -> JsonText.readValue(in.parser, token);
            };
        }

        @Override
        void write(ShapeWriter out, JsonValue value) throws IOException {
            JsonText.writeValue(out.generator(), value);
        }
    }

    private static final class UnreadShape extends JsonShape<JsonValue> {
        @Override
        JsonValue read(ShapeReader in) throws IOException {
            in.parser.skipChildren();
            return JsonNull.INSTANCE;
        }

        @Override
        void write(ShapeWriter out, JsonValue value) throws IOException {
            JsonText.writeValue(out.generator(), value);
        }
    }

    private static final class ListShape<T> extends JsonShape<List<T>> {
        private final JsonShape<T> element;

        ListShape(JsonShape<T> element) {
            this.element = element;
        }

        @Override
        @Nullable
        List<T> read(ShapeReader in) throws IOException {
            if (in.token() != JsonToken.START_ARRAY) {
                return in.refuse("list_type", "must be an array");
            }
            List<T> list = new ArrayList<>();
            for (int i = 0; in.parser.nextToken() != JsonToken.END_ARRAY; i++) {
                in.enter(Integer.toString(i));
                T value = element.read(in);
                in.leave();
                if (value != null) {
                    list.add(value);
                }
            }
            return list;
        }

        @Override
        void write(ShapeWriter out, List<T> values) throws IOException {
            out.generator().writeStartArray();
            for (T value : values) {
                element.write(out, value);
            }
            out.generator().writeEndArray();
        }
    }

    private static final class MapShape<T> extends JsonShape<Map<String, T>> {
        private final JsonShape<T> member;

        MapShape(JsonShape<T> member) {
            this.member = member;
        }

        @Override
        @Nullable
        Map<String, T> read(ShapeReader in) throws IOException {
            if (in.token() != JsonToken.START_OBJECT) {
                return in.refuse("dict_type", "must be an object");
            }
            Map<String, T> map = new LinkedHashMap<>();
            while (in.parser.nextToken() != JsonToken.END_OBJECT) {
                String name = in.parser.currentName();
                in.parser.nextToken();
                in.enter(name);
                T value = member.read(in);
                in.leave();
                if (value != null) {
                    map.put(name, value);
                }
            }
            return map;
        }

        @Override
        void write(ShapeWriter out, Map<String, T> values) throws IOException {
            out.generator().writeStartObject();
            for (Map.Entry<String, T> value : values.entrySet()) {
                JsonText.writeName(out.generator(), value.getKey());
                member.write(out, value.getValue());
            }
            out.generator().writeEndObject();
        }
    }

    private static final class OneOfShape<T> extends JsonShape<T> {
        private final Function<String, T> of;
        private final Function<T, String> text;
        private final Predicate<T> known;
        private final String errorType;
        private final List<String> expected;

        OneOfShape(
                Function<String, T> of,
                Function<T, String> text,
                Predicate<T> known,
                String errorType,
                List<String> expected) {
            this.of = of;
            this.text = text;
            this.known = known;
            this.errorType = errorType;
            this.expected = List.copyOf(expected);
        }

        @Override
        @Nullable
        T read(ShapeReader in) throws IOException {
            if (in.token() != JsonToken.VALUE_STRING) {
                return in.refuse(errorType, "must be one of " + expected);
            }
            T value = of.apply(in.parser.getText());
            if (in.options.isStrict() && !known.test(value)) {
                in.report(errorType, "must be one of " + expected + ", exactly so");
                return null;
            }
            return value;
        }

        @Override
        void write(ShapeWriter out, T value) throws IOException {
            out.generator().writeString(text.apply(value));
        }
    }

    private static final class AttemptShape<T> extends JsonShape<Outcome<T>> {
        private final JsonShape<T> shape;

        AttemptShape(JsonShape<T> shape) {
            this.shape = shape;
        }

        @Override
        Outcome<T> read(ShapeReader in) throws IOException {
            return in.attempt(shape);
        }

        @Override
        void write(ShapeWriter out, Outcome<T> value) throws IOException {
            if (!(value instanceof Outcome.Read<T> read)) {
                throw new IllegalArgumentException("a refused value has no JSON form");
            }
            shape.write(out, read.value());
        }
    }

    private static final class TaggedShape<T> extends JsonShape<T> {
        private final String tag;
        private final Map<String, Variant<? extends T>> variants = new LinkedHashMap<>();

        TaggedShape(String tag, List<Variant<? extends T>> variants) {
            this.tag = tag;
            variants.forEach(variant -> this.variants.put(variant.tag(), variant));
        }

        @Override
        @Nullable
        T read(ShapeReader in) throws IOException {
            if (in.token() != JsonToken.START_OBJECT) {
                return in.refuse("model_type", "must be an object");
            }
            byte[] captured = in.capture();
            JsonValue value = JsonText.parseMembers(captured).get(tag);
            if (value == null) {
                in.report("union_tag_not_found", "must have the member '" + tag + "'");
                return null;
            }
            Variant<? extends T> variant = value instanceof JsonString text ? variants.get(text.value()) : null;
            if (variant == null) {
                in.report("union_tag_invalid", "member '" + tag + "' must be one of " + variants.keySet());
                return null;
            }
            return in.readCaptured(variant.shape(), captured);
        }

        @Override
        void write(ShapeWriter out, T value) throws IOException {
            for (Variant<? extends T> variant : variants.values()) {
                if (variant.type().isInstance(value)) {
                    writeAs(variant, out, value);
                    return;
                }
            }
            throw new IllegalArgumentException(
                    "no variant for a " + value.getClass().getName());
        }

        private static <V> void writeAs(Variant<V> variant, ShapeWriter out, Object value) throws IOException {
            variant.shape().write(out, variant.type().cast(value));
        }
    }
}
