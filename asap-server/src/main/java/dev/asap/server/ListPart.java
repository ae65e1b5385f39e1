// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.page.Cursor;
import dev.asap.page.PageRequest;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a request wants.
 *
 * @param limit the most items, 0 to {@link PageRequest#MAX_LIMIT}, or null for all
 * @param offset how many items to pass over
 * @param cursor the place that the part starts behind, or null; the offset is 0 then
 */
record ListPart(
        @Nullable Integer limit, long offset, @Nullable Cursor cursor) {
    /** The names of the parameters. */
    static final String LIMIT = "limit";

    static final String OFFSET = "offset";
    static final String CURSOR = "cursor";

    /** The first page of this part, of at least one item: no store knows pages of none. */
    PageRequest firstPage() {
        return new PageRequest(limit == null ? PageRequest.MAX_LIMIT : Math.max(1, limit), offset, cursor);
    }
}
