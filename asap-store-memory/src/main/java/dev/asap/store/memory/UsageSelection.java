// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import dev.asap.json.WireTime;
import dev.asap.metering.DurationPercentiles;
import dev.asap.metering.UsageAggregate;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.UsageSummary;
import dev.asap.metering.UsageTotals;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.store.memory.InMemoryMeteringStore.GroupReceiver;
import dev.asap.store.memory.UsageIndex.Entry;
import dev.asap.store.memory.UsageIndex.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The events that a filter means: a run of one index, of which, where the filter names more than one id, not every event is meant. */
final class UsageSelection {
    private final UsageState state;
    private final UsageFilter filter;
    private final Instant start;
    private final Instant end;
    private final Run run;

    /** Whether every event of the run is meant. */
    private final boolean isWhole;

    UsageSelection(UsageState state, UsageFilter filter) {
        this.state = state;
        this.filter = filter;
        this.start = filter.start() == null ? Instant.MIN : filter.start();
        this.end = filter.end() == null ? Instant.MAX : filter.end();
        List<Run> runs = new ArrayList<>();
        if (filter.agentId() != null) {
            runs.add(run(state.byAgent(), filter.agentId()));
        }
        if (filter.consumerId() != null) {
            runs.add(run(state.byConsumer(), filter.consumerId()));
        }
        if (filter.taskId() != null) {
            runs.add(run(state.byTask(), filter.taskId()));
        }
        this.isWhole = runs.size() <= 1;
        this.run = runs.stream()
                .reduce((a, b) -> a.length() <= b.length() ? a : b)
                .orElseGet(() -> run(state.byTime(), UsageState.NO_KEY));
    }

    /** The events of one key in the filter's span of time, by their positions. */
    private record Run(UsageIndex index, String key, int from, int to) {
        int length() {
            return to - from;
        }
    }

    private Run run(UsageIndex index, String key) {
        int from = index.position(Place.before(key, start));
        return new Run(index, key, from, Math.max(from, index.position(Place.behind(key, end))));
    }

    private boolean isOfAnyId() {
        return filter.agentId() == null && filter.consumerId() == null && filter.taskId() == null;
    }

    void forEach(Consumer<UsageEvent> receiver) {
        run.index().forEach(run.from(), run.to(), entry -> {
            if (isWhole || filter.matches(entry.event())) {
                receiver.accept(entry.event());
            }
        });
    }

    private UsageTotals totals() {
        if (isWhole) {
            return run.index().totals(run.from(), run.to());
        }
        Sum sum = new Sum();
        forEach(sum::add);
        return sum.totals;
    }

    /** What some events used. */
    private static final class Sum {
        private UsageTotals totals = UsageTotals.NONE;

        void add(UsageEvent event) {
            totals = totals.plus(event.metrics());
        }
    }

    // ---- Pages

    Page<UsageEvent> page(PageRequest request) {
        Cursor cursor = request.cursor();
        int behindCursor =
                cursor == null ? run.from() : Math.max(run.from(), run.index().position(place(cursor)));
        if (isWhole) {
            int first = (int) Math.min(run.to(), behindCursor + Math.min(request.offset(), run.length()));
            List<Entry> found = run.index().slice(first, (int) Math.min(run.to(), first + request.limit() + 1L));
            return page(found, request.limit(), run.length());
        }
        long[] counts = new long[2];
        List<Entry> found = new ArrayList<>();
        run.index().forEach(run.from(), behindCursor, entry -> {
            counts[0] += filter.matches(entry.event()) ? 1 : 0;
        });
        run.index().forEach(behindCursor, run.to(), entry -> {
            if (filter.matches(entry.event())) {
                counts[0]++;
                if (counts[1]++ >= request.offset() && found.size() <= request.limit()) {
                    found.add(entry);
                }
            }
        });
        return page(found, request.limit(), counts[0]);
    }

    /** A page of what was found: all, or all but the one too many. */
    private static Page<UsageEvent> page(List<Entry> found, int limit, long total) {
        boolean isLast = found.size() <= limit;
        List<Entry> entries = isLast ? found : found.subList(0, limit);
        return new Page<>(
                entries.stream().map(Entry::event).toList(), total, isLast ? null : cursor(entries.get(limit - 1)));
    }

    private static Cursor cursor(Entry entry) {
        return Cursor.afterKey(WireTime.format(entry.event().timestamp()) + '\n' + entry.number());
    }

    private Place place(Cursor cursor) {
        String key = cursor.key();
        int split = key.indexOf('\n');
        try {
            return new Place(
                    run.key(),
                    WireTime.parse(key.substring(0, Math.max(0, split))),
                    Long.parseLong(key.substring(split + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cursor '" + cursor.value() + "' is of another list: pass a page's nextCursor as it was", e);
        }
    }

    // ---- Totals and groups

    UsageSummary summary() {
        UsageTotals totals = totals();
        return new UsageSummary(
                totals,
                distinct(state.byAgent(), UsageEvent::agentId, filter.agentId() != null, totals),
                distinct(state.byConsumer(), UsageEvent::consumerId, filter.consumerId() != null, totals));
    }

    private long distinct(UsageIndex index, Function<UsageEvent, String> keyOf, boolean isOne, UsageTotals totals) {
        if (isOne) {
            return Math.min(1, totals.tasks());
        }
        if (isOfAnyId()) {
            long[] count = new long[1];
            groupRuns(index, ofKey -> count[0]++);
            return count[0];
        }
        Set<String> keys = new HashSet<>();
        forEach(event -> keys.add(keyOf.apply(event)));
        return keys.size();
    }

    void byAgent(GroupReceiver group) {
        groups(state.byAgent(), UsageEvent::agentId, group);
    }

    void byConsumer(GroupReceiver group) {
        groups(state.byConsumer(), UsageEvent::consumerId, group);
    }

    private void groups(UsageIndex index, Function<UsageEvent, String> keyOf, GroupReceiver group) {
        if (isOfAnyId()) {
            groupRuns(index, ofKey -> group.accept(ofKey.key(), index.totals(ofKey.from(), ofKey.to())));
            return;
        }
        Map<String, Sum> sums = new TreeMap<>(TextOrder.CODE_POINTS);
        forEach(event ->
                sums.computeIfAbsent(keyOf.apply(event), key -> new Sum()).add(event));
        sums.forEach((key, sum) -> group.accept(key, sum.totals));
    }

    /** The run of each key that has events in the span of time, in order: leaps from key to key. */
    private void groupRuns(UsageIndex index, Consumer<Run> receiver) {
        int position = 0;
        while (position < index.size()) {
            Run ofKey = run(index, index.keyOf(index.get(position)));
            if (ofKey.length() > 0) {
                receiver.accept(ofKey);
            }
            position = index.position(Place.behind(ofKey.key()));
        }
    }

    // ---- Periods

    List<UsageAggregate.ByPeriod> byPeriod(UsagePeriod period) {
        return isOfAnyId() ? byPeriodOfAnyId(period) : byPeriodOfSome(period);
    }

    /** Leaps from period to period, for the whole and for each agent and consumer. */
    private List<UsageAggregate.ByPeriod> byPeriodOfAnyId(UsagePeriod period) {
        Map<String, Long> agents = new HashMap<>();
        Map<String, Long> consumers = new HashMap<>();
        groupRuns(state.byAgent(), run -> periods(run, period, (name, totals) -> agents.merge(name, 1L, Long::sum)));
        groupRuns(
                state.byConsumer(),
                run -> periods(run, period, (name, totals) -> consumers.merge(name, 1L, Long::sum)));
        List<UsageAggregate.ByPeriod> groups = new ArrayList<>();
        periods(
                run,
                period,
                (name, totals) -> groups.add(new UsageAggregate.ByPeriod(
                        name, totals, agents.getOrDefault(name, 0L), consumers.getOrDefault(name, 0L))));
        return groups;
    }

    private static void periods(Run run, UsagePeriod period, GroupReceiver group) {
        int from = run.from();
        while (from < run.to()) {
            Instant time = run.index().get(from).event().timestamp();
            int to = Math.min(run.to(), run.index().position(Place.before(run.key(), period.endOf(time))));
            group.accept(period.nameOf(time), run.index().totals(from, to));
            from = to;
        }
    }

    private List<UsageAggregate.ByPeriod> byPeriodOfSome(UsagePeriod period) {
        Map<String, PeriodSum> sums = new TreeMap<>();
        forEach(event -> sums.computeIfAbsent(period.nameOf(event.timestamp()), name -> new PeriodSum())
                .add(event));
        List<UsageAggregate.ByPeriod> groups = new ArrayList<>();
        sums.forEach((name, sum) ->
                groups.add(new UsageAggregate.ByPeriod(name, sum.sum.totals, sum.agents.size(), sum.consumers.size())));
        return groups;
    }

    private static final class PeriodSum {
        private final Sum sum = new Sum();
        private final Set<String> agents = new HashSet<>();
        private final Set<String> consumers = new HashSet<>();

        void add(UsageEvent event) {
            sum.add(event);
            agents.add(event.agentId());
            consumers.add(event.consumerId());
        }
    }

    // ---- Durations

    DurationPercentiles durations() {
        long[] found = new long[run.length()];
        int[] count = new int[1];
        forEach(event -> found[count[0]++] = event.metrics().durationMs());
        if (count[0] == 0) {
            return new DurationPercentiles(0, 0, 0, 0, 0, 0, 0);
        }
        long[] sorted = Arrays.copyOf(found, count[0]);
        Arrays.sort(sorted);
        return new DurationPercentiles(
                sorted.length,
                percentile(sorted, 50),
                percentile(sorted, 90),
                percentile(sorted, 95),
                percentile(sorted, 99),
                sorted[sorted.length - 1],
                0);
    }

    /** The least of them that so many in a hundred do not exceed. */
    private static long percentile(long[] sorted, int percent) {
        return sorted[(int) ((sorted.length * (long) percent + 99) / 100) - 1];
    }
}
