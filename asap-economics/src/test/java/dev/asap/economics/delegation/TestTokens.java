// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.json.JsonObject;
import java.util.Base64;

/** Tokens as peers may send them. */
final class TestTokens {
    static final JsonObject HEADER = JsonObject.of("typ", "JWT", "alg", "Ed25519");

    private TestTokens() {}

    static String sign(Ed25519PrivateKey key, JsonObject claims) {
        return sign(key, HEADER, claims);
    }

    static String sign(Ed25519PrivateKey key, JsonObject header, JsonObject claims) {
        return signText(key, header.toString(), claims.toString());
    }

    static String signText(Ed25519PrivateKey key, String header, String claims) {
        String signed = encode(header.getBytes(UTF_8)) + "." + encode(claims.getBytes(UTF_8));
        return signed + "." + encode(key.sign(signed.getBytes(US_ASCII)));
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static JsonObject part(String token, int index) {
        return JsonObject.parse(Base64.getUrlDecoder().decode(token.split("\\.", -1)[index]));
    }
}
