// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Pages of a long list, each with its exact total: at the beginning, in the middle and at the end. */
final class PageCounts {
    static final int PAGE = 50;

    /** A list that is read page by page. */
    @FunctionalInterface
    interface Listing {
        Page<?> page(PageRequest request);
    }

    private PageCounts() {}

    /** How much longer a page takes of the large list than of the small one. */
    static Tally ratio(Listing small, Listing large) throws Exception {
        // As many rows on a page of either: of ten thousand rows a filter may mean but ten or so, or none.
        int limit = (int) Math.max(1, Math.min(PAGE, total(small) / 2));
        List<Callable<?>> calls = new ArrayList<>();
        for (Listing listing : List.of(small, large)) {
            for (long offset : offsets(listing, limit)) {
                calls.add(() -> listing.page(PageRequest.of(limit, offset)));
            }
        }
        double[] millis = Turns.millis(calls);
        double worst = 0;
        for (int i = 0; i < 3; i++) {
            worst = Math.max(worst, millis[3 + i] / millis[i]);
        }
        return Tally.of(worst)
                .with("ms_first", millis[3])
                .with("ms_first_of_10000", millis[0])
                .with("ms_middle", millis[4])
                .with("ms_middle_of_10000", millis[1])
                .with("ms_last", millis[5])
                .with("ms_last_of_10000", millis[2]);
    }

    /** The slowest page of the lists, in parts of five milliseconds. */
    static Tally slowest(Map<String, Listing> listings) throws Exception {
        Map<String, Callable<?>> calls = new LinkedHashMap<>();
        listings.forEach((name, listing) -> {
            long[] offsets = offsets(listing, PAGE);
            calls.put("first_" + name, () -> listing.page(PageRequest.of(PAGE, offsets[0])));
            calls.put("middle_" + name, () -> listing.page(PageRequest.of(PAGE, offsets[1])));
            calls.put("last_" + name, () -> listing.page(PageRequest.of(PAGE, offsets[2])));
        });
        return Turns.slowest(calls);
    }

    private static long[] offsets(Listing listing, int limit) {
        long total = total(listing);
        return new long[] {0, total / 2, Math.max(0, total - limit)};
    }

    private static long total(Listing listing) {
        return listing.page(PageRequest.first(1)).total();
    }
}
