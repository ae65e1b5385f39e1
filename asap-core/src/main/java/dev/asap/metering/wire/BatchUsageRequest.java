// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering.wire;

import dev.asap.metering.UsageEvent;
import dev.asap.validation.Checks;
import java.util.List;

/**
 * Events to be recorded together.
 *
 * @param events 1 to {@value #MAX_EVENTS} of them
 */
public record BatchUsageRequest(List<UsageRecord> events) {
    /** The most events of one request. */
    public static final int MAX_EVENTS = 1000;

    /**
     * Checks the bounds and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if there is no event, or more than {@value #MAX_EVENTS}
     */
    public BatchUsageRequest {
        Checks.of("BatchUsageRequest")
                .required("events", events)
                .notEmpty("events", events)
                .rule(
                        "events",
                        events == null || events.size() <= MAX_EVENTS,
                        "must have at most " + MAX_EVENTS + " items",
                        events == null ? null : events.size())
                .done();
        events = List.copyOf(events);
    }

    /** The events, for {@link dev.asap.metering.MeteringStore#recordAll}. */
    public List<UsageEvent> toEvents() {
        return events.stream().map(UsageRecord::toEvent).toList();
    }
}
