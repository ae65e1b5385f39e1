// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.JsonObject;
import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Asks an agent to do a task with one of its skills.
 *
 * @param conversationId the conversation that the task belongs to; may be empty
 * @param parentTaskId the task that this one is a part of, or null
 * @param skillId which skill of the agent; may be empty
 * @param input what the skill works on
 * @param config how the task is to be done, or null
 */
public record TaskRequest(
        String conversationId,
        @Nullable String parentTaskId,
        String skillId,
        JsonObject input,
        @Nullable TaskRequestConfig config)
        implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public TaskRequest {
        Checks.of("TaskRequest")
                .required("conversation_id", conversationId)
                .required("skill_id", skillId)
                .required("input", input)
                .done();
    }

    /** A request in a conversation, without parent and settings. */
    public static TaskRequest of(String conversationId, String skillId, JsonObject input) {
        return new TaskRequest(conversationId, null, skillId, input, null);
    }

    @Override
    public PayloadType type() {
        return PayloadType.TASK_REQUEST;
    }
}
