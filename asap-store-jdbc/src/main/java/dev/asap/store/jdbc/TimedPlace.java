// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.page.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * Where a row stands in a list that is ordered by time, and by id where times are the same.
 *
 * @param time the text of its time
 * @param id its id
 */
record TimedPlace(String time, String id) {
    private static final char BETWEEN = '\n';

    /**
     * The place that a cursor names.
     *
     * @throws IllegalArgumentException if it is the cursor of a list of another kind
     */
    static TimedPlace of(Cursor cursor) {
        String key = cursor.key();
        int split = key.indexOf(BETWEEN);
        if (split < 0) {
            throw ofAnotherList(cursor, null);
        }
        return new TimedPlace(key.substring(0, split), key.substring(split + 1));
    }

    /** What is thrown for a cursor of a list of another kind. */
    static IllegalArgumentException ofAnotherList(Cursor cursor, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was", cause);
    }

    Cursor cursor() {
        return Cursor.afterKey(time + BETWEEN + id);
    }
}
