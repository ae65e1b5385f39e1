// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.id.AgentUrn;
import dev.asap.model.TaskResponse;
import dev.asap.validation.Checks;

/** An agent has answered, and its task is not completed: it failed, was cancelled, or goes on. */
public final class TaskNotCompletedException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final transient TaskResponse response;

    TaskNotCompletedException(AgentUrn agent, TaskResponse response) {
        super(
                "the task '" + Checks.quoted(response.taskId()) + "' of " + agent
                        + " is not completed: its status is '"
                        + Checks.quoted(response.status().value()) + "'",
                null);
        this.response = response;
    }

    /** What the agent answered; its result may say why. */
    public TaskResponse response() {
        return response;
    }
}
