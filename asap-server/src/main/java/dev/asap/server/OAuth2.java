// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a server checks the access tokens of OAuth2 and OpenID Connect: JSON web tokens, signed with {@code RS256}, {@code ES256} or
 * {@code EdDSA}. Immutable.
 *
 * <pre>{@code
 * OAuth2.jwks(URI.create("https://login.example/keys"))
 *         .issuer("https://login.example")
 *         .audience("my-agent")
 *         .build()
 * }</pre>
 *
 * <p>A token must not be over, and must be meant for this agent: its identity claim is the agent's URN, or its subject is listed for
 * the agent. It does not have to be the sender of the messages that it comes with.
 */
public final class OAuth2 {
    /** The claim that names the agent that a token is meant for, unless another is set. */
    public static final String DEFAULT_IDENTITY_CLAIM = "https://github.com/adriannoes/asap-protocol/agent_id";

    /** The scope of operators. */
    public static final String ADMIN_SCOPE = "asap:admin";

    final KeySetSource keys;
    final Duration keysLifetime;
    final Duration refetchPause;
    final @Nullable String issuer;
    final Set<String> audience;
    final @Nullable String requiredScope;
    final @Nullable String identityClaim;
    final @Nullable Map<AgentUrn, Set<String>> subjects;
    final boolean requireExpiry;
    final boolean operatorRoutes;

    private OAuth2(Builder builder) {
        this.keys = builder.keys;
        this.keysLifetime = builder.keysLifetime;
        this.refetchPause = builder.refetchPause;
        this.issuer = builder.issuer;
        this.audience = builder.audience;
        this.requiredScope = builder.requiredScope;
        this.identityClaim = builder.identityClaim;
        this.subjects = builder.subjects;
        this.requireExpiry = builder.requireExpiry;
        this.operatorRoutes = builder.operatorRoutes;
    }

    /**
     * With the keys that the authorization server publishes at a URL.
     *
     * @throws IllegalArgumentException if the URL is not {@code https}, and not {@code http} of this machine
     */
    public static Builder jwks(URI url) {
        return keys(KeySetSource.at(url));
    }

    /** With keys from elsewhere. */
    public static Builder keys(KeySetSource source) {
        return new Builder(source);
    }

    /** Collects what is checked. Not thread-safe. */
    public static final class Builder {
        private final KeySetSource keys;
        private Duration keysLifetime = Duration.ofHours(24);
        private Duration refetchPause = Duration.ofSeconds(10);
        private @Nullable String issuer;
        private Set<String> audience = Set.of();
        private @Nullable String requiredScope;
        private @Nullable String identityClaim;
        private @Nullable Map<AgentUrn, Set<String>> subjects;
        private boolean requireExpiry = true;
        private boolean operatorRoutes;

        private Builder(KeySetSource keys) {
            this.keys = keys;
        }

        /** Who must have issued a token, its claim {@code iss}; a slash at the end does not count. Anyone whose key it is, unless set. */
        public Builder issuer(String value) {
            issuer = value;
            return this;
        }

        /** For whom a token must be, its claim {@code aud}: one of these. Anyone, unless set. */
        public Builder audience(String... values) {
            audience = Set.of(values);
            return this;
        }

        /** What a token must allow to be let through at all, as in {@code asap:execute}; nothing unless set. */
        public Builder requiredScope(String value) {
            requiredScope = value;
            return this;
        }

        /** The claim that must be the URN of this agent; {@value OAuth2#DEFAULT_IDENTITY_CLAIM} unless set. */
        public Builder identityClaim(String value) {
            identityClaim = value;
            return this;
        }

        /** Whose tokens are let through without an identity claim: subjects by the agent that they may call. Nobody's unless set. */
        public Builder subjects(Map<AgentUrn, ? extends Set<String>> value) {
            Map<AgentUrn, Set<String>> copy = new HashMap<>();
            value.forEach((agent, subs) -> copy.put(agent, Set.copyOf(subs)));
            subjects = Map.copyOf(copy);
            return this;
        }

        /** Whether a token without an end ({@code exp}) is refused; it is unless switched off, which no issuer of today needs. */
        public Builder requireExpiry(boolean value) {
            requireExpiry = value;
            return this;
        }

        /**
         * Whether {@code /usage}, {@code /sla} and {@code /audit} are for operators, whose tokens have the scope {@code asap:admin}. Unless
         * set, these routes are open.
         */
        public Builder operatorRoutes(boolean value) {
            operatorRoutes = value;
            return this;
        }

        /**
         * How long fetched keys are used; 24 hours unless set. A token of a key that is not among them has them fetched again, so that
         * an issuer may change its keys at any time.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder keysLifetime(Duration value) {
            keysLifetime = positive("keysLifetime", value);
            return this;
        }

        /**
         * How long fetched keys, or the failure to fetch them, stand even if a token's key is not among them; 10 s unless set. So
         * nobody can have them fetched more often.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder refetchPause(Duration value) {
            refetchPause = positive("refetchPause", value);
            return this;
        }

        private static Duration positive(String option, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(option + " must be positive, got " + value);
            }
            return value;
        }

        /**
         * Takes over what the environment says: {@code ASAP_AUTH_ISSUER}, {@code ASAP_AUTH_AUDIENCE} (several joined by commas),
         * {@code ASAP_AUTH_CUSTOM_CLAIM}, {@code ASAP_AUTH_SUBJECT_MAP} (JSON). What is set afterwards goes first.
         *
         * @throws ServerConfigurationException if a value cannot be used
         */
        public Builder fromEnvironment() {
            return fromEnvironment(System.getenv());
        }

        /** The same with these variables in place of the environment's. */
        public Builder fromEnvironment(Map<String, String> variables) {
            new Environment(variables).applyTo(this);
            return this;
        }

        /** What a server is given. */
        public OAuth2 build() {
            return new OAuth2(this);
        }
    }
}
