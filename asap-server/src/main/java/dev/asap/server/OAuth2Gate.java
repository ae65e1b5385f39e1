// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;

/**
 * Lets requests with a valid access token through, to everything below {@code /asap} but {@code /asap/agent/}, whose callers prove
 * themselves in another way; and to the operators' routes, where those are protected. What follows knows who calls.
 */
final class OAuth2Gate implements HttpHandler {
    private static final String PROTECTED = "/asap";
    private static final String EXEMPT = "/asap/agent/";

    private final HttpHandler next;
    private final AccessTokens tokens;
    private final OAuth2 options;

    OAuth2Gate(HttpHandler next, AccessTokens tokens, OAuth2 options) {
        this.next = next;
        this.tokens = tokens;
        this.options = options;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        String path = request.path();
        AccessTokens.Decision decision;
        if (options.operatorRoutes && isForOperators(path)) {
            decision = tokens.decide(request.header("Authorization"), OAuth2.ADMIN_SCOPE);
        } else if (Paths.isAtOrBelow(PROTECTED, path) && !path.startsWith(EXEMPT)) {
            decision = tokens.decide(request.header("Authorization"), options.requiredScope);
        } else {
            return next.handle(request);
        }
        if (decision instanceof AccessTokens.Decision.Allowed allowed) {
            return next.handle(request.from(allowed.caller()));
        }
        AccessTokens.Decision.Refused refused = (AccessTokens.Decision.Refused) decision;
        HttpResponse answer = HttpResponse.detail(refused.status(), refused.detail());
        return refused.status() == 401 ? answer.withHeader("WWW-Authenticate", "Bearer") : answer;
    }

    private static boolean isForOperators(String path) {
        return Paths.isAtOrBelow("/usage", path)
                || Paths.isAtOrBelow("/sla", path)
                || Paths.isAtOrBelow("/audit", path);
    }
}
