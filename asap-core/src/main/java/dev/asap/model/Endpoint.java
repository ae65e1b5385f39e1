// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Where an agent is reached.
 *
 * @param asap the whole URL of its message endpoint, {@code /asap} included
 * @param events the URL of its WebSocket, or null
 */
public record Endpoint(String asap, @Nullable String events) {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Endpoint {
        Checks.of("Endpoint").required("asap", asap).done();
    }

    /** An agent without WebSocket, as in {@code Endpoint.of("https://agent.example/asap")}. */
    public static Endpoint of(String asap) {
        return new Endpoint(asap, null);
    }
}
