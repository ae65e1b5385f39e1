// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.model.Envelope;
import dev.asap.storage.Storage;
import org.jspecify.annotations.Nullable;

/** What a handler knows of the request that it answers. Thread-safe. */
public class RequestContext {
    private final Envelope envelope;
    private final Storage storage;
    private @Nullable String taskId;

    RequestContext(Envelope envelope, Storage storage) {
        this.envelope = envelope;
        this.storage = storage;
    }

    /** The request. */
    public Envelope envelope() {
        return envelope;
    }

    /** Who asks. */
    public AgentUrn sender() {
        return envelope.sender();
    }

    /** The id of the task that the request asks for, in case it does: given when it is needed first. */
    final synchronized String taskIdOfRequest() {
        if (taskId == null) {
            taskId = Ulid.next("task_");
        }
        return taskId;
    }

    /** The server's storage. */
    public Storage storage() {
        return storage;
    }
}
