// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Converts between free-form objects and the application's own types, which may have {@link JsonValue}s inside. */
final class UserTypes {
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonText.FACTORY)
            .addModule(new JavaTimeModule())
            .addModule(jsonValues())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private UserTypes() {}

    static JsonObject toJson(Object value) {
        try {
            return JsonText.parseObject(MAPPER.writeValueAsBytes(value));
        } catch (JacksonException e) {
            throw new JsonException(
                    "cannot make JSON of a " + value.getClass().getName() + ": " + e.getOriginalMessage(), e);
        }
    }

    static <T> T fromJson(JsonObject object, Class<T> type) {
        try {
            return MAPPER.readValue(object.utf8Shared(), type);
        } catch (JacksonException e) {
            throw new JsonException("cannot make a " + type.getName() + " of the object: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new JsonException("cannot make a " + type.getName() + " of the object", e);
        } catch (RuntimeException e) {
            throw JsonText.malformed(e);
        }
    }

    private static SimpleModule jsonValues() {
        SimpleModule module = new SimpleModule("asap-json");
        module.addSerializer(JsonValue.class, new ValueSerializer());
        addDeserializer(module, JsonValue.class);
        addDeserializer(module, JsonObject.class);
        addDeserializer(module, JsonArray.class);
        addDeserializer(module, JsonString.class);
        addDeserializer(module, JsonNumber.class);
        addDeserializer(module, JsonBoolean.class);
        addDeserializer(module, JsonNull.class);
        return module;
    }

    private static <T extends JsonValue> void addDeserializer(SimpleModule module, Class<T> type) {
        module.addDeserializer(type, new ValueDeserializer<>(type));
    }

    private static final class ValueSerializer extends StdSerializer<JsonValue> {
        private static final long serialVersionUID = 1L;

        ValueSerializer() {
            super(JsonValue.class);
        }

        @Override
        public void serialize(JsonValue value, JsonGenerator generator, SerializerProvider provider)
                throws IOException {
            JsonText.writeValue(generator, value);
        }
    }

    private static final class ValueDeserializer<T extends JsonValue> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final Class<T> type;

        ValueDeserializer(Class<T> type) {
            super(type);
            this.type = type;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonValue value = JsonText.readValue(parser, parser.currentToken());
            if (!type.isInstance(value)) {
                return context.reportInputMismatch(
                        this, "expected a %s, got JSON of the kind %s", type.getSimpleName(), value.kind());
            }
            return type.cast(value);
        }

        /** A component that can hold JSON's null gets it; others get Java's. */
        @Override
        public @Nullable T getNullValue(DeserializationContext context) {
            return type.isInstance(JsonNull.INSTANCE) ? type.cast(JsonNull.INSTANCE) : null;
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return null;
        }
    }
}
