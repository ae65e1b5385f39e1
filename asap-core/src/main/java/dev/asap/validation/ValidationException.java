// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.validation;

import dev.asap.ASAPException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A value breaks rules of the protocol: thrown by the constructors of the model and by the codec.
 *
 * <p>Lists every finding that could be made, {@value #MAX_VIOLATIONS} at most.
 */
public final class ValidationException extends ASAPException {
    private static final long serialVersionUID = 1L;

    /** The most findings that one exception holds. */
    public static final int MAX_VIOLATIONS = 100;

    private final String subject;
    private final transient List<Violation> violations;

    /**
     * Creates the failure.
     *
     * @param subject what was checked, as in {@code Envelope}
     * @param violations what is wrong with it, at least one
     */
    public ValidationException(String subject, List<Violation> violations) {
        super(describe(subject, violations), null);
        this.subject = subject;
        this.violations = List.copyOf(violations.subList(0, Math.min(violations.size(), MAX_VIOLATIONS)));
    }

    /** What was checked, as in {@code Envelope}. */
    public String subject() {
        return subject;
    }

    /** What is wrong, in the order in which it was found. */
    public List<Violation> violations() {
        return violations;
    }

    private static String describe(String subject, List<Violation> violations) {
        return "Invalid " + subject + ": "
                + violations.stream().limit(5).map(Violation::toString).collect(Collectors.joining("; "))
                + (violations.size() > 5 ? "; and " + (violations.size() - 5) + " more" : "");
    }
}
