// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import org.jspecify.annotations.Nullable;

/** A request of which more is known on its way to its route; the rest is that of the request itself. */
interface RequestView extends HttpRequest {
    /** The request itself. */
    HttpRequest request();

    @Override
    default String method() {
        return request().method();
    }

    @Override
    default String path() {
        return request().path();
    }

    @Override
    default @Nullable String query() {
        return request().query();
    }

    @Override
    default @Nullable String header(String name) {
        return request().header(name);
    }

    @Override
    default String pathParameter(String name) {
        return request().pathParameter(name);
    }

    @Override
    default String remoteAddress() {
        return request().remoteAddress();
    }

    @Override
    default @Nullable CallerIdentity caller() {
        return request().caller();
    }

    @Override
    default long announcedLength() {
        return request().announcedLength();
    }

    @Override
    default byte[] body() {
        return request().body();
    }

    @Override
    default void takeRoom(long bytes) {
        request().takeRoom(bytes);
    }
}
