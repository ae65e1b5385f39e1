// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.page;

import org.jspecify.annotations.Nullable;

/**
 * Which page of a list is wanted: so many items from an offset, or so many items after a cursor.
 *
 * @param limit the most items on the page, 1 to {@value #MAX_LIMIT}
 * @param offset how many items to skip, 0 or more; 0 when there is a cursor
 * @param cursor the place after which the page begins, or null to count from the start
 */
public record PageRequest(int limit, long offset, @Nullable Cursor cursor) {
    /** The most items that one page may hold. */
    public static final int MAX_LIMIT = 1000;

    /** How many items a page holds when nobody says otherwise. */
    public static final int DEFAULT_LIMIT = 100;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if the limit or the offset is out of bounds, or both an offset and a cursor are given
     */
    public PageRequest {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT + ", got " + limit);
        }
        if (offset < 0) {
            throw new IllegalArgumentException("offset must be 0 or more, got " + offset);
        }
        if (cursor != null && offset != 0) {
            throw new IllegalArgumentException(
                    "a page starts at an offset or after a cursor, got both: offset " + offset + " and " + cursor);
        }
    }

    /** The first page with {@value #DEFAULT_LIMIT} items. */
    public static PageRequest first() {
        return first(DEFAULT_LIMIT);
    }

    /** The first page with up to {@code limit} items. */
    public static PageRequest first(int limit) {
        return new PageRequest(limit, 0, null);
    }

    /** Up to {@code limit} items after the first {@code offset}; for depth, {@link #after} is cheaper. */
    public static PageRequest of(int limit, long offset) {
        return new PageRequest(limit, offset, null);
    }

    /** Up to {@code limit} items behind {@code cursor}; costs the same at any depth. */
    public static PageRequest after(Cursor cursor, int limit) {
        return new PageRequest(limit, 0, cursor);
    }
}
