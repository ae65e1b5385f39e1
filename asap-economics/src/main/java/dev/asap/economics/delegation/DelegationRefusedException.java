// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import dev.asap.ASAPException;

/**
 * What somebody wants to do with a delegation is against its rules. The message can be told to whoever asked; it never holds a token. A
 * repetition does not help.
 */
public final class DelegationRefusedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final DelegationRefusal reason;

    DelegationRefusedException(DelegationRefusal reason) {
        this(reason, reason.text());
    }

    DelegationRefusedException(DelegationRefusal reason, String text) {
        super(text, null);
        this.reason = reason;
    }

    /** Why. */
    public DelegationRefusal reason() {
        return reason;
    }
}
