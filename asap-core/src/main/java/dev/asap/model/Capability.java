// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent can do and how.
 *
 * @param asapVersion the version of the envelope that it speaks, {@value Envelope#ASAP_VERSION} by custom
 * @param skills its skills; may be empty
 * @param statePersistence whether it keeps snapshots of its tasks
 * @param streaming whether it gives answers in pieces
 * @param mcpTools the MCP tools that it offers; may be empty
 * @param hardware the machine that it runs on, or null
 * @param inference how it runs its models, or null
 */
public record Capability(
        String asapVersion,
        List<Skill> skills,
        boolean statePersistence,
        boolean streaming,
        List<String> mcpTools,
        @Nullable HardwareCapability hardware,
        @Nullable InferenceCapability inference) {
    /**
     * Checks that what is required is there, and copies the lists.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Capability {
        Checks.of("Capability")
                .required("asap_version", asapVersion)
                .required("skills", skills)
                .required("mcp_tools", mcpTools)
                .done();
        skills = List.copyOf(skills);
        mcpTools = List.copyOf(mcpTools);
    }

    /** Starts the capabilities of an agent that can do nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts a copy. */
    public Builder toBuilder() {
        return new Builder()
                .asapVersion(asapVersion)
                .skills(skills)
                .statePersistence(statePersistence)
                .streaming(streaming)
                .mcpTools(mcpTools)
                .hardware(hardware)
                .inference(inference);
    }

    /** Collects the components. Not thread-safe. */
    public static final class Builder {
        private String asapVersion = Envelope.ASAP_VERSION;
        private List<Skill> skills = new ArrayList<>();
        private boolean statePersistence;
        private boolean streaming;
        private List<String> mcpTools = List.of();
        private @Nullable HardwareCapability hardware;
        private @Nullable InferenceCapability inference;

        private Builder() {}

        /** The version of the envelope; {@value Envelope#ASAP_VERSION} when not set. */
        public Builder asapVersion(String value) {
            asapVersion = value;
            return this;
        }

        /** All skills, instead of those added so far. */
        public Builder skills(List<Skill> value) {
            skills = new ArrayList<>(value);
            return this;
        }

        /** Adds a skill. */
        public Builder skill(Skill value) {
            skills.add(value);
            return this;
        }

        /** Whether the agent keeps snapshots of its tasks. */
        public Builder statePersistence(boolean value) {
            statePersistence = value;
            return this;
        }

        /** Whether the agent gives answers in pieces. */
        public Builder streaming(boolean value) {
            streaming = value;
            return this;
        }

        /** The MCP tools that the agent offers. */
        public Builder mcpTools(List<String> value) {
            mcpTools = value;
            return this;
        }

        /** The machine that the agent runs on. */
        public Builder hardware(@Nullable HardwareCapability value) {
            hardware = value;
            return this;
        }

        /** How the agent runs its models. */
        public Builder inference(@Nullable InferenceCapability value) {
            inference = value;
            return this;
        }

        /** The capabilities. */
        public Capability build() {
            return new Capability(asapVersion, skills, statePersistence, streaming, mcpTools, hardware, inference);
        }
    }
}
