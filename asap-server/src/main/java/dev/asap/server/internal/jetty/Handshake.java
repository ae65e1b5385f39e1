// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.HttpRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The request that opened a socket, kept: the engine uses its own again. */
record Handshake(String path, @Nullable String query, HttpFields headers, String remoteAddress) implements HttpRequest {
    static Handshake of(Request request) {
        return new Handshake(
                Request.getPathInContext(request),
                request.getHttpURI().getQuery(),
                HttpFields.build(request.getHeaders()).asImmutable(),
                Request.getRemoteAddr(request));
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public long announcedLength() {
        return -1;
    }

    @Override
    public byte[] body() {
        return new byte[0];
    }
}
