// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;

/**
 * A payload of a type that the protocol does not define: any object.
 *
 * @param type the payload type; none of the protocol's own
 * @param content the object as it was sent
 */
public record CustomPayload(PayloadType type, JsonObject content) implements Payload {
    /**
     * Checks that the type is free.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing or the type is one of the protocol's own
     */
    public CustomPayload {
        Checks.of("CustomPayload")
                .required("type", type)
                .required("content", content)
                .done();
        Checks.of("CustomPayload")
                .rule("type", PayloadType.ALL.stream().noneMatch(type::matches), "has a record of its own", type)
                .done();
    }

    /** A payload of an application's own type, as in {@code CustomPayload.of("weather.alert", content)}. */
    public static CustomPayload of(String type, JsonObject content) {
        return new CustomPayload(PayloadType.of(type), content);
    }
}
