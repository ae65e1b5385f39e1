// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

/** Why a token, or what somebody wants to do with a delegation, is refused. */
public enum DelegationRefusal {
    /** It is no token, not in its one form, too long, signed in another way than with Ed25519, or it lacks a claim. */
    MALFORMED("Invalid or malformed token"),
    /** Its delegator is not one of those whose tokens are accepted. */
    DELEGATOR_NOT_ALLOWED("Delegator not allowed to issue delegations"),
    /** There is no key of its delegator. */
    KEY_NOT_FOUND("Delegator key not found or invalid"),
    /** Its delegator's key did not sign it. */
    SIGNATURE_INVALID("Invalid or expired token: its signature does not hold"),
    /** Its time is over. */
    EXPIRED("Token expired"),
    /** It was granted to somebody else than who presents it. */
    OTHER_PRESENTER("Token was issued to another agent than the sender"),
    /** It does not allow what is to be done. */
    SCOPE_MISSING("Action not allowed by token scopes"),
    /** It, or one that it was issued on the strength of, was revoked. */
    REVOKED("Token revoked"),
    /** There are too many delegations above it to tell whether all of them still stand. */
    CHAIN_TOO_LONG("Token was delegated more than " + DelegationChain.MAX_DEPTH + " times"),
    /** Its scopes, its end or its number of tasks go beyond its parent's, or its delegator does not hold the parent. */
    MORE_THAN_PARENT("Token allows more than the one that it was issued on the strength of"),
    /** It was used as often as it may be. */
    LIMIT_REACHED("Delegation task limit exceeded"),
    /** No such delegation is registered. */
    UNKNOWN("Delegation token not found"),
    /** Who wants to delegate further does not hold the delegation. */
    NOT_THE_HOLDER("Only the holder of this token can delegate on its strength"),
    /** Who wants to revoke did not issue it. */
    NOT_THE_DELEGATOR("Only the delegator that issued this token can revoke it"),
    /** Who wants to see it neither issued nor holds it. */
    NOT_A_PARTY("Only the issuer or holder of this token can view it");

    private final String text;

    DelegationRefusal(String text) {
        this.text = text;
    }

    /** The sentence that the protocol has for it, or one like it. */
    public String text() {
        return text;
    }
}
