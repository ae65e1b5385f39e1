// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

/**
 * A JSON text.
 *
 * @param value the text, without quotes and escapes
 */
public record JsonString(String value) implements JsonValue {
    @Override
    public String kind() {
        return "string";
    }

    @Override
    public String asString() {
        return value;
    }

    @Override
    public String toString() {
        return JsonText.write(this);
    }
}
