// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.asap.ASAPException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON text and free-form values: the one place that knows how this library's texts are parsed and written. */
final class JsonText {
    /** Reads UTF-8 and nothing else, within bounds; names are not interned, so foreign names do not pile up. */
    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonValue.MAX_DEPTH)
                    .maxNumberLength(1000)
                    .maxNameLength(10_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int VALIDATION_CHUNK = 4096;

    private static final String PARSER_PACKAGE = JsonFactory.class.getPackageName() + ".";

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonText() {}

    static JsonValue parse(byte[] utf8) {
        try (JsonParser parser = open(utf8)) {
            JsonValue value = readValue(parser, requireToken(parser));
            requireEnd(parser);
            return value;
        } catch (IOException | RuntimeException e) {
            throw malformed(e);
        }
    }

    /** Checks the text and keeps the array: it must not change afterwards. */
    static JsonObject parseObject(byte[] utf8) {
        requireObject(utf8);
        return JsonObject.ofTrusted(utf8);
    }

    /** Checks that the text is exactly one object within the bounds of what is read. */
    static void requireObject(byte[] utf8) {
        try (JsonParser parser = open(utf8)) {
            JsonToken token = requireToken(parser);
            if (token != JsonToken.START_OBJECT) {
                throw new JsonException("expected an object, got " + kindOf(token));
            }
            parser.skipChildren();
            requireEnd(parser);
        } catch (IOException | RuntimeException e) {
            throw malformed(e);
        }
    }

    static Map<String, JsonValue> parseMembers(byte[] utf8) {
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            requireToken(parser);
            return Collections.unmodifiableMap(readMembers(parser));
        } catch (IOException | RuntimeException e) {
            throw malformed(e);
        }
    }

    /** A parser for text from outside, after the checks that the parser does not make itself. */
    static JsonParser open(byte[] utf8) throws IOException {
        if (utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB && utf8[2] == (byte) 0xBF) {
            throw new JsonException("malformed JSON: the text begins with a byte order mark");
        }
        requireUtf8(utf8);
        return FACTORY.createParser(utf8);
    }

    static JsonToken requireToken(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new JsonException("malformed JSON: the text is empty");
        }
        return token;
    }

    static void requireEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonException("malformed JSON: something follows the value");
        }
    }

    /** What to throw when reading a text failed: a failure that is no judgement on the text is thrown as it is. */
    static RuntimeException malformed(Exception e) {
        if (e instanceof RuntimeException unchecked) {
            return isOfTheParser(unchecked)
                    ? new JsonException("JSON out of bounds: the parser cannot take the names in it", e)
                    : unchecked;
        }
        if (e instanceof StreamConstraintsException) {
            return new JsonException("JSON out of bounds: " + ((JacksonException) e).getOriginalMessage(), e);
        }
        if (e instanceof JacksonException syntax) {
            var at = syntax.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            return new JsonException("malformed JSON: " + firstLine(syntax.getOriginalMessage()) + where, e);
        }
        return new JsonException("malformed JSON: " + e.getMessage(), e);
    }

    /**
     * Whether the parser threw this itself. Names that were made to collide overflow its tables, which it reports in ways that
     * it does not promise. A virtual machine leaves out the trace of what was thrown many thousand times from the same place:
     * no mistake of ours gets that far unseen.
     */
    private static boolean isOfTheParser(RuntimeException e) {
        if (e instanceof ASAPException) {
            return false;
        }
        StackTraceElement[] trace = e.getStackTrace();
        int top = 0;
        while (top < trace.length && trace[top].getClassName().startsWith("java.")) {
            top++;
        }
        return top == trace.length || trace[top].getClassName().startsWith(PARSER_PACKAGE);
    }

    static JsonValue readValue(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> JsonObject.ofMembers(readMembers(parser));
            case START_ARRAY -> readArray(parser);
            case VALUE_STRING -> new JsonString(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getText());
            case VALUE_TRUE -> JsonBoolean.TRUE;
            case VALUE_FALSE -> JsonBoolean.FALSE;
            case VALUE_NULL -> JsonNull.INSTANCE;
            default -> throw new JsonException("malformed JSON: unexpected " + token);
        };
    }

    private static Map<String, JsonValue> readMembers(JsonParser parser) throws IOException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            members.put(name, readValue(parser, parser.nextToken()));
        }
        return members;
    }

    private static JsonArray readArray(JsonParser parser) throws IOException {
        List<JsonValue> values = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            values.add(readValue(parser, token));
        }
        return new JsonArray(values);
    }

    static String write(JsonValue value) {
        return new String(toBytes(generator -> writeValue(generator, value)), StandardCharsets.UTF_8);
    }

    static byte[] writeMembers(Map<String, JsonValue> members) {
        return toBytes(generator -> writeMembers(generator, members));
    }

    private static void writeMembers(JsonGenerator generator, Map<String, JsonValue> members) throws IOException {
        generator.writeStartObject();
        for (Map.Entry<String, JsonValue> member : members.entrySet()) {
            writeName(generator, member.getKey());
            writeValue(generator, member.getValue());
        }
        generator.writeEndObject();
    }

    /** Bytes where they are known, else member by member: a generator inside a generator would need buffers of its own. */
    private static void writeObject(JsonGenerator generator, JsonObject object) throws IOException {
        byte[] known = object.utf8IfKnown();
        if (known != null) {
            generator.writeRawValue(new RawJson(known));
        } else {
            writeMembers(generator, object.members());
        }
    }

    static void writeValue(JsonGenerator generator, JsonValue value) throws IOException {
        if (value instanceof JsonObject object) {
            writeObject(generator, object);
        } else if (value instanceof JsonArray array) {
            generator.writeStartArray();
            for (JsonValue element : array.values()) {
                writeValue(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof JsonString string) {
            writeString(generator, string.value());
        } else {
            generator.writeRawValue(value.toString());
        }
    }

    /** Writes a text; half a surrogate pair, which UTF-8 cannot say, is written as the escape that it was read from. */
    static void writeString(JsonGenerator generator, String text) throws IOException {
        if (isWellFormed(text)) {
            generator.writeString(text);
        } else {
            generator.writeRawValue(quoted(text));
        }
    }

    static void writeName(JsonGenerator generator, String name) throws IOException {
        if (isWellFormed(name)) {
            generator.writeFieldName(name);
        } else {
            String quoted = quoted(name);
            // The generator puts the quotes around names itself.
            generator.writeFieldName(
                    new RawJson(quoted.substring(1, quoted.length() - 1).getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** Whether every half of a surrogate pair has its other half. */
    static boolean isWellFormed(String text) {
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                return false;
            }
            i += Character.charCount(codePoint);
        }
        return true;
    }

    /** A JSON string in ASCII. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
                quoted.append(c);
            } else {
                quoted.append("\\u")
                        .append(HEX[c >> 12])
                        .append(HEX[c >> 8 & 15])
                        .append(HEX[c >> 4 & 15])
                        .append(HEX[c & 15]);
            }
        }
        return quoted.append('"').toString();
    }

    /** What writes to a generator. */
    @FunctionalInterface
    interface Content {
        void writeTo(JsonGenerator generator) throws IOException;
    }

    static byte[] toBytes(Content content) {
        ExactOutput output = new ExactOutput();
        try (JsonGenerator generator = FACTORY.createGenerator(output)) {
            content.writeTo(generator);
        } catch (IOException e) {
            // Nothing but the content can be wrong: half of a surrogate pair, for instance.
            throw new JsonException("cannot write JSON: " + firstLine(String.valueOf(e.getMessage())), e);
        }
        return output.toByteArray();
    }

    static String kindOf(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "object";
            case START_ARRAY -> "array";
            case VALUE_STRING -> "string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
            case VALUE_TRUE, VALUE_FALSE -> "boolean";
            default -> "null";
        };
    }

    /**
     * Refuses text that is not UTF-8. The parser checks only what it decodes, and bytes that we keep unread are handed on to
     * others as they are.
     */
    private static void requireUtf8(byte[] utf8) {
        int seen = 0;
        for (byte b : utf8) {
            seen |= b;
        }
        if (seen >= 0) {
            return;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(VALIDATION_CHUNK);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            try {
                result.throwException();
            } catch (CharacterCodingException e) {
                throw new JsonException("malformed JSON: byte " + in.position() + " is not UTF-8", e);
            }
        }
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
