// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.validation;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that is wrong with a value.
 *
 * @param type what kind of mistake, in the protocol's words: {@code missing}, {@code extra_forbidden},
 *     {@code string_type}, {@code enum}, {@code value_error}, {@code greater_than_equal}, …
 * @param path the members that lead to the value, from the outside in; empty when a rule between members is broken
 * @param message what is wrong, with the value where it is short, and what would be right
 */
public record Violation(String type, List<String> path, String message) {
    /** A member that must be there is not. */
    public static final String MISSING = "missing";

    /** A member that the protocol does not know. */
    public static final String EXTRA_FORBIDDEN = "extra_forbidden";

    /** A rule of the protocol is broken. */
    public static final String VALUE_ERROR = "value_error";

    /** Copies the path. */
    public Violation {
        path = List.copyOf(path);
    }

    /** The same finding seen from further out. */
    public Violation under(List<String> outerPath) {
        if (outerPath.isEmpty()) {
            return this;
        }
        List<String> whole = new ArrayList<>(outerPath);
        whole.addAll(path);
        return new Violation(type, whole, message);
    }

    @Override
    public String toString() {
        return path.isEmpty() ? message : String.join(".", path) + ": " + message;
    }
}
