// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.metering.UsageAggregate.ByPeriod;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageTotals;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What events came to by period. Belongs to one session, whose statements have to see one state; not thread-safe. */
final class UsagePeriods {
    private static final int HOUR = 13;

    private final SqlSession session;
    private final UsageQuery query;
    private final UsagePeriod period;
    private final List<ByPeriod> found = new ArrayList<>();

    private UsagePeriods(SqlSession session, UsageQuery query, UsagePeriod period) {
        this.session = session;
        this.query = query;
        this.period = period;
    }

    /** The periods of what a query means, oldest first. */
    static List<ByPeriod> of(SqlSession session, UsageQuery query, UsagePeriod period) throws SQLException {
        UsagePeriods periods = new UsagePeriods(session, query, period);
        if (period == UsagePeriod.HOUR && query.isOfAll()) {
            periods.addHours();
        } else {
            periods.add(query.range());
        }
        return periods.found;
    }

    static UsageTotals totals(long[] sums) {
        return new UsageTotals(sums[0], sums[1], sums[2], sums[3], sums[4]);
    }

    // ---- Hours of all events

    /** Hours that are whole and without changes have their figures ready; the others are added up. */
    private void addHours() throws SQLException {
        TimeRange range = query.range();
        if (range.isEmpty()) {
            return;
        }
        NavigableMap<String, String> others = new TreeMap<>();
        String first = range.from() == null ? null : TimeRange.prefix(range.from(), HOUR);
        String last = range.until() == null ? null : TimeRange.prefix(range.until(), HOUR);
        if (first != null) {
            others.put(first, first);
        }
        if (last != null) {
            others.put(last, last);
        }
        if (!addChanged(others)) {
            add(range);
            return;
        }
        String behind = null;
        for (Map.Entry<String, String> other : others.entrySet()) {
            if (behind != null || first == null) {
                addReady(behind, other.getKey());
            }
            addSpan(other.getKey(), other.getValue());
            behind = other.getValue();
        }
        if (last == null) {
            addReady(behind, null);
        }
    }

    /** Adds what lies in the range of some hours. Bounds in the hours beside them leave them whole, so that they are not read row by row. */
    private void addSpan(String first, String last) throws SQLException {
        TimeRange range = query.range();
        String from = beside(first, -1) + RollUp.BEHIND;
        String until = beside(last, 1);
        int before = found.size();
        add(new TimeRange(
                range.from() == null ? from : range.notBefore(from),
                range.until() == null || until.compareTo(range.until()) < 0 ? until : range.until()));
        // Whatever foreign rows have there is no hour, and among the others.
        found.subList(before, found.size())
                .removeIf(each ->
                        each.period().compareTo(first) < 0 || each.period().compareTo(last) > 0);
    }

    private static String beside(String hour, int difference) {
        int end = hour.length() - 1;
        return hour.substring(0, end) + (char) (hour.charAt(end) + difference);
    }

    /**
     * Adds the hours from the first that has changes to the last, together with those that lie in them. Changes come in the order of
     * time, as a rule: then these are few.
     *
     * @return whether these are hours; foreign rows may have times that are none
     */
    private boolean addChanged(NavigableMap<String, String> spans) throws SQLException {
        TimeRange range = query.range();
        PreparedStatement select = session.prepare("SELECT substr(MIN(at), 1, " + HOUR + "), substr(MAX(at), 1, " + HOUR
                + ") FROM " + JdbcMeteringStore.ROLL_UP.changesTable() + " WHERE at BETWEEN ? AND ?");
        select.setString(1, range.first());
        select.setString(2, range.until() == null ? RollUp.BEHIND : range.until());
        try (ResultSet row = select.executeQuery()) {
            String low = row.next() ? row.getString(1) : null;
            if (low == null) {
                return true;
            }
            String high = row.getString(2);
            if (!isHour(low) || !isHour(high)) {
                return false;
            }
            // The bounds of the range, if they lie within.
            spans.subMap(low, true, high, true).clear();
            spans.put(low, high);
            return true;
        }
    }

    private static boolean isHour(String name) {
        return name.length() == HOUR && name.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    private void addReady(@Nullable String behind, @Nullable String before) throws SQLException {
        int agents = UsageGroups.width();
        UsageHours.between(
                session,
                behind,
                before,
                (hour, figures) ->
                        found.add(new ByPeriod(hour, totals(figures), figures[agents], figures[agents + 1])));
    }

    // ---- Any period

    private void add(TimeRange range) throws SQLException {
        PeriodNames names = new PeriodNames(period);
        Map<String, long[]> sums = new TreeMap<>();
        RollUpGroups.Receiver bucket = (time, values) -> sums.merge(names.of(time), values, RollUp::plus);
        if (query.isRolledUp()) {
            query.view(session).groups(range, names.length()).sumBy(names.bucket("at"), bucket);
        } else {
            query.groupRows(session, names.bucket("timestamp"), bucket);
        }
        Map<String, Long> agents =
                distinct(range, names, "agent_id", query.filter().agentId());
        Map<String, Long> consumers =
                distinct(range, names, "consumer_id", query.filter().consumerId());
        sums.forEach((name, values) -> found.add(
                new ByPeriod(name, totals(values), agents.getOrDefault(name, 1L), consumers.getOrDefault(name, 1L))));
    }

    /** How many values of a column each period has; nothing where the filter names the one. */
    private Map<String, Long> distinct(TimeRange range, PeriodNames names, String column, @Nullable String only)
            throws SQLException {
        if (only != null) {
            return Map.of();
        }
        if (query.isRolledUp() && (query.only() == null || names.length() <= UsagePairs.DAY)) {
            UsageGroupsView view = new UsageGroupsView(session, column, query.only(), range);
            if (view.hasBuckets()) {
                return view.countBy(names);
            }
        }
        Map<String, Long> counts = new HashMap<>();
        String select = "SELECT MIN(" + names.bucket("timestamp") + "), COUNT(DISTINCT " + column + ")";
        try (ResultSet rows = query.statementOfKeys(session, select, " GROUP BY " + names.sql("timestamp"))
                .executeQuery()) {
            while (rows.next()) {
                counts.put(names.of(rows.getString(1)), rows.getLong(2));
            }
        }
        return counts;
    }
}
