// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.jmh.PageCounts.Listing;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStore;
import dev.asap.store.sqlite.SQLiteStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** What a page of the history of service levels costs in a file with a million periods and a million breaches. */
final class SLACounts {
    private static final Instant FROM = SLAData.BEGIN.plus(Duration.ofHours(1000));
    private static final Instant UNTIL = SLAData.BEGIN.plus(Duration.ofHours(7000));

    private SLACounts() {}

    /** The lists that are read, by name. */
    static Map<String, Function<SLAStore, Listing>> listings() {
        Map<String, Function<SLAStore, Listing>> listings = new LinkedHashMap<>();
        SLAMetricsFilter periods = SLAMetricsFilter.all();
        listings.put("all", metrics(periods));
        listings.put("agent", metrics(periods.agent(SLAData.agent(7))));
        listings.put("time", metrics(periods.from(FROM).until(UNTIL)));
        listings.put(
                "agent-time", metrics(periods.agent(SLAData.agent(7)).from(FROM).until(UNTIL)));
        SLABreachFilter breaches = SLABreachFilter.all();
        listings.put("breaches", breaches(breaches));
        listings.put("breaches-agent", breaches(breaches.agent(SLAData.agent(7))));
        listings.put("breaches-severity", breaches(breaches.severity(BreachSeverity.WARNING)));
        listings.put("breaches-time", breaches(breaches.from(FROM).until(UNTIL)));
        listings.put(
                "breaches-agent-severity",
                breaches(breaches.agent(SLAData.agent(7)).severity(BreachSeverity.WARNING)));
        return listings;
    }

    private static Function<SLAStore, Listing> metrics(SLAMetricsFilter filter) {
        return store -> request -> store.queryMetrics(filter, request);
    }

    private static Function<SLAStore, Listing> breaches(SLABreachFilter filter) {
        return store -> request -> store.queryBreaches(filter, request);
    }

    /** How much longer a page takes of a million rows than of ten thousand. */
    static Tally pages(Function<SLAStore, Listing> listing) throws Exception {
        try (SQLiteStorage small = SQLiteStorage.open(SLAData.file(DataFile.SMALL));
                SQLiteStorage large = SQLiteStorage.open(SLAData.file(DataFile.LARGE))) {
            return PageCounts.ratio(listing.apply(small.sla()), listing.apply(large.sla()));
        }
    }

    /** The slowest page of a million rows, in parts of five milliseconds. */
    static Tally pageTimes() throws Exception {
        try (SQLiteStorage storage = SQLiteStorage.open(SLAData.file(DataFile.LARGE))) {
            Map<String, Listing> listings = new LinkedHashMap<>();
            listings().forEach((name, listing) -> listings.put(name, listing.apply(storage.sla())));
            return PageCounts.slowest(listings);
        }
    }
}
