// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.id.AgentUrn;
import dev.asap.validation.Checks;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says about itself: who it is, what it can do, where it is reached and what it promises.
 *
 * <pre>{@code
 * Manifest manifest = Manifest.builder(
 *                 AgentUrn.of("urn:asap:agent:echo"), "Echo", "1.0.0", Endpoint.of("https://echo.example/asap"))
 *         .description("Says what it hears")
 *         .capabilities(Capability.builder().skill(Skill.of("echo", "Echo")).build())
 *         .build();
 * }</pre>
 *
 * @param id the agent
 * @param name its name for people
 * @param version its version by the rules of Python's PEP 440: {@code 1.0.0-beta} is one, {@code 1.0.0-SNAPSHOT} is none
 * @param description what it does, for people
 * @param capabilities what it can do and how
 * @param endpoints where it is reached
 * @param supportedVersions the versions of the {@code ASAP-Version} header that it speaks, at least one
 * @param auth how callers prove who they are, or null when they need not
 * @param signature not used by any release, or null; signatures are in a {@link SignedManifest}
 * @param sla what it promises about its service, or null
 * @param verification whether a registry has verified it, or null
 * @param ttlSeconds how long the manifest may be kept, 1 or more
 */
public record Manifest(
        AgentUrn id,
        String name,
        String version,
        String description,
        Capability capabilities,
        Endpoint endpoints,
        List<String> supportedVersions,
        @Nullable AuthScheme auth,
        @Nullable String signature,
        @Nullable SLADefinition sla,
        @Nullable VerificationStatus verification,
        long ttlSeconds) {
    /** The versions of the {@code ASAP-Version} header when a manifest names none. */
    public static final List<String> DEFAULT_SUPPORTED_VERSIONS = List.of("2.2");

    /** How long a manifest may be kept when it does not say so. */
    public static final long DEFAULT_TTL_SECONDS = 300;

    /** The kind of violation when a manifest names a way to authenticate that the protocol does not have. */
    public static final String UNSUPPORTED_AUTH_SCHEME = "asap:auth/unsupported_scheme";

    private static final Set<String> AUTH_SCHEMES = Set.of("bearer", "basic");

    /**
     * Checks the rules and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing, the version is none, there are no supported
     *     versions, the time to live is below 1, or a way to authenticate is not {@code bearer} or {@code basic}
     */
    public Manifest {
        Checks checks = Checks.of("Manifest")
                .required("id", id)
                .required("name", name)
                .required("version", version)
                .required("description", description)
                .required("capabilities", capabilities)
                .required("endpoints", endpoints)
                .required("supported_versions", supportedVersions)
                .rule(
                        "version",
                        version == null || Pep440.isVersion(version),
                        "must be a version by PEP 440, as '1.0.0' or '1.0.0rc1'",
                        version)
                .notEmpty("supported_versions", supportedVersions)
                .atLeast("ttl_seconds", ttlSeconds, 1);
        if (auth != null) {
            for (String scheme : auth.schemes()) {
                if (!AUTH_SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
                    checks.violation(
                            UNSUPPORTED_AUTH_SCHEME,
                            "auth",
                            "scheme must be 'basic' or 'bearer', got '" + scheme + "'");
                }
            }
        }
        checks.done();
        supportedVersions = List.copyOf(supportedVersions);
    }

    /** Starts the manifest of an agent, with an empty description and no skills. */
    public static Builder builder(AgentUrn id, String name, String version, Endpoint endpoints) {
        return new Builder(id, name, version, endpoints);
    }

    /** Whether the agent has the skill with this id, compared exactly. */
    public boolean hasSkill(String skillId) {
        return capabilities.skills().stream().anyMatch(skill -> skill.id().equals(skillId));
    }

    /**
     * Makes sure that the agent has the skill with this id, compared exactly.
     *
     * @return this manifest
     * @throws dev.asap.validation.ValidationException if it has not
     */
    public Manifest requireSkill(String skillId) {
        Checks.of("manifest of " + id)
                .rule(
                        "capabilities.skills",
                        hasSkill(skillId),
                        "must have '" + skillId + "'",
                        capabilities.skills().stream().map(Skill::id).toList())
                .done();
        return this;
    }

    /**
     * Whether {@code capabilities.asap_version} is this version or a later one, by the order of PEP 440. False if it is no version
     * at all.
     *
     * @param atLeast the version, for most uses {@link Envelope#ASAP_VERSION}
     * @throws IllegalArgumentException if {@code atLeast} is no version by PEP 440
     */
    public boolean hasAsapVersion(String atLeast) {
        Pep440 required = Pep440.parse(atLeast)
                .orElseThrow(() -> new IllegalArgumentException(
                        "atLeast must be a version by PEP 440, as '0.1', got '" + atLeast + "'"));
        return Pep440.parse(capabilities.asapVersion())
                .map(version -> version.compareTo(required) >= 0)
                .orElse(false);
    }

    /**
     * Makes sure that the agent speaks this version of the protocol or a later one, see {@link #hasAsapVersion}.
     *
     * @return this manifest
     * @throws dev.asap.validation.ValidationException if it does not
     * @throws IllegalArgumentException if {@code atLeast} is no version by PEP 440
     */
    public Manifest requireAsapVersion(String atLeast) {
        Checks.of("manifest of " + id)
                .rule(
                        "capabilities.asap_version",
                        hasAsapVersion(atLeast),
                        "must be " + atLeast + " or later",
                        capabilities.asapVersion())
                .done();
        return this;
    }

    /** Starts a copy. */
    public Builder toBuilder() {
        return new Builder(id, name, version, endpoints)
                .description(description)
                .capabilities(capabilities)
                .supportedVersions(supportedVersions)
                .auth(auth)
                .signature(signature)
                .sla(sla)
                .verification(verification)
                .ttlSeconds(ttlSeconds);
    }

    /** Collects the components. Not thread-safe. */
    public static final class Builder {
        private AgentUrn id;
        private String name;
        private String version;
        private String description = "";
        private Capability capabilities = Capability.builder().build();
        private Endpoint endpoints;
        private List<String> supportedVersions = DEFAULT_SUPPORTED_VERSIONS;
        private @Nullable AuthScheme auth;
        private @Nullable String signature;
        private @Nullable SLADefinition sla;
        private @Nullable VerificationStatus verification;
        private long ttlSeconds = DEFAULT_TTL_SECONDS;

        private Builder(AgentUrn id, String name, String version, Endpoint endpoints) {
            this.id = id;
            this.name = name;
            this.version = version;
            this.endpoints = endpoints;
        }

        /** Another agent than the builder was started with. */
        public Builder id(AgentUrn value) {
            id = value;
            return this;
        }

        /** Another name than the builder was started with. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Another version than the builder was started with. */
        public Builder version(String value) {
            version = value;
            return this;
        }

        /** What the agent does, for people; empty when not set. */
        public Builder description(String value) {
            description = value;
            return this;
        }

        /** What the agent can do and how; nothing when not set. */
        public Builder capabilities(Capability value) {
            capabilities = value;
            return this;
        }

        /** Another place than the builder was started with. */
        public Builder endpoints(Endpoint value) {
            endpoints = value;
            return this;
        }

        /** The versions of the {@code ASAP-Version} header; {@link #DEFAULT_SUPPORTED_VERSIONS} when not set. */
        public Builder supportedVersions(List<String> value) {
            supportedVersions = value;
            return this;
        }

        /** How callers prove who they are. */
        public Builder auth(@Nullable AuthScheme value) {
            auth = value;
            return this;
        }

        /** The member that no release uses. */
        public Builder signature(@Nullable String value) {
            signature = value;
            return this;
        }

        /** What the agent promises about its service. */
        public Builder sla(@Nullable SLADefinition value) {
            sla = value;
            return this;
        }

        /** Whether a registry has verified the agent. */
        public Builder verification(@Nullable VerificationStatus value) {
            verification = value;
            return this;
        }

        /** How long the manifest may be kept; {@value Manifest#DEFAULT_TTL_SECONDS} when not set. */
        public Builder ttlSeconds(long value) {
            ttlSeconds = value;
            return this;
        }

        /**
         * The manifest.
         *
         * @throws dev.asap.validation.ValidationException see {@link Manifest}
         */
        public Manifest build() {
            return new Manifest(
                    id,
                    name,
                    version,
                    description,
                    capabilities,
                    endpoints,
                    supportedVersions,
                    auth,
                    signature,
                    sla,
                    verification,
                    ttlSeconds);
        }
    }
}
