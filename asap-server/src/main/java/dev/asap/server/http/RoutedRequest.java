// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose route has parameters in its path. */
record RoutedRequest(HttpRequest request, Map<String, String> parameters) implements HttpRequest {
    @Override
    public String method() {
        return request.method();
    }

    @Override
    public String path() {
        return request.path();
    }

    @Override
    public @Nullable String query() {
        return request.query();
    }

    @Override
    public @Nullable String header(String name) {
        return request.header(name);
    }

    @Override
    public String remoteAddress() {
        return request.remoteAddress();
    }

    @Override
    public @Nullable CallerIdentity caller() {
        return request.caller();
    }

    @Override
    public long announcedLength() {
        return request.announcedLength();
    }

    @Override
    public byte[] body() {
        return request.body();
    }

    @Override
    public void takeRoom(long bytes) {
        request.takeRoom(bytes);
    }

    @Override
    public String pathParameter(String name) {
        String value = parameters.get(name);
        return value != null ? value : request.pathParameter(name);
    }
}
