// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.id.AgentUrn;
import dev.asap.validation.Checks;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a registry says about an agent.
 *
 * @param id the agent
 * @param name its name for people
 * @param description what it does, for people
 * @param endpoints URLs by what they are for, by custom {@value #HTTP}, {@value #WS} and {@value #MANIFEST}; may be empty
 * @param skills the ids of its skills; may be empty
 * @param category what it is about, one of {@link #CATEGORIES} by custom, or null
 * @param tags words to find it by; may be empty
 * @param asapVersion the version of the protocol that it speaks
 * @param repositoryUrl where its source is, or null
 * @param documentationUrl where it is described, or null
 * @param builtWith what it was made with, or null
 * @param verification whether the registry has verified it, or null; see {@link Registry} for what that proves
 * @param onlineCheck false if nobody shall probe whether it answers; null if the entry does not say
 * @param hardwareClass the kind of machine that it runs on, or null
 * @param inferenceModes how it runs its models; may be empty
 * @param hardwareIo its physical interfaces; may be empty
 */
public record RegistryEntry(
        AgentUrn id,
        String name,
        String description,
        Map<String, String> endpoints,
        List<String> skills,
        @Nullable String category,
        List<String> tags,
        String asapVersion,
        @Nullable String repositoryUrl,
        @Nullable String documentationUrl,
        @Nullable String builtWith,
        @Nullable VerificationStatus verification,
        @Nullable Boolean onlineCheck,
        @Nullable HardwareClass hardwareClass,
        List<InferenceMode> inferenceModes,
        List<HardwareIoType> hardwareIo) {
    /** The endpoint for messages: the whole URL, {@code /asap} included. */
    public static final String HTTP = "http";

    /** The endpoint of the WebSocket. */
    public static final String WS = "ws";

    /** Where the manifest is. */
    public static final String MANIFEST = "manifest";

    /** The customary categories, as they are written. */
    public static final List<String> CATEGORIES = List.of(
            "Research", "Coding", "Productivity", "Data", "Security", "Infrastructure", "Creative", "Finance", "Other");

    /**
     * Checks that what is required is there, copies lists and map, and writes the category as is customary: without white space
     * around it, a known one in its own case, a blank one as null.
     *
     * @throws dev.asap.validation.ValidationException if something is not there
     */
    public RegistryEntry {
        Checks.of("RegistryEntry")
                .required("id", id)
                .required("name", name)
                .required("description", description)
                .required("endpoints", endpoints)
                .required("skills", skills)
                .required("tags", tags)
                .required("asap_version", asapVersion)
                .required("inference_modes", inferenceModes)
                .required("hardware_io", hardwareIo)
                .done();
        endpoints = Collections.unmodifiableMap(new LinkedHashMap<>(endpoints));
        skills = List.copyOf(skills);
        category = category == null ? null : customary(category.strip());
        tags = List.copyOf(tags);
        inferenceModes = List.copyOf(inferenceModes);
        hardwareIo = List.copyOf(hardwareIo);
    }

    /**
     * The entry for an agent that publishes this manifest: with what the manifest says of it, and no category or tags.
     *
     * @param manifestUrl where the manifest is published
     */
    public static RegistryEntry of(Manifest manifest, String manifestUrl) {
        Capability capabilities = manifest.capabilities();
        Builder entry = builder(manifest.id(), manifest.name(), manifest.description(), capabilities.asapVersion())
                .endpoint(HTTP, manifest.endpoints().asap())
                .skills(capabilities.skills().stream().map(Skill::id).toList());
        if (manifest.endpoints().events() != null) {
            entry.endpoint(WS, manifest.endpoints().events());
        }
        if (capabilities.hardware() != null) {
            entry.hardwareClass(capabilities.hardware().hardwareClass())
                    .hardwareIo(capabilities.hardware().io());
        }
        if (capabilities.inference() != null) {
            entry.inferenceModes(capabilities.inference().modes());
        }
        return entry.endpoint(MANIFEST, manifestUrl).build();
    }

    /** Starts an entry without endpoints and skills. */
    public static Builder builder(AgentUrn id, String name, String description, String asapVersion) {
        return new Builder(id, name, description, asapVersion);
    }

    /** Starts a copy. */
    public Builder toBuilder() {
        return new Builder(id, name, description, asapVersion)
                .endpoints(endpoints)
                .skills(skills)
                .category(category)
                .tags(tags)
                .repositoryUrl(repositoryUrl)
                .documentationUrl(documentationUrl)
                .builtWith(builtWith)
                .verification(verification)
                .onlineCheck(onlineCheck)
                .hardwareClass(hardwareClass)
                .inferenceModes(inferenceModes)
                .hardwareIo(hardwareIo);
    }

    /** One of the {@link #endpoints}; empty if there is none of this name. */
    public Optional<String> endpoint(String what) {
        return Optional.ofNullable(endpoints.get(what));
    }

    private static @Nullable String customary(String category) {
        for (String known : CATEGORIES) {
            if (known.equalsIgnoreCase(category)) {
                return known;
            }
        }
        return category.isEmpty() ? null : category;
    }

    /** Collects the components. Not thread-safe. */
    public static final class Builder {
        private final AgentUrn id;
        private final String name;
        private final String description;
        private final String asapVersion;
        private final Map<String, String> endpoints = new LinkedHashMap<>();
        private List<String> skills = List.of();
        private @Nullable String category;
        private List<String> tags = List.of();
        private @Nullable String repositoryUrl;
        private @Nullable String documentationUrl;
        private @Nullable String builtWith;
        private @Nullable VerificationStatus verification;
        private @Nullable Boolean onlineCheck;
        private @Nullable HardwareClass hardwareClass;
        private List<InferenceMode> inferenceModes = List.of();
        private List<HardwareIoType> hardwareIo = List.of();

        private Builder(AgentUrn id, String name, String description, String asapVersion) {
            this.id = id;
            this.name = name;
            this.description = description;
            this.asapVersion = asapVersion;
        }

        /** Sets one endpoint, see {@link RegistryEntry#HTTP} and its neighbours. */
        public Builder endpoint(String what, String url) {
            endpoints.put(what, url);
            return this;
        }

        /** All endpoints, instead of those set so far. */
        public Builder endpoints(Map<String, String> value) {
            endpoints.clear();
            endpoints.putAll(value);
            return this;
        }

        /** The ids of the agent's skills; none when not set. */
        public Builder skills(List<String> value) {
            skills = value;
            return this;
        }

        /** What the agent is about. */
        public Builder category(@Nullable String value) {
            category = value;
            return this;
        }

        /** Words to find the agent by; none when not set. */
        public Builder tags(List<String> value) {
            tags = value;
            return this;
        }

        /** Where the agent's source is. */
        public Builder repositoryUrl(@Nullable String value) {
            repositoryUrl = value;
            return this;
        }

        /** Where the agent is described. */
        public Builder documentationUrl(@Nullable String value) {
            documentationUrl = value;
            return this;
        }

        /** What the agent was made with. */
        public Builder builtWith(@Nullable String value) {
            builtWith = value;
            return this;
        }

        /** Whether the registry has verified the agent. */
        public Builder verification(@Nullable VerificationStatus value) {
            verification = value;
            return this;
        }

        /** Whether others may probe whether the agent answers. */
        public Builder onlineCheck(@Nullable Boolean value) {
            onlineCheck = value;
            return this;
        }

        /** The kind of machine that the agent runs on. */
        public Builder hardwareClass(@Nullable HardwareClass value) {
            hardwareClass = value;
            return this;
        }

        /** How the agent runs its models; nothing when not set. */
        public Builder inferenceModes(List<InferenceMode> value) {
            inferenceModes = value;
            return this;
        }

        /** The agent's physical interfaces; none when not set. */
        public Builder hardwareIo(List<HardwareIoType> value) {
            hardwareIo = value;
            return this;
        }

        /**
         * The entry.
         *
         * @throws dev.asap.validation.ValidationException see {@link RegistryEntry}
         */
        public RegistryEntry build() {
            return new RegistryEntry(
                    id,
                    name,
                    description,
                    endpoints,
                    skills,
                    category,
                    tags,
                    asapVersion,
                    repositoryUrl,
                    documentationUrl,
                    builtWith,
                    verification,
                    onlineCheck,
                    hardwareClass,
                    inferenceModes,
                    hardwareIo);
        }
    }
}
