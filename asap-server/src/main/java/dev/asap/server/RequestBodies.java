// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonException;
import dev.asap.server.http.HttpRequest;
import dev.asap.validation.ValidationException;

/** Reads records of the protocol from the bodies of plain HTTP requests. */
final class RequestBodies {
    private RequestBodies() {}

    /** The record in the body; a body that has none is refused with HTTP 400 and a text. */
    static <T> T read(HttpRequest request, Class<T> type) {
        try {
            return attempt(request, type);
        } catch (ValidationException e) {
            throw RequestRefusedException.detail(400, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The record in the body; a body that is no JSON is refused with HTTP 400.
     *
     * @throws ValidationException if the JSON is no such record
     */
    static <T> T attempt(HttpRequest request, Class<T> type) {
        try {
            return ASAPCodec.strict().read(request.body(), type);
        } catch (JsonException e) {
            throw RequestRefusedException.detail(400, "Invalid JSON");
        }
    }
}
