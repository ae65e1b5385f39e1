// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import static java.util.Objects.requireNonNull;

import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The view on a metering store that the protocol's first generation had: record, query and aggregate, by agent.
 *
 * <p>Thread-safe. For code that was written against it; otherwise use the {@link MeteringStore} itself, whose pages have a bound.
 */
public final class FirstGenerationMetering {
    private final MeteringStore store;
    private final InstantSource clock;

    /** A view on this store. */
    public FirstGenerationMetering(MeteringStore store) {
        this(store, InstantSource.system());
    }

    /**
     * A view on this store, with another clock.
     *
     * @param clock tells which hour, day or week {@link #aggregate} means
     */
    public FirstGenerationMetering(MeteringStore store, InstantSource clock) {
        this.store = requireNonNull(store, "store");
        this.clock = requireNonNull(clock, "clock");
    }

    /** Keeps an event. */
    public void record(UsageEvent event) {
        store.record(event);
    }

    /** All events of an agent between two times, these included, oldest first; holds them in memory. */
    public List<UsageEvent> query(String agentId, Instant start, Instant end) {
        List<UsageEvent> events = new ArrayList<>();
        store.export(filter(agentId, start, end), events::add);
        return events;
    }

    /**
     * Events of an agent between two times, these included, oldest first; holds them in memory.
     *
     * @param limit how many at most
     * @param offset how many to pass over
     * @throws IllegalArgumentException if the limit or the offset is negative
     */
    public List<UsageEvent> query(String agentId, Instant start, Instant end, int limit, long offset) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be non-negative, got " + limit);
        }
        if (offset < 0) {
            throw new IllegalArgumentException("offset must be non-negative, got " + offset);
        }
        UsageFilter filter = filter(agentId, start, end);
        List<UsageEvent> events = new ArrayList<>();
        Optional<PageRequest> request =
                limit == 0 ? Optional.empty() : Optional.of(PageRequest.of(pageOf(limit), offset));
        while (request.isPresent()) {
            Page<UsageEvent> page = store.query(filter, request.get());
            events.addAll(page.items());
            int rest = limit - events.size();
            request = rest == 0 ? Optional.empty() : page.next(pageOf(rest));
        }
        return events;
    }

    private static int pageOf(int rest) {
        return Math.min(rest, PageRequest.MAX_LIMIT);
    }

    private static UsageFilter filter(String agentId, Instant start, Instant end) {
        return UsageFilter.all()
                .agent(requireNonNull(agentId, "agentId"))
                .from(requireNonNull(start, "start"))
                .until(requireNonNull(end, "end"));
    }

    /**
     * What an agent used in a period, zeros where there is nothing.
     *
     * @param period {@code hour} or {@code h} for the last 60 minutes; {@code day}, {@code d} or {@code today} for the time since
     *     midnight in UTC; {@code week} or {@code w} for the last seven times 24 hours; any other text for all time
     */
    public UsageOfAgent aggregate(String agentId, String period) {
        Instant now = clock.instant();
        Instant start = startOf(period, now);
        UsageFilter filter = UsageFilter.all().agent(requireNonNull(agentId, "agentId"));
        UsageFilter window = start == null ? filter : filter.from(start).until(now);
        return UsageOfAgent.of(agentId, period, store.summary(window).totals());
    }

    private static @Nullable Instant startOf(String period, Instant now) {
        return switch (period) {
            case "hour", "h" -> now.minus(Duration.ofHours(1));
            case "day", "d", "today" -> now.truncatedTo(ChronoUnit.DAYS);
            case "week", "w" -> now.minus(Duration.ofDays(7));
            default -> null;
        };
    }
}
