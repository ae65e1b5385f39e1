// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ties together the tasks of some agents.
 *
 * @param id the conversation
 * @param participants who takes part, at least one; URNs by custom, any text by the protocol
 * @param createdAt when it began, in whole microseconds
 * @param metadata what else there is to say, or null
 */
public record Conversation(
        String id,
        List<String> participants,
        Instant createdAt,
        @Nullable CommonMetadata metadata) {
    /**
     * Checks that what is required is there, copies the list and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public Conversation {
        Checks.of("Conversation")
                .required("id", id)
                .required("participants", participants)
                .notEmpty("participants", participants)
                .required("created_at", createdAt)
                .done();
        participants = List.copyOf(participants);
        createdAt = WireTime.toPrecision(createdAt);
    }
}
