// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.page.Cursor;
import dev.asap.page.Page;
import java.util.List;
import java.util.function.Function;

/** Makes pages of rows that were looked for with one more than the page holds, which tells whether it is the last. */
final class PageOfRows {
    private PageOfRows() {}

    /**
     * The page.
     *
     * @param found the rows, and one more where there is one
     * @param limit how many the page holds
     * @param item what a row is
     * @param cursor the place behind a row
     */
    static <R, T> Page<T> of(List<R> found, int limit, long total, Function<R, T> item, Function<R, Cursor> cursor) {
        boolean more = found.size() > limit;
        List<R> rows = more ? found.subList(0, limit) : found;
        return new Page<>(rows.stream().map(item).toList(), total, more ? cursor.apply(rows.get(limit - 1)) : null);
    }
}
