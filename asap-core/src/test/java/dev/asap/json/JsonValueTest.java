// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValueTest {
    @Test
    void object_ofJavaValues_hasThemTyped() {
        JsonObject object = JsonObject.of(
                "text",
                "ü",
                "int",
                7,
                "long",
                Long.MAX_VALUE,
                "double",
                0.5,
                "bool",
                true,
                "none",
                null,
                "time",
                Instant.parse("2026-01-02T03:04:05.1Z"),
                "list",
                List.of(1, "a"),
                "map",
                Map.of("k", new BigDecimal("1.50")),
                "big",
                new BigInteger("12345678901234567890"));

        assertThat(object.getString("text")).isEqualTo("ü");
        assertThat(object.getInt("int")).isEqualTo(7);
        assertThat(object.getLong("long")).isEqualTo(Long.MAX_VALUE);
        assertThat(object.getDouble("double")).isEqualTo(0.5);
        assertThat(object.getBoolean("bool")).isTrue();
        assertThat(object.get("none")).isEqualTo(JsonNull.INSTANCE);
        assertThat(object.getString("time")).isEqualTo("2026-01-02T03:04:05.100000Z");
        assertThat(object.getArray("list")).isEqualTo(JsonArray.of(1, "a"));
        assertThat(object.getObject("map").get("k").asDecimal()).isEqualTo(new BigDecimal("1.50"));
        assertThat(object.get("big")).hasToString("12345678901234567890");
        assertThat(object.size()).isEqualTo(10);
        assertThat(JsonObject.parse(object.toString())).isEqualTo(object).hasSameHashCodeAs(object);
    }

    @Test
    void object_withoutTheMember_givesTheFallbackOrSaysSo() {
        JsonObject object = JsonObject.of("none", null, "text", "a");

        for (String name : List.of("absent", "none")) {
            assertThat(object.getString(name, "x")).isEqualTo("x");
            assertThat(object.getInt(name, 1)).isEqualTo(1);
            assertThat(object.getLong(name, 2L)).isEqualTo(2);
            assertThat(object.getDouble(name, 0.5)).isEqualTo(0.5);
            assertThat(object.getBoolean(name, true)).isTrue();
        }
        assertThat(object.find("absent")).isEmpty();
        assertThat(object.find("none")).contains(JsonNull.INSTANCE);
        assertThat(object.has("none")).isTrue();
        assertThatThrownBy(() -> object.get("absent"))
                .isInstanceOf(JsonException.class)
                .hasMessage("no member 'absent'");
        assertThatThrownBy(() -> object.getInt("text", 1))
                .isInstanceOf(JsonException.class)
                .hasMessage("member 'text': expected a whole number, got string");
        assertThatThrownBy(() -> object.getString("none")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> object.getObject("text")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> object.getArray("text")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> object.getBoolean("text")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> object.getDouble("text")).isInstanceOf(JsonException.class);
    }

    @Test
    void object_changed_isACopy() {
        JsonObject object = JsonObject.parse("{\"a\":1, \"b\":2}");

        assertThat(object.with("a", 3)).hasToString("{\"a\":3,\"b\":2}");
        assertThat(object.with("c", null)).hasToString("{\"a\":1,\"b\":2,\"c\":null}");
        assertThat(object.without("a")).hasToString("{\"b\":2}");
        assertThat(object.without("a").without("b")).isEqualTo(JsonObject.empty());
        assertThat(object).hasToString("{\"a\":1, \"b\":2}");
        assertThatThrownBy(() -> object.members().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> object.names().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void object_sharesNothingThatCanChange() {
        byte[] bytes = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        JsonObject object = JsonObject.parse(bytes);
        bytes[5] = '2';
        object.toBytes()[5] = '3';
        List<Object> list = new ArrayList<>(List.of(1));
        Map<String, Object> map = new LinkedHashMap<>(Map.of("k", list));
        JsonValue value = JsonValue.of(map);
        list.add(2);
        map.clear();

        assertThat(object.getInt("a")).isEqualTo(1);
        assertThat(object).hasToString("{\"a\":1}");
        assertThat(value).hasToString("{\"k\":[1]}");
    }

    @Test
    void object_equalsByContent_notByOrderOrSpelling() {
        assertThat(JsonObject.parse("{\"a\":1,\"b\":[true]}"))
                .isEqualTo(JsonObject.parse(" { \"b\" : [ true ] , \"\\u0061\" : 1 } "))
                .hasSameHashCodeAs(JsonObject.parse("{\"b\":[true],\"a\":1}"))
                .isNotEqualTo(JsonObject.parse("{\"a\":1.0,\"b\":[true]}"));
        assertThat(JsonObject.parse("{\"a\":1,\"a\":2}")).isEqualTo(JsonObject.of("a", 2));
    }

    @Test
    void object_ofOddArguments_isRefused() {
        assertThatThrownBy(() -> JsonObject.of("a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonObject.of(1, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonValue.of(new Object())).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JsonValue.of(Double.NaN)).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,true",
        "1,1.0,false",
        "1.0,1.00,true",
        "1e2,100.0,true",
        "1e2,100,false",
        "0,-0,true",
        "-0.0,0.0,true",
        "12345678901234567890123,12345678901234567890123,true",
        "1E+2,1e2,true",
        "2,3,false",
        "0.1,0.10000000000000001,false"
    })
    void numbers_areEqualByKindAndValue(String one, String other, boolean equal) {
        JsonNumber a = new JsonNumber(one);
        JsonNumber b = new JsonNumber(other);

        assertThat(a.equals(b)).isEqualTo(equal);
        assertThat(b.equals(a)).isEqualTo(equal);
        if (equal) {
            assertThat(a).hasSameHashCodeAs(b);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "+1", ".5", "1.", "1e", "0x1", "NaN", "Infinity", " 1", "1 ", "--1", "١"})
    void number_thatIsNotJson_isRefused(String text) {
        assertThatThrownBy(() -> new JsonNumber(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void number_ofHostileSize_isBoundedInWork() {
        assertThat(new JsonNumber("1e999999999").asDouble()).isInfinite();
        assertThatThrownBy(() -> new JsonNumber("1e999999999").asLong()).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> new JsonNumber("9".repeat(1001))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JsonValue.parse("9".repeat(1001))).isInstanceOf(JsonException.class);
        assertThat(new JsonNumber("1e999999999")).isNotEqualTo(new JsonNumber("1.0"));
        assertThat(new JsonNumber("1e-999999999").asDouble()).isZero();
    }

    @Test
    void number_convertsWithoutLossOrNotAtAll() {
        assertThat(new JsonNumber("5.0").asLong()).isEqualTo(5);
        assertThat(new JsonNumber("1e3").asInt()).isEqualTo(1000);
        assertThat(new JsonNumber("-9223372036854775808").asLong()).isEqualTo(Long.MIN_VALUE);
        assertThatThrownBy(() -> new JsonNumber("5.5").asLong()).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> new JsonNumber("2147483648").asInt()).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> new JsonNumber("9223372036854775808").asLong()).isInstanceOf(JsonException.class);
        assertThat(JsonNumber.of(1.0)).hasToString("1.0");
        assertThat(JsonNumber.of(1)).hasToString("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\"}",
                "tru",
                "1 2",
                "{}x",
                "\"a",
                "\"\\x\"",
                "\"a\nb\"",
                "NaN",
                "// c\n1",
                "\uFEFF1"
            })
    void text_thatIsNotOneValue_isRefused(String json) {
        assertThatThrownBy(() -> JsonValue.parse(json)).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JsonObject.parse("{\"a\":" + json)).isInstanceOf(JsonException.class);
    }

    @Test
    void text_ofAnotherKind_isNoObject() {
        for (String json : List.of("[]", "1", "null", "\"{}\"")) {
            assertThatThrownBy(() -> JsonObject.parse(json))
                    .isInstanceOf(JsonException.class)
                    .hasMessageContaining("expected an object");
        }
    }

    @Test
    void nesting_isBoundedAtItsLimit() {
        int limit = JsonValue.MAX_DEPTH;

        assertThat(JsonValue.parse("[".repeat(limit) + "]".repeat(limit)).kind())
                .isEqualTo("array");
        assertThatThrownBy(() -> JsonValue.parse("[".repeat(limit + 1) + "]".repeat(limit + 1)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JsonObject.parse("{\"a\":".repeat(limit + 1) + "1" + "}".repeat(limit + 1)))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void bytes_thatAreNotUtf8_areRefusedWhereverTheyStand() {
        byte[] broken = "{\"a\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        broken[6] = (byte) 0xFF;
        byte[] cut = "\"ä".getBytes(StandardCharsets.UTF_8);
        byte[] overlong = {'"', (byte) 0xC0, (byte) 0x80, '"'};
        byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};

        for (byte[] bytes : List.of(broken, cut, overlong, surrogate)) {
            assertThatThrownBy(() -> JsonValue.parse(bytes)).isInstanceOf(JsonException.class);
        }
        assertThatThrownBy(() -> JsonObject.parse(broken)).isInstanceOf(JsonException.class);
    }

    @Test
    void values_ofOtherKinds_sayWhatTheyAre() {
        assertThatThrownBy(() -> JsonNull.INSTANCE.asObject()).hasMessage("expected an object, got null");
        assertThatThrownBy(() -> JsonBoolean.TRUE.asString()).hasMessage("expected a string, got boolean");
        assertThatThrownBy(() -> new JsonString("1").asLong()).hasMessage("expected a whole number, got string");
        assertThatThrownBy(() -> JsonArray.of().asDecimal()).hasMessage("expected a number, got array");
        assertThatThrownBy(() -> JsonNumber.of(1).asBoolean()).hasMessage("expected a boolean, got number");
        assertThat(JsonNull.INSTANCE.isNull()).isTrue();
        assertThat(JsonArray.of("a", "b").asStrings()).containsExactly("a", "b");
        assertThat(new JsonString("a\"\\\n\u0001é")).hasToString("\"a\\\"\\\\\\n\\u0001é\"");
    }

    @Test
    void number_withAnExponentBeyondEveryDecimal_comparesAndFailsClearly() {
        JsonNumber huge = new JsonNumber("1e99999999999");

        assertThat(huge).isEqualTo(new JsonNumber("1e99999999999")).isNotEqualTo(new JsonNumber("2e99999999999"));
        assertThatThrownBy(huge::asDecimal).isInstanceOf(JsonException.class);
        assertThatThrownBy(huge::asLong).isInstanceOf(JsonException.class);
        assertThat(huge.asDouble()).isInfinite();
    }

    @Test
    void text_withHalfOfASurrogatePair_isWrittenAsciiWithTheRestAsItIs() {
        String text = "\ud800a \"\\\n\u007fé\udfff~";

        assertThat(new JsonString(text)).hasToString("\"\\ud800a \\u0022\\u005c\\u000a\\u007f\\u00e9\\udfff~\"");
        assertThat(JsonValue.parse(new JsonString(text).toString())).isEqualTo(new JsonString(text));
    }
}
