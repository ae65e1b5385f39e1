// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request: HTTP 404 where there is none, 405 with {@code Allow} for another method, 307 to the path
 * without a trailing slash. Immutable and thread-safe.
 */
public final class Router implements HttpHandler {
    /** A path with parameters. */
    private record Template(List<String> segments, Map<String, HttpHandler> methods) {
        static Template of(String path) {
            return new Template(List.of(path.split("/", -1)), new TreeMap<>());
        }

        /** The values of the parameters; null if the path is another. */
        @Nullable
        Map<String, String> match(String[] path) {
            if (path.length != segments.size()) {
                return null;
            }
            Map<String, String> parameters = new HashMap<>();
            for (int i = 0; i < path.length; i++) {
                String segment = segments.get(i);
                if (isParameter(segment) && !path[i].isEmpty()) {
                    parameters.put(segment.substring(1, segment.length() - 1), decoded(path[i]));
                } else if (!segment.equals(path[i])) {
                    return null;
                }
            }
            return parameters;
        }

        private static String decoded(String segment) {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        }

        private static boolean isParameter(String segment) {
            return segment.startsWith("{") && segment.endsWith("}");
        }
    }

    private final Map<String, Map<String, HttpHandler>> byPath = new LinkedHashMap<>();
    private final Map<String, Template> templates = new LinkedHashMap<>();

    /**
     * A router.
     *
     * @throws IllegalArgumentException if two routes answer the same requests
     */
    public Router(Collection<? extends RouteGroup> groups) {
        for (RouteGroup group : groups) {
            for (Route route : group.routes()) {
                HttpHandler other = methodsOf(route.path()).putIfAbsent(route.method(), route.handler());
                if (other != null) {
                    throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
                }
            }
        }
    }

    private Map<String, HttpHandler> methodsOf(String path) {
        return path.indexOf('{') < 0
                ? byPath.computeIfAbsent(path, key -> new TreeMap<>())
                : templates.computeIfAbsent(path, Template::of).methods();
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        Map<String, HttpHandler> methods = byPath.get(request.path());
        if (methods != null) {
            return handle(request, methods);
        }
        String[] segments = templates.isEmpty() ? new String[0] : request.path().split("/", -1);
        for (Template template : templates.values()) {
            Map<String, String> parameters = template.match(segments);
            if (parameters != null) {
                return handle(new RoutedRequest(request, parameters), template.methods());
            }
        }
        return notFound(request);
    }

    private static HttpResponse handle(HttpRequest request, Map<String, HttpHandler> methods) throws Exception {
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
