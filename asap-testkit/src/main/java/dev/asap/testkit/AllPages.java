// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Goes through a list page by page, each behind the cursor of the one before. */
final class AllPages {
    private AllPages() {}

    /** The items of all pages; no page may have more than {@code limit}. */
    static <T> List<T> of(Function<PageRequest, Page<T>> list, int limit) {
        List<T> items = new ArrayList<>();
        Optional<PageRequest> request = Optional.of(PageRequest.first(limit));
        while (request.isPresent()) {
            Page<T> page = list.apply(request.get());
            assertThat(page.items().size()).isLessThanOrEqualTo(limit);
            items.addAll(page.items());
            request = page.next(limit);
        }
        return items;
    }
}
