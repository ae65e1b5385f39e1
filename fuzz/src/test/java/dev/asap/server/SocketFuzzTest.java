// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.asap.fuzz.Bounds;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNull;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Messages of sockets: told apart with a quick look as they are by a reader. */
class SocketFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void message_isToldApartAsByAReader(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Bounds.within(text.length(), () -> {
            SocketFrame frame = SocketFrame.read(text);
            JsonValue value = parsed(text);
            if (value instanceof JsonObject object) {
                compare(frame, object);
                compareId(SocketFrame.idOf(text), object.find("id").orElse(JsonNull.INSTANCE));
            } else if (value != null) {
                assertThat(frame).isInstanceOf(SocketFrame.NotAnObject.class);
            } else {
                assertThat(frame).isNotInstanceOf(SocketFrame.NotAnObject.class);
            }
        });
    }

    private static void compare(SocketFrame frame, JsonObject object) {
        boolean pong = isText(object.find("type").orElse(null), "pong")
                && !object.find("method")
                        .filter(method -> !(method instanceof JsonNull))
                        .isPresent();
        boolean subscription = isText(object.find("method").orElse(null), "sla.subscribe")
                || isText(object.find("method").orElse(null), "sla.unsubscribe");
        Class<? extends SocketFrame> kind = pong
                ? SocketFrame.Pong.class
                : subscription ? SocketFrame.Subscription.class : SocketFrame.Request.class;
        assertThat(frame).isInstanceOf(kind);
    }

    /** What has members or elements is no id, and is not read to its depth. */
    private static void compareId(JsonValue id, JsonValue value) {
        if (value instanceof JsonObject || value instanceof JsonArray) {
            assertThat(id.kind()).isEqualTo(value.kind());
        } else {
            assertThat(id).isEqualTo(value);
        }
    }

    private static boolean isText(@Nullable JsonValue value, String text) {
        return value instanceof JsonString string && string.value().equals(text);
    }

    private static @Nullable JsonValue parsed(String text) {
        try {
            return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            return null;
        }
    }
}
