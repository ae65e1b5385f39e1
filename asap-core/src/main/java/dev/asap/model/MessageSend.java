// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.List;

/**
 * A message within a task. Its parts are named, not contained: where they are is the agents' own affair.
 *
 * @param taskId the task
 * @param messageId the message
 * @param sender who speaks; an agent's URN by custom, any text by the protocol
 * @param role in which role
 * @param parts the ids of the message's parts; may be empty
 */
public record MessageSend(String taskId, String messageId, String sender, MessageRole role, List<String> parts)
        implements Payload {
    /**
     * Checks that what is required is there, and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public MessageSend {
        Checks.of("MessageSend")
                .required("task_id", taskId)
                .required("message_id", messageId)
                .required("sender", sender)
                .required("role", role)
                .required("parts", parts)
                .done();
        parts = List.copyOf(parts);
    }

    @Override
    public PayloadType type() {
        return PayloadType.MESSAGE_SEND;
    }
}
