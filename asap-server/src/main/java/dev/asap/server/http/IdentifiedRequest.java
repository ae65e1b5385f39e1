// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import org.jspecify.annotations.Nullable;

/** A request of which it is known who sent it. */
record IdentifiedRequest(HttpRequest request, CallerIdentity caller) implements HttpRequest {
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
    public String pathParameter(String name) {
        return request.pathParameter(name);
    }

    @Override
    public String remoteAddress() {
        return request.remoteAddress();
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
}
