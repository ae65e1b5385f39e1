// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import dev.asap.id.AgentUrn;
import dev.asap.server.http.CallerIdentity;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about the access tokens of callers. Thread-safe. */
final class AccessTokens {
    /** What comes of a caller's credentials. */
    sealed interface Decision {
        /** They are good. */
        record Allowed(CallerIdentity caller) implements Decision {}

        /** They are not; the HTTP answer says so. */
        record Refused(int status, String detail) implements Decision {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final Set<String> ALGORITHMS = Set.of("RS256", "ES256", "EdDSA");

    /** Exactly so: this is how the protocol's other servers want it. */
    private static final String PREFIX = "Bearer ";

    /** How many keys are tried for a token that does not name its own. */
    private static final int MAX_TRIES = 10;

    /** How far the issuer's clock may be ahead of ours. */
    private static final double LEEWAY_SECONDS = 60;

    private static final Decision.Refused MISSING = new Decision.Refused(401, "Authentication required");
    static final Decision.Refused INVALID = new Decision.Refused(401, "Invalid authentication token");
    private static final Decision.Refused INSUFFICIENT = new Decision.Refused(403, "Insufficient scope");
    private static final Decision.Refused UNAVAILABLE = new Decision.Refused(503, "Authentication service unavailable");

    private final OAuth2 options;
    private final AgentUrn self;
    private final KeySetCache keys;
    private final InstantSource clock;
    private final String identityClaim;
    private final Set<String> subjects;

    AccessTokens(OAuth2 options, AgentUrn self, InstantSource clock, LongSupplier ticker) {
        this.options = options;
        this.self = self;
        this.keys = new KeySetCache(options.keys, options.keysLifetime, options.refetchPause, ticker);
        this.clock = clock;
        this.identityClaim = options.identityClaim == null ? OAuth2.DEFAULT_IDENTITY_CLAIM : options.identityClaim;
        this.subjects = options.subjects == null ? Set.of() : options.subjects.getOrDefault(self, Set.of());
    }

    /**
     * Decides about the value of an {@code Authorization} header.
     *
     * @param scope what the token must allow, or null for nothing
     */
    Decision decide(@Nullable String authorization, @Nullable String scope) {
        if (authorization == null || !authorization.startsWith(PREFIX)) {
            return MISSING;
        }
        String text = authorization.substring(PREFIX.length()).strip();
        if (text.isEmpty()) {
            return MISSING;
        }
        SignedToken token = SignedToken.parse(text, ALGORITHMS);
        try {
            if (token == null || !isSigned(token)) {
                return INVALID;
            }
        } catch (KeySetUnavailableException e) {
            LOG.warn("No token can be verified: {}", e.getMessage(), e);
            return UNAVAILABLE;
        }
        return decide(token, scope);
    }

    private Decision decide(SignedToken token, @Nullable String scope) {
        String subject = token.text("sub");
        if (subject == null || !isTimely(token) || !isFromIssuer(token) || !isForUs(token)) {
            return INVALID;
        }
        Set<String> scopes = scopes(token);
        if (scope != null && !scopes.contains(scope)) {
            return INSUFFICIENT;
        }
        if (!isMeantForSelf(token, subject)) {
            return new Decision.Refused(
                    403, "Identity mismatch: custom claim does not match agent manifest (expected: " + self + ")");
        }
        return new Decision.Allowed(new CallerIdentity(subject, scopes));
    }

    /** With the keys that are known; with newer ones if none of them fits, since the issuer may have changed its keys. */
    private boolean isSigned(SignedToken token) {
        JWKSet known = keys.keys();
        if (isSigned(token, known)) {
            return true;
        }
        JWKSet newer = keys.newerThan(known);
        return !newer.equals(known) && isSigned(token, newer);
    }

    private static boolean isSigned(SignedToken token, JWKSet keys) {
        JWKMatcher fitting = JWKMatcher.forJWSHeader(token.header());
        if (fitting == null) {
            return false;
        }
        List<JWK> candidates = new JWKSelector(fitting).select(keys);
        return candidates.stream().limit(MAX_TRIES).anyMatch(token::isSignedBy);
    }

    private boolean isTimely(SignedToken token) {
        double now = clock.instant().toEpochMilli() / 1000.0;
        Double end = token.seconds("exp");
        if (end == null ? options.requireExpiry || token.claims().has("exp") : end <= now) {
            return false;
        }
        Double begin = token.seconds("nbf");
        return begin == null || begin <= now + LEEWAY_SECONDS;
    }

    private boolean isFromIssuer(SignedToken token) {
        String issuer = token.text("iss");
        if (options.issuer == null) {
            return true;
        }
        return issuer != null && withoutSlash(issuer).equals(withoutSlash(options.issuer));
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private boolean isForUs(SignedToken token) {
        return options.audience.isEmpty() || token.texts("aud").stream().anyMatch(options.audience::contains);
    }

    /** A text with blanks between the scopes, or a list of them. */
    private static Set<String> scopes(SignedToken token) {
        Set<String> scopes = new HashSet<>();
        for (String text : token.texts("scope")) {
            scopes.addAll(Arrays.asList(text.strip().split("\\s+")));
        }
        scopes.remove("");
        return scopes;
    }

    private boolean isMeantForSelf(SignedToken token, String subject) {
        if (token.claims().has(identityClaim)) {
            return self.value().equals(token.text(identityClaim));
        }
        return subjects.contains(subject);
    }
}
