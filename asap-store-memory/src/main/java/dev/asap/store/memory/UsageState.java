// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import dev.asap.metering.UsageEvent;
import dev.asap.store.memory.UsageIndex.Entry;
import dev.asap.store.memory.UsageIndex.Place;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All events of a store at one moment, in every order that questions need. Immutable. */
record UsageState(UsageIndex byTime, UsageIndex byAgent, UsageIndex byConsumer, UsageIndex byTask) {
    /** The key of the index that has none. */
    static final String NO_KEY = "";

    static final UsageState EMPTY = new UsageState(
            UsageIndex.by(event -> NO_KEY),
            UsageIndex.by(UsageEvent::agentId),
            UsageIndex.by(UsageEvent::consumerId),
            UsageIndex.by(UsageEvent::taskId));

    UsageState with(List<Entry> entries) {
        return new UsageState(
                byTime.with(entries), byAgent.with(entries), byConsumer.with(entries), byTask.with(entries));
    }

    UsageState withoutOldest(int count) {
        if (count == 0) {
            return this;
        }
        List<Entry> oldest = byTime.slice(0, count);
        return new UsageState(
                byTime.without(oldest), byAgent.without(oldest), byConsumer.without(oldest), byTask.without(oldest));
    }

    int size() {
        return byTime.size();
    }

    int countBefore(Instant time) {
        return byTime.position(Place.before(NO_KEY, time));
    }

    @Nullable
    Instant oldest() {
        return size() == 0 ? null : byTime.get(0).event().timestamp();
    }
}
