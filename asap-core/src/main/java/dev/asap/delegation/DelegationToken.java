// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.delegation;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.List;

/**
 * A description of a delegation: who grants what to whom within which bounds. It is not what is sent as a proof, which is a signed
 * token.
 *
 * @param id the token's id, {@code del_} and a ULID by custom
 * @param delegator who grants; customarily a URN, not checked
 * @param delegate who is granted; customarily a URN, not checked
 * @param scopes what is granted, one or more
 * @param constraints the bounds
 * @param signature the signature as text
 * @param createdAt when it was issued, in whole microseconds
 */
public record DelegationToken(
        String id,
        String delegator,
        String delegate,
        List<String> scopes,
        DelegationConstraints constraints,
        String signature,
        Instant createdAt) {
    /**
     * Checks the rules, copies the scopes and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing, there is no scope, or the year is not 1 to 9999
     */
    public DelegationToken {
        Checks.of("DelegationToken")
                .required("id", id)
                .required("delegator", delegator)
                .required("delegate", delegate)
                .required("scopes", scopes)
                .notEmpty("scopes", scopes)
                .required("constraints", constraints)
                .required("signature", signature)
                .required("created_at", createdAt)
                .rule(
                        "created_at",
                        createdAt == null || WireTime.isWritable(createdAt),
                        "must be in the years 1 to 9999")
                .done();
        scopes = List.copyOf(scopes);
        createdAt = WireTime.toPrecision(createdAt);
    }
}
