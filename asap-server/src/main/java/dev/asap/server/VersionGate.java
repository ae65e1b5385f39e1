// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.rpc.JsonRpcError;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Agrees with callers on a version of the wire format, before anything else of a message is looked at. */
final class VersionGate implements HttpHandler {
    static final String HEADER = "ASAP-Version";
    static final String DEFAULT_VERSION = "2.2";
    static final List<String> SUPPORTED = List.of("2.1", "2.2");

    private static final Set<String> NEGOTIATED_PATHS = Set.of(MessageRoutes.PATH, MessageRoutes.STREAM_PATH);

    private final HttpHandler next;
    private final JsonRpcCodec codec;

    VersionGate(HttpHandler next, JsonRpcCodec codec) {
        this.next = next;
        this.codec = codec;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        String version = DEFAULT_VERSION;
        String requested = request.header(HEADER);
        if (requested != null && request.method().equals("POST") && NEGOTIATED_PATHS.contains(request.path())) {
            String agreed = agree(requested);
            if (agreed == null) {
                byte[] refusal = codec.writeError(null, JsonRpcError.versionIncompatible(requested, SUPPORTED));
                return HttpResponse.json(200, refusal).withHeader(HEADER, DEFAULT_VERSION);
            }
            version = agreed;
        }
        return next.handle(request).withHeader(HEADER, version);
    }

    /** The first version in the caller's list that this server speaks; null when there is none. */
    private static @Nullable String agree(String requested) {
        if (requested.isBlank()) {
            return DEFAULT_VERSION;
        }
        for (String version : requested.split(",", -1)) {
            if (SUPPORTED.contains(version.strip())) {
                return version.strip();
            }
        }
        return null;
    }
}
