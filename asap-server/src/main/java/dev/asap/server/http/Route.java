// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

/**
 * Which requests a handler answers.
 *
 * @param method the HTTP method, upper case
 * @param path the path, beginning with a slash; a segment {@code {name}} stands for any text without a slash, see
 *     {@link HttpRequest#pathParameter}. A route with the exact path goes first
 * @param handler what answers
 */
public record Route(String method, String path, HttpHandler handler) {
    /**
     * Checks the path.
     *
     * @throws IllegalArgumentException if the path does not begin with a slash
     */
    public Route {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a route's path begins with a slash, got '" + path + "'");
        }
    }

    /** A route for GET requests. */
    public static Route get(String path, HttpHandler handler) {
        return new Route("GET", path, handler);
    }

    /** A route for POST requests. */
    public static Route post(String path, HttpHandler handler) {
        return new Route("POST", path, handler);
    }
}
