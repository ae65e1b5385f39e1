// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What else there is to say about a conversation.
 *
 * @param purpose what it is for, or null
 * @param ttlHours how long it is kept, 1 or more, or null
 * @param source where it comes from, or null
 * @param timestamp a time in any form, or null
 * @param tags words to find it by, or null
 */
public record CommonMetadata(
        @Nullable String purpose,
        @Nullable Long ttlHours,
        @Nullable String source,
        @Nullable String timestamp,
        @Nullable List<String> tags) {
    /**
     * Checks the bounds and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if {@code ttlHours} is below 1
     */
    public CommonMetadata {
        Checks.of("CommonMetadata").atLeast("ttl_hours", ttlHours, 1).done();
        tags = tags == null ? null : List.copyOf(tags);
    }
}
