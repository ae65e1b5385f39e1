// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.id.AgentUrn;
import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A list of agents that is published as one document. Nobody has signed it: what an entry says about an agent is to be proved by
 * the agent's manifest.
 *
 * <p>The searches compare exactly, with regard to case, and keep the order of the list.
 *
 * @param version the version of the list's form, as in {@code 1.0}
 * @param updatedAt when it was made, in whole microseconds
 * @param agents the agents; may be empty
 */
public record Registry(String version, Instant updatedAt, List<RegistryEntry> agents) {
    /**
     * Checks that what is required is there, copies the list, and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Registry {
        Checks.of("Registry")
                .required("version", version)
                .required("updated_at", updatedAt)
                .required("agents", agents)
                .done();
        updatedAt = WireTime.toPrecision(updatedAt);
        agents = List.copyOf(agents);
    }

    /** The entry of an agent; the first one, should there be several. */
    public Optional<RegistryEntry> find(AgentUrn id) {
        return agents.stream().filter(agent -> agent.id().equals(id)).findFirst();
    }

    /** The agents that have this skill. */
    public List<RegistryEntry> bySkill(String skill) {
        return where(agent -> agent.skills().contains(skill));
    }

    /** The agents on machines of this kind. */
    public List<RegistryEntry> byHardwareClass(HardwareClass hardwareClass) {
        return where(agent -> hardwareClass.equals(agent.hardwareClass()));
    }

    /** The agents that run their models in this way. */
    public List<RegistryEntry> byInferenceMode(InferenceMode mode) {
        return where(agent -> agent.inferenceModes().contains(mode));
    }

    /** The agents that have this physical interface. */
    public List<RegistryEntry> byHardwareIo(HardwareIoType io) {
        return where(agent -> agent.hardwareIo().contains(io));
    }

    private List<RegistryEntry> where(Predicate<RegistryEntry> condition) {
        return agents.stream().filter(condition).toList();
    }
}
