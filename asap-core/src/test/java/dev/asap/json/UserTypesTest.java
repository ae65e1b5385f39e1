// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Records of an application to free-form objects and back. */
class UserTypesTest {
    record Order(String id, int count, @Nullable Instant due, Duration limit, List<Line> lines) {}

    record Line(String item, double price) {}

    record Open(
            JsonObject meta,
            @Nullable JsonValue any,
            JsonArray list,
            JsonNumber number,
            JsonString text,
            JsonBoolean flag,
            Map<String, JsonValue> map,
            List<JsonObject> objects) {}

    @Test
    void record_ofTheApplication_isConvertedBothWays() {
        Order order = new Order(
                "o", 2, Instant.parse("2026-01-02T03:04:05.5Z"), Duration.ofMinutes(1), List.of(new Line("a", 1.5)));

        JsonObject object = JsonObject.from(order);

        assertThat(object).isEqualTo(JsonObject.parse("""
                                {"id":"o","count":2,"due":"2026-01-02T03:04:05.500Z","limit":"PT1M",
                                 "lines":[{"item":"a","price":1.5}]}"""));
        assertThat(object.to(Order.class)).isEqualTo(order);
        assertThat(object.with("zzz", 1).without("due").to(Order.class))
                .isEqualTo(new Order("o", 2, null, order.limit(), order.lines()));
    }

    @Test
    void record_withJsonInside_isConvertedBothWays() {
        Open open = new Open(
                JsonObject.parse("{\"big\":12345678901234567890123,\"f\":1.50}"),
                JsonNull.INSTANCE,
                JsonArray.of(1, null, "x"),
                new JsonNumber("1.00"),
                new JsonString("t"),
                JsonBoolean.FALSE,
                Map.of("k", JsonNumber.of(1)),
                List.of(JsonObject.empty(), JsonObject.of("a", JsonArray.of())));

        JsonObject object = JsonObject.from(open);

        assertThat(object)
                .hasToString(
                        "{\"meta\":{\"big\":12345678901234567890123,\"f\":1.50},\"any\":null,\"list\":[1,null,\"x\"],"
                                + "\"number\":1.00,\"text\":\"t\",\"flag\":false,\"map\":{\"k\":1},\"objects\":[{},{\"a\":[]}]}");
        assertThat(object.to(Open.class)).isEqualTo(open);
        assertThat(object.without("any").to(Open.class).any()).isNull();
        assertThat(JsonObject.from(object)).isEqualTo(object);
        assertThat(object.to(JsonObject.class)).isEqualTo(object);
        assertThat(JsonObject.from(Map.of("m", open)).getObject("m")).isEqualTo(object);
    }

    @Test
    void object_thatDoesNotFit_saysWhichTypeAndWhy() {
        assertThatThrownBy(() -> JsonObject.of("count", "many").to(Order.class))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining(Order.class.getName())
                .hasMessageContaining("many");
        assertThatThrownBy(() -> JsonObject.of("meta", 1).to(Open.class))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("expected a JsonObject, got JSON of the kind number");
        assertThatThrownBy(() -> JsonObject.from(List.of(1)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("expected an object");
        assertThatThrownBy(() -> JsonObject.from(new Object())).isInstanceOf(JsonException.class);
    }
}
