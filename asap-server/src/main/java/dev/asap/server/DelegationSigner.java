// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import java.time.Instant;
import java.util.Base64;

/** Makes the tokens of delegations: JSON web tokens, signed with the delegator's key. */
final class DelegationSigner {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private static final String HEADER =
            BASE64.encodeToString(JsonObject.of("typ", "JWT", "alg", "Ed25519").toBytes());

    private DelegationSigner() {}

    /** The token of a delegation that has a delegate and an end; whoever has it can use it, so that it belongs into no log. */
    static String sign(IssuedDelegation delegation, Instant expiresAt, Ed25519PrivateKey key) {
        JsonObject claims = JsonObject.of(
                "iss",
                delegation.delegator(),
                "aud",
                delegation.delegate(),
                "jti",
                delegation.id(),
                "iat",
                delegation.createdAt().getEpochSecond(),
                "exp",
                expiresAt.getEpochSecond(),
                "scp",
                delegation.scopes());
        Long maxTasks = delegation.maxTasks();
        JsonObject whole =
                maxTasks == null ? claims : claims.with("x-asap-constraints", JsonObject.of("max_tasks", maxTasks));
        String signed = HEADER + "." + BASE64.encodeToString(whole.toBytes());
        return signed + "." + BASE64.encodeToString(key.sign(signed.getBytes(US_ASCII)));
    }
}
