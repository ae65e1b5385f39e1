// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.identity.ConstraintViolation;
import java.util.List;

/** A capability was not executed, since its arguments break the constraints under which it was granted. */
public final class ConstraintViolatedException extends AccessRefusedException {
    private static final long serialVersionUID = 1L;

    private final String capability;
    private final transient List<ConstraintViolation> violations;

    ConstraintViolatedException(Refusal refusal, String capability, List<ConstraintViolation> violations) {
        super(refusal);
        this.capability = capability;
        this.violations = List.copyOf(violations);
    }

    /** The capability's name. */
    public String capability() {
        return capability;
    }

    /** The arguments that are not allowed, each with the rule that it breaks; may be empty. */
    public List<ConstraintViolation> violations() {
        return violations;
    }
}
