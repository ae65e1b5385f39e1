// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.client.ASAPClient;
import dev.asap.id.AgentUrn;
import dev.asap.state.SnapshotStore;
import org.jspecify.annotations.Nullable;

/**
 * A process that has tasks or gets them, as a coordinator sees it.
 *
 * @param name the name under which it holds tasks, see {@link Ownership}
 * @param urn the agent that it runs
 * @param client calls it; stays the caller's to close
 * @param store where it keeps snapshots, or null where the coordinator cannot reach that
 */
public record TaskHost(
        String name,
        AgentUrn urn,
        ASAPClient client,
        @Nullable SnapshotStore store) {
    /**
     * Checks that what is required is there.
     *
     * @throws IllegalArgumentException if the name is empty or longer than {@link Ownership#MAX_NAME_LENGTH} characters
     */
    public TaskHost {
        Ownership.requireName("name", name);
        requireNonNull(urn, "urn");
        requireNonNull(client, "client");
    }

    /** The name and the agent. */
    @Override
    public String toString() {
        return name + " (" + urn + ")";
    }
}
