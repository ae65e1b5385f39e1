// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.Router;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /asap/console}: the page that shows operators what the other routes tell. Stands before the {@link OAuth2Gate}, since a browser
 * brings its token in another way: whoever has none gets a form with the refusal, which asks for the page again with the token. Thread-safe.
 */
final class ConsoleGate implements HttpHandler {
    static final String PATH = "/asap/console";

    private static final String PASS = "pass";
    private static final String FILE = "file";

    /** Who is let in. */
    private record Door(AccessTokens tokens, @Nullable String scope, ConsolePass passes) {
        boolean isOpenTo(String path) {
            if (!path.startsWith(PATH + "/")) {
                return false;
            }
            int begin = PATH.length() + 1;
            int end = path.indexOf('/', begin);
            return end > 0 && passes.isValid(path.substring(begin, end));
        }
    }

    private final HttpHandler next;
    private final ConsoleFiles files = new ConsoleFiles();
    private final @Nullable Door door;
    private final Router routes;

    /** Lets everyone in where the agent asks nobody for access tokens. */
    ConsoleGate(HttpHandler next, @Nullable AccessTokens tokens, @Nullable OAuth2 options, InstantSource clock) {
        this.next = next;
        this.door = tokens == null || options == null
                ? null
                : new Door(
                        tokens,
                        options.operatorRoutes ? OAuth2.ADMIN_SCOPE : options.requiredScope,
                        new ConsolePass(clock, new SecureRandom()));
        this.routes = new Router(List.of(this::routes));
    }

    private List<Route> routes() {
        String place = door == null ? PATH : PATH + "/{" + PASS + "}";
        return List.of(
                Route.get(PATH, request -> files.page(door == null ? PATH : PATH + "/" + door.passes.issue())),
                Route.get(place + "/{" + FILE + "}", request -> files.asset(request.pathParameter(FILE), request)));
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        if (!Paths.isAtOrBelow(PATH, request.path())) {
            return next.handle(request);
        }
        if (door != null && !door.isOpenTo(request.path())) {
            AccessTokens.Decision decision = door.tokens.decide(request.header("Authorization"), door.scope);
            if (decision instanceof AccessTokens.Decision.Refused refused) {
                return refusal(request, refused);
            }
        }
        return routes.handle(request);
    }

    private HttpResponse refusal(HttpRequest request, AccessTokens.Decision.Refused refused) {
        String accept = request.header("Accept");
        boolean form = request.path().equals(PATH)
                && request.header("Authorization") == null
                && accept != null
                && accept.contains("text/html");
        HttpResponse answer =
                form ? files.signIn(refused.status()) : HttpResponse.detail(refused.status(), refused.detail());
        return refused.status() == 401 ? answer.withHeader("WWW-Authenticate", "Bearer") : answer;
    }
}
