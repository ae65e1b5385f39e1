// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import java.util.Collection;
import java.util.List;

/**
 * What callers are told who ask for an identity, or for capabilities that need one, where the application has no such thing: nobody is
 * registered, and there is nothing to be granted.
 */
final class IdentityRoutes implements RouteGroup {
    static final String REGISTER_PATH = "/asap/agent/register";
    static final String LIST_PATH = "/asap/capability/list";

    private final List<Route> routes;

    /** The routes that none of these groups has. */
    IdentityRoutes(Collection<? extends RouteGroup> others) {
        List<String> taken = others.stream()
                .flatMap(group -> group.routes().stream())
                .map(Route::path)
                .toList();
        routes = List.of(
                        Route.post(
                                REGISTER_PATH,
                                request -> HttpResponse.detail(401, "Authentication required")
                                        .withHeader("WWW-Authenticate", "Bearer")),
                        Route.get(
                                LIST_PATH, request -> HttpResponse.json(200, JsonObject.of("capabilities", List.of()))))
                .stream()
                .filter(route -> !taken.contains(route.path()))
                .toList();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }
}
