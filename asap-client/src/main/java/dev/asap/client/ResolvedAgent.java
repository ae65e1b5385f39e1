// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.MalformedEnvelopeException;
import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.model.Manifest;
import dev.asap.model.RegistryEntry;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;

/**
 * An agent that was found by its URN, whose manifest the registry's authority has signed, and that was not revoked at that
 * moment. Thread-safe. Holds a client, so it has to be closed.
 */
public final class ResolvedAgent implements AutoCloseable {
    private final RegistryEntry entry;
    private final Manifest manifest;
    private final String baseUrl;
    private final AgentUrn sender;
    private final ASAPClient client;

    ResolvedAgent(RegistryEntry entry, Manifest manifest, String baseUrl, AgentUrn sender, ASAPClient client) {
        this.entry = entry;
        this.manifest = manifest;
        this.baseUrl = baseUrl;
        this.sender = sender;
        this.client = client;
    }

    /** Who it is. */
    public AgentUrn id() {
        return manifest.id();
    }

    /** What the registry says about it. Nobody has signed that. */
    public RegistryEntry entry() {
        return entry;
    }

    /** What the agent says about itself, signed. */
    public Manifest manifest() {
        return manifest;
    }

    /** Where it is: {@code endpoints.asap} of the manifest without {@code /asap} at its end. */
    public String baseUrl() {
        return baseUrl;
    }

    /** The client that calls it, for everything that this class has no method for. Closing this closes it. */
    public ASAPClient client() {
        return client;
    }

    /**
     * Has the agent do a task with one of its skills, in a conversation of its own, and gives the result.
     *
     * @return what the skill gave; empty if it gave nothing
     * @throws TaskNotCompletedException as {@link #run(TaskRequest)} does
     * @throws dev.asap.ASAPException see {@link ASAPClient}
     */
    public JsonObject run(String skillId, JsonObject input) {
        return run(TaskRequest.of(Ulid.next(), skillId, input));
    }

    /**
     * Has the agent do a task and gives the result. To go on with a task that is not completed, use {@link #request}.
     *
     * @return what the skill gave; empty if it gave nothing
     * @throws TaskNotCompletedException if the task has any other status than completed
     * @throws MalformedEnvelopeException if the answer is none to a task
     * @throws dev.asap.ASAPException see {@link ASAPClient}
     */
    public JsonObject run(TaskRequest task) {
        TaskResponse response = request(task);
        if (!response.status().equals(TaskStatus.COMPLETED)) {
            throw new TaskNotCompletedException(id(), response);
        }
        return response.result() == null ? JsonObject.empty() : response.result();
    }

    /**
     * Asks the agent to do a task and gives its response, whatever its status is.
     *
     * @throws MalformedEnvelopeException if the answer is none to a task
     * @throws dev.asap.ASAPException see {@link ASAPClient}
     */
    public TaskResponse request(TaskRequest task) {
        return client.request(sender, id(), task);
    }

    /** Closes the client, and cuts off what it is doing. Does nothing the second time. */
    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return "ResolvedAgent[" + id() + "]";
    }
}
