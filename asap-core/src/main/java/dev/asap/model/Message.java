// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.List;

/**
 * A message of a task, as it is kept.
 *
 * @param id the message
 * @param taskId the task
 * @param sender who speaks; an agent's URN by custom, any text by the protocol
 * @param role in which role
 * @param parts the ids of its parts; may be empty
 * @param timestamp when it was made, in whole microseconds
 */
public record Message(
        String id, String taskId, String sender, MessageRole role, List<String> parts, Instant timestamp) {
    /**
     * Checks that what is required is there, copies the list and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Message {
        Checks.of("Message")
                .required("id", id)
                .required("task_id", taskId)
                .required("sender", sender)
                .required("role", role)
                .required("parts", parts)
                .required("timestamp", timestamp)
                .done();
        parts = List.copyOf(parts);
        timestamp = WireTime.toPrecision(timestamp);
    }
}
