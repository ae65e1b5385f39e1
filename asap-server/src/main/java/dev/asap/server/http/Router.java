// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the route of a request: HTTP 404 where there is none, 405 with {@code Allow} for another method, 307 to the path
 * without a trailing slash. Immutable and thread-safe.
 */
public final class Router implements HttpHandler {
    private final Map<String, Map<String, HttpHandler>> byPath = new LinkedHashMap<>();

    /**
     * A router.
     *
     * @throws IllegalArgumentException if two routes answer the same requests
     */
    public Router(Collection<? extends RouteGroup> groups) {
        for (RouteGroup group : groups) {
            for (Route route : group.routes()) {
                HttpHandler other = byPath.computeIfAbsent(route.path(), path -> new TreeMap<>())
                        .putIfAbsent(route.method(), route.handler());
                if (other != null) {
                    throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
                }
            }
        }
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        Map<String, HttpHandler> methods = byPath.get(request.path());
        if (methods == null) {
            return notFound(request);
        }
        HttpHandler handler = methods.get(request.method());
        if (handler == null) {
            return HttpResponse.detail(405, "Method Not Allowed")
                    .withHeader("Allow", String.join(", ", methods.keySet()));
        }
        return handler.handle(request);
    }

    private HttpResponse notFound(HttpRequest request) {
        String path = request.path();
        if (path.length() > 1 && path.endsWith("/")) {
            String target = path.substring(0, path.length() - 1);
            if (byPath.containsKey(target)) {
                String query = request.query();
                return HttpResponse.empty(307).withHeader("Location", query == null ? target : target + "?" + query);
            }
        }
        return HttpResponse.detail(404, "Not Found");
    }
}
