// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pages that may open sockets. A browser lets any page open a socket to any server, with the certificate that it has for it, and says
 * where the page is from; peers that are no browsers say nothing. Thread-safe.
 */
record Origins(Set<String> allowed) {
    static final String ANY = "*";

    boolean admit(HttpRequest handshake) {
        String origin = handshake.header("Origin");
        if (origin == null || allowed.contains(ANY)) {
            return true;
        }
        String from = origin.toLowerCase(Locale.ROOT);
        return allowed.contains(from) || isOwn(from, handshake.header("Host"));
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        int scheme = origin.indexOf("://");
        return scheme >= 0 && host != null && origin.substring(scheme + 3).equals(host.toLowerCase(Locale.ROOT));
    }
}
