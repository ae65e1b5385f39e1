// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.rpc;

import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import java.util.Optional;

/**
 * What ties a JSON-RPC answer to its request: a text or a whole number of any size, given back as it came.
 *
 * @param value the text or number
 */
public record JsonRpcId(JsonValue value) {
    /**
     * Checks the kind.
     *
     * @throws IllegalArgumentException if the value is neither a text nor a whole number
     */
    public JsonRpcId {
        if (!(value instanceof JsonString || (value instanceof JsonNumber number && number.isWhole()))) {
            throw new IllegalArgumentException("an id is a string or a whole number, got a " + value.kind());
        }
    }

    /** An id that is a text. */
    public static JsonRpcId of(String text) {
        return new JsonRpcId(new JsonString(text));
    }

    /** An id that is a number. */
    public static JsonRpcId of(long number) {
        return new JsonRpcId(JsonNumber.of(number));
    }

    /**
     * The id that a received value means: {@code true} is read as 1 and {@code 1.0} as 1, as the protocol's other
     * implementations do; empty where the value is no id.
     */
    public static Optional<JsonRpcId> fromJson(JsonValue value) {
        if (value instanceof JsonString) {
            return Optional.of(new JsonRpcId(value));
        } else if (value instanceof JsonBoolean bool) {
            return Optional.of(of(bool.asBoolean() ? 1 : 0));
        } else if (value instanceof JsonNumber number) {
            if (number.isWhole()) {
                return Optional.of(new JsonRpcId(number));
            }
            double floating = number.asDouble();
            return floating == Math.rint(floating) && Math.abs(floating) < 1L << 53
                    ? Optional.of(of((long) floating))
                    : Optional.empty();
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
