// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.ASAPException;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;

/** A request to a plain HTTP route is answered otherwise than its route intends: it is wrong, or not allowed. */
final class RequestRefusedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponse answer;

    RequestRefusedException(HttpResponse answer) {
        super("HTTP " + answer.status(), null);
        this.answer = answer;
    }

    /** A refusal as {@code {"detail": text}}. */
    static RequestRefusedException detail(int status, String text) {
        return new RequestRefusedException(HttpResponse.detail(status, text));
    }

    /** The same route, where a refusal that is thrown becomes the answer. */
    static Route answeredAt(Route route) {
        HttpHandler handler = route.handler();
        return new Route(route.method(), route.path(), request -> {
            try {
                return handler.handle(request);
            } catch (RequestRefusedException e) {
                return e.answer;
            }
        });
    }
}
