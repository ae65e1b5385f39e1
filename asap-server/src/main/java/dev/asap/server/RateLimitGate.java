// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;

/** Counts the requests to the routes of usage and service levels, which use up the same limits as messages do. */
final class RateLimitGate implements HttpHandler {
    private final HttpHandler next;
    private final RequestLimits limits;

    RateLimitGate(HttpHandler next, RequestLimits limits) {
        this.next = next;
        this.limits = limits;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        String path = request.path();
        if (Paths.isAtOrBelow("/usage", path) || Paths.isAtOrBelow("/sla", path)) {
            HttpResponse refusal = limits.refusal(request, 1);
            if (refusal != null) {
                return refusal;
            }
        }
        return next.handle(request);
    }
}
