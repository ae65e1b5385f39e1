// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A JSON web token in its compact form, and what it claims: not to be believed before its signature was verified. Immutable. */
final class SignedToken {
    static final int MAX_LENGTH = 16_384;

    private final JWSObject token;
    private final JsonObject claims;

    private SignedToken(JWSObject token, JsonObject claims) {
        this.token = token;
        this.claims = claims;
    }

    /** The token of this text; null if it is none, or signed in another way than allowed. */
    static @Nullable SignedToken parse(String text, Set<String> algorithms) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        try {
            JWSObject token = JWSObject.parse(text);
            JWSHeader header = token.getHeader();
            // Whoever does not understand what is critical must not accept the token, and we understand none of it.
            if (!algorithms.contains(header.getAlgorithm().getName()) || header.getCriticalParams() != null) {
                return null;
            }
            return new SignedToken(token, JsonObject.parse(token.getPayload().toBytes()));
        } catch (ParseException | JsonException | IllegalArgumentException e) {
            return null;
        }
    }

    JWSHeader header() {
        return token.getHeader();
    }

    JsonObject claims() {
        return claims;
    }

    /** Whether the key signed the token, in the way that the token's header names. */
    boolean isSignedBy(JWK key) {
        JWSAlgorithm algorithm = header().getAlgorithm();
        try {
            if (key instanceof RSAKey rsa && JWSAlgorithm.Family.RSA.contains(algorithm)) {
                return token.verify(new RSASSAVerifier(rsa));
            } else if (key instanceof ECKey curve && JWSAlgorithm.Family.EC.contains(algorithm)) {
                return token.verify(new ECDSAVerifier(curve));
            } else if (key instanceof OctetKeyPair pair && JWSAlgorithm.Family.ED.contains(algorithm)) {
                return isSignedBy(Ed25519PublicKey.of(pair.getX().decode()));
            }
            return false;
        } catch (JOSEException | IllegalArgumentException | IllegalStateException e) {
            return false;
        }
    }

    private boolean isSignedBy(Ed25519PublicKey key) {
        return key.verifies(token.getSigningInput(), token.getSignature().decode());
    }

    /** The text of a claim; null where it is missing, blank or no text. */
    @Nullable
    String text(String claim) {
        return claims.find(claim).orElse(null) instanceof JsonString text
                        && !text.value().isBlank()
                ? text.value()
                : null;
    }

    /** The seconds of a claim; null where it is missing or no number. */
    @Nullable
    Double seconds(String claim) {
        return claims.find(claim).orElse(null) instanceof JsonNumber number ? number.asDouble() : null;
    }

    /** The texts of a claim that is a list of texts, or one text; what is no text is passed over. */
    List<String> texts(String claim) {
        JsonValue value = claims.find(claim).orElse(null);
        List<String> texts = new ArrayList<>();
        if (value instanceof JsonString one) {
            texts.add(one.value());
        } else if (value instanceof JsonArray list) {
            for (JsonValue each : list) {
                if (each instanceof JsonString text) {
                    texts.add(text.value());
                }
            }
        }
        return texts;
    }
}
