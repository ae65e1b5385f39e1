// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.page;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param <T> what the list holds
 * @param items the items in the order of the list, at most as many as asked for
 * @param total how many items the whole list holds, exact
 * @param nextCursor the place behind the last item, or null when this page reaches the end
 */
public record Page<T>(List<T> items, long total, @Nullable Cursor nextCursor) {
    /** Copies the items. */
    public Page {
        items = List.copyOf(items);
        if (total < 0) {
            throw new IllegalArgumentException("total must be 0 or more, got " + total);
        }
    }

    /** A page of an empty list. */
    public static <T> Page<T> empty() {
        return new Page<>(List.of(), 0, null);
    }

    /** Whether more items follow. */
    public boolean hasNext() {
        return nextCursor != null;
    }

    /** The request for the page behind this one with up to {@code limit} items; empty at the end. */
    public Optional<PageRequest> next(int limit) {
        return Optional.ofNullable(nextCursor).map(cursor -> PageRequest.after(cursor, limit));
    }
}
