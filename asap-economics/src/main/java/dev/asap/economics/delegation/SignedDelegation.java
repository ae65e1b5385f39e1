// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import dev.asap.delegation.IssuedDelegation;

/**
 * A delegation that was issued, and its token.
 *
 * @param delegation what is registered
 * @param token what the delegate presents: whoever has it can use it in the delegate's name, so that it belongs into no log
 */
public record SignedDelegation(IssuedDelegation delegation, String token) {
    /** The delegation without its token. */
    @Override
    public String toString() {
        return "SignedDelegation[delegation=" + delegation + "]";
    }
}
