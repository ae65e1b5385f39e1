// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Issues access tokens, and publishes the keys that they are signed with. */
final class TestIssuer {
    static final String AGENT_CLAIM = OAuth2.DEFAULT_IDENTITY_CLAIM;

    private final List<JWK> keys = new ArrayList<>();
    private final List<JsonObject> edwardsKeys = new ArrayList<>();

    RSAKey addRsa(String id) {
        try {
            RSAKey key = new RSAKeyGenerator(2048).keyID(id).generate();
            keys.add(key);
            return key;
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    ECKey addEc(String id) {
        try {
            ECKey key = new ECKeyGenerator(Curve.P_256).keyID(id).generate();
            keys.add(key);
            return key;
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    Ed25519PrivateKey addEdwards(String id) {
        Ed25519PrivateKey key = Ed25519PrivateKey.generate();
        edwardsKeys.add(key.publicKey().toJwk().with("kid", id));
        return key;
    }

    void forgetKeys() {
        keys.clear();
        edwardsKeys.clear();
    }

    String keySet() {
        List<JsonValue> all = new ArrayList<>(edwardsKeys);
        for (JsonValue key :
                (JsonArray) JsonObject.parse(new JWKSet(keys).toString()).get("keys")) {
            all.add(key);
        }
        return JsonObject.of("keys", new JsonArray(all)).toString();
    }

    static JsonObject claims() {
        return JsonObject.of(
                "sub",
                "urn:asap:agent:caller",
                "exp",
                4_102_444_800L,
                "scope",
                "asap:read asap:execute",
                AGENT_CLAIM,
                TestAgent.URN.value());
    }

    static String sign(RSAKey key, JsonObject claims) {
        try {
            return sign(JWSAlgorithm.RS256, key.getKeyID(), claims, new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String sign(ECKey key, JsonObject claims) {
        try {
            return sign(JWSAlgorithm.ES256, key.getKeyID(), claims, new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String sign(JWSAlgorithm algorithm, String keyId, JsonObject claims, JWSSigner signer) throws JOSEException {
        JWSObject token =
                new JWSObject(new JWSHeader.Builder(algorithm).keyID(keyId).build(), new Payload(claims.toString()));
        token.sign(signer);
        return token.serialize();
    }

    static String sign(Ed25519PrivateKey key, JsonObject header, JsonObject claims) {
        String signed = Base64URL.encode(header.toBytes()) + "." + Base64URL.encode(claims.toBytes());
        return signed + "." + Base64URL.encode(key.sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }
}
