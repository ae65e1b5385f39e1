// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import dev.asap.server.http.HttpResponse;
import dev.asap.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What is wrong with a part of a request, as the protocol's plain HTTP routes list it: HTTP 422 with {@code type} and {@code loc}. */
final class RequestMistakes {
    private static final Pattern INDEX = Pattern.compile("[0-9]{1,9}");

    private final String part;
    private final List<JsonObject> found = new ArrayList<>();

    /** Begins without a mistake in a part of the request: {@code query} or {@code body}. */
    RequestMistakes(String part) {
        this.part = part;
    }

    /** Adds a mistake. */
    RequestMistakes add(Violation violation) {
        List<Object> place = new ArrayList<>();
        place.add(part);
        violation.path().forEach(step -> place.add(INDEX.matcher(step).matches() ? Integer.valueOf(step) : step));
        found.add(JsonObject.of("type", violation.type(), "loc", place, "msg", violation.message()));
        return this;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** The refusal of the request for its mistakes. */
    RequestRefusedException refusal() {
        return new RequestRefusedException(HttpResponse.json(422, JsonObject.of("detail", found)));
    }
}
