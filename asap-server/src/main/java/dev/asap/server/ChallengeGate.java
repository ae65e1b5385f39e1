// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Manifest;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.net.URI;

/** Tells agents that are refused for want of a token where they find what this agent asks for: in its manifest. */
final class ChallengeGate implements HttpHandler {
    private final HttpHandler next;
    private final String challenge;

    ChallengeGate(HttpHandler next, Manifest manifest) {
        this.next = next;
        this.challenge = "ASAP discovery=\"" + quoted(manifestUrl(manifest)) + "\"";
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        HttpResponse answer = next.handle(request);
        if (answer.status() != 401 || !isForAgents(request.path())) {
            return answer;
        }
        StringBuilder challenges = new StringBuilder();
        answer.forEachHeader((name, value) -> {
            if (name.equalsIgnoreCase("WWW-Authenticate")) {
                challenges.append(value).append(", ");
            }
        });
        return answer.withHeader(
                "WWW-Authenticate", challenges.append(challenge).toString());
    }

    private static boolean isForAgents(String path) {
        return path.startsWith("/asap/capability") || path.startsWith("/asap/agent");
    }

    private static String manifestUrl(Manifest manifest) {
        try {
            return URI.create(manifest.endpoints().asap())
                    .resolve(ManifestRoutes.PATH)
                    .toString();
        } catch (IllegalArgumentException e) {
            // A manifest may name anything; whoever got here knows the server's address.
            return ManifestRoutes.PATH;
        }
    }

    private static String quoted(String url) {
        return url.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
