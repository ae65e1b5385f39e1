// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.identity.CapabilityPage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a server's list of capabilities is asked for. Immutable: each {@code with…} gives a copy.
 *
 * @param text what the name or the description has in it, in upper or lower case; null for all
 * @param cursor where the part begins
 * @param limit how many there are at most, 1 to 1,000
 */
public record CapabilityQuery(@Nullable String text, long cursor, int limit) {
    /** How many capabilities there are at most unless set. */
    public static final int DEFAULT_LIMIT = 100;

    private static final int LARGEST_LIMIT = 1000;
    private static final CapabilityQuery ALL = new CapabilityQuery(null, 0, DEFAULT_LIMIT);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the cursor is negative, or the limit not 1 to 1,000
     */
    public CapabilityQuery {
        if (cursor < 0) {
            throw new IllegalArgumentException("cursor must be 0 or more, got " + cursor);
        }
        if (limit < 1 || limit > LARGEST_LIMIT) {
            throw new IllegalArgumentException("limit must be 1 to " + LARGEST_LIMIT + ", got " + limit);
        }
    }

    /** The first {@value #DEFAULT_LIMIT} of all capabilities. */
    public static CapabilityQuery all() {
        return ALL;
    }

    /** The first {@value #DEFAULT_LIMIT} of those with this in their name or description. */
    public static CapabilityQuery matching(String text) {
        return new CapabilityQuery(text, 0, DEFAULT_LIMIT);
    }

    /** The same with another limit. */
    public CapabilityQuery withLimit(int value) {
        return new CapabilityQuery(text, cursor, value);
    }

    /** The same from another place on. */
    public CapabilityQuery withCursor(long value) {
        return new CapabilityQuery(text, value, limit);
    }

    /** What asks for the part behind this one; empty at the end. */
    public Optional<CapabilityQuery> after(CapabilityPage page) {
        return Optional.ofNullable(page.nextCursor()).map(this::withCursor);
    }
}
