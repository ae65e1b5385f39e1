// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

/** JSON's {@code true} and {@code false}. */
public enum JsonBoolean implements JsonValue {
    /** JSON's {@code true}. */
    TRUE,
    /** JSON's {@code false}. */
    FALSE;

    /** The JSON value of a truth value. */
    public static JsonBoolean of(boolean value) {
        return value ? TRUE : FALSE;
    }

    @Override
    public String kind() {
        return "boolean";
    }

    @Override
    public boolean asBoolean() {
        return this == TRUE;
    }

    @Override
    public String toString() {
        return this == TRUE ? "true" : "false";
    }
}
