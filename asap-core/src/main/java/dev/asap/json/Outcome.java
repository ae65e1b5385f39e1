// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import dev.asap.validation.ValidationException;
import dev.asap.validation.Violation;
import java.util.List;

/**
 * What reading a part of a text came to, when the rest of the text is to be read in any case.
 *
 * @param <T> what was to be read
 */
public sealed interface Outcome<T> {
    /**
     * It was read.
     *
     * @param <T> what was to be read
     * @param value what was read
     */
    record Read<T>(T value) implements Outcome<T> {}

    /**
     * It breaks rules.
     *
     * @param <T> what was to be read
     * @param violations which, at least one
     */
    record Refused<T>(List<Violation> violations) implements Outcome<T> {
        /** Copies the violations. */
        public Refused {
            violations = List.copyOf(violations);
        }

        /** The refusal as an exception about {@code subject}. */
        public ValidationException toException(String subject) {
            return new ValidationException(subject, violations);
        }
    }
}
