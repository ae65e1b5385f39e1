// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JsonParser;
import dev.asap.validation.ValidationException;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How values of one type look as JSON: reads them from UTF-8 bytes and writes them to UTF-8 bytes in one pass.
 *
 * <p>Shapes are made of other shapes: see {@link Shapes} for texts, numbers and lists, and {@link RecordShape} for records.
 * Reading does not stop at the first mistake; all of them are reported. Immutable and thread-safe.
 *
 * @param <T> the type of the values
 */
public abstract class JsonShape<T> {
    JsonShape() {}

    /**
     * Reads the value at the parser's current token and leaves the parser at its last token. Where the value breaks rules,
     * reports at least one violation and returns null.
     */
    abstract @Nullable T read(ShapeReader in) throws IOException;

    abstract void write(ShapeWriter out, T value) throws IOException;

    /**
     * Reads a text.
     *
     * @param subject what is read, for messages
     * @throws JsonException if the text is not JSON
     * @throws ValidationException if the value breaks rules
     */
    public final T parse(String subject, byte[] utf8, ReadOptions options) {
        Outcome<T> outcome = attempt(utf8, options);
        if (outcome instanceof Outcome.Read<T> read) {
            return read.value();
        }
        throw ((Outcome.Refused<T>) outcome).toException(subject);
    }

    /**
     * Reads a text; broken rules are an outcome.
     *
     * @throws JsonException if the text is not JSON
     */
    public final Outcome<T> attempt(byte[] utf8, ReadOptions options) {
        try (JsonParser parser = JsonText.open(utf8)) {
            JsonText.requireToken(parser);
            Outcome<T> outcome = new ShapeReader(parser, utf8, options).attempt(this);
            JsonText.requireEnd(parser);
            return outcome;
        } catch (IOException | RuntimeException e) {
            throw JsonText.malformed(e);
        }
    }

    /** Reads an object that is at hand; see {@link #parse(String, byte[], ReadOptions)}. */
    public final T parse(String subject, JsonObject object, ReadOptions options) {
        return parse(subject, object.utf8Shared(), options);
    }

    /** The JSON text of a value in UTF-8. */
    public final byte[] toBytes(T value, WireForm form) {
        return JsonText.toBytes(generator -> write(new ShapeWriter(generator, form), value));
    }

    /** The JSON of a value that is written as an object. */
    public final JsonObject toJson(T value, WireForm form) {
        return JsonText.parseObject(toBytes(value, form));
    }

    /**
     * The shape of a type that is made from, and turned into, values of this shape. {@code to} may refuse a value with an
     * {@link IllegalArgumentException} or a {@link ValidationException}.
     */
    public final <U> JsonShape<U> map(Function<T, U> to, Function<U, T> from) {
        return new MappedShape<>(this, to, from);
    }

    private static final class MappedShape<T, U> extends JsonShape<U> {
        private final JsonShape<T> inner;
        private final Function<T, U> to;
        private final Function<U, T> from;

        MappedShape(JsonShape<T> inner, Function<T, U> to, Function<U, T> from) {
            this.inner = inner;
            this.to = to;
            this.from = from;
        }

        @Override
        @Nullable
        U read(ShapeReader in) throws IOException {
            T value = inner.read(in);
            if (value == null) {
                return null;
            }
            try {
                return to.apply(value);
            } catch (ValidationException e) {
                in.reportAll(e.violations());
            } catch (IllegalArgumentException e) {
                in.report("value_error", String.valueOf(e.getMessage()));
            }
            return null;
        }

        @Override
        void write(ShapeWriter out, U value) throws IOException {
            inner.write(out, from.apply(value));
        }
    }
}
