// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

/** Answers HTTP requests. May block; called by many threads at once. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers a request.
     *
     * @throws Exception if it cannot; the server logs it and answers HTTP 500 without saying why
     */
    HttpResponse handle(HttpRequest request) throws Exception;
}
