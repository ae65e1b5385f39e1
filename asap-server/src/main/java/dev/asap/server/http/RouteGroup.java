// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.util.List;

/**
 * The routes of one feature, to be added to a server.
 *
 * <pre>{@code
 * RouteGroup greeting = () -> List.of(Route.get("/hello",
 *         request -> HttpResponse.json(200, JsonObject.of("hello", "world"))));
 * }</pre>
 */
@FunctionalInterface
public interface RouteGroup {
    /** The routes; asked for once, when the server starts. */
    List<Route> routes();
}
