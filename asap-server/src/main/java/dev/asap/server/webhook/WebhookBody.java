// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.page.TextOrder;
import java.nio.charset.StandardCharsets;

/** The bytes that the protocol sends and signs: compact JSON in ASCII, members sorted by their names' code points. */
final class WebhookBody {
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int LAST_PRINTABLE = 0x7E;

    private final StringBuilder text = new StringBuilder();

    private WebhookBody() {}

    static byte[] of(JsonObject payload) {
        WebhookBody body = new WebhookBody();
        body.append(payload);
        return body.text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void append(JsonValue value) {
        if (value instanceof JsonObject object) {
            append(object);
        } else if (value instanceof JsonArray array) {
            append(array);
        } else if (value instanceof JsonString string) {
            append(string.value());
        } else {
            text.append(value);
        }
    }

    private void append(JsonObject object) {
        String separator = "{";
        for (String name : object.names().stream().sorted(TextOrder.CODE_POINTS).toList()) {
            text.append(separator);
            append(name);
            text.append(':');
            append(object.get(name));
            separator = ",";
        }
        text.append(object.isEmpty() ? "{}" : "}");
    }

    private void append(JsonArray array) {
        String separator = "[";
        for (JsonValue value : array) {
            text.append(separator);
            append(value);
            separator = ",";
        }
        text.append(array.values().isEmpty() ? "[]" : "]");
    }

    private void append(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            append(string.charAt(i));
        }
        text.append('"');
    }

    private void append(char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            case '\b' -> text.append("\\b");
            case '\f' -> text.append("\\f");
            default -> {
                if (c >= FIRST_PRINTABLE && c <= LAST_PRINTABLE) {
                    text.append(c);
                } else {
                    text.append(String.format("\\u%04x", (int) c));
                }
            }
        }
    }
}
