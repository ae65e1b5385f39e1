// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.util.Map;

/** A request whose route has parameters in its path. */
record RoutedRequest(HttpRequest request, Map<String, String> parameters) implements RequestView {
    @Override
    public String pathParameter(String name) {
        String value = parameters.get(name);
        return value != null ? value : request.pathParameter(name);
    }
}
