// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.metering;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Keeps what agents used, and says what it comes to.
 *
 * <p>Implementations are thread-safe. A call that returns has happened, and is seen by every later call; {@link #recordAll} is
 * atomic. Events are ordered by their times, and in the order of their recording where these are equal. Failures of the medium are {@link
 * dev.asap.storage.StorageException}s.
 *
 * <p>Prove a store of one's own by extending the contract suite {@code MeteringStoreContract} of the module {@code asap-testkit}.
 */
public interface MeteringStore {
    /** The most events that {@link #recordAll} takes at once. */
    int MAX_BATCH = 10_000;

    /** Keeps an event. */
    default void record(UsageEvent event) {
        recordAll(List.of(event));
    }

    /**
     * Keeps events, all or none.
     *
     * @throws IllegalArgumentException if they are more than {@value #MAX_BATCH}
     */
    void recordAll(List<UsageEvent> events);

    /**
     * Keeps events like {@link #recordAll} without waiting; the future completes when {@code recordAll} would return, and fails with
     * what it would throw. By default it records in the calling thread; stores that write in the background override it.
     */
    default CompletableFuture<Void> recordAllAsync(List<UsageEvent> events) {
        try {
            recordAll(events);
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The events that a filter means, oldest first, by pages; with their exact total. */
    Page<UsageEvent> query(UsageFilter filter, PageRequest request);

    /**
     * Hands over all events that a filter means, oldest first, without holding them in memory. What is recorded meanwhile may or may not
     * be among them. The receiver may use the store.
     */
    void export(UsageFilter filter, Consumer<UsageEvent> receiver);

    /** What the events that a filter means used together. */
    UsageSummary summary(UsageFilter filter);

    /** What the events used, by agent, in the order of the agents' ids by code points. */
    List<UsageAggregate.ByAgent> byAgent(UsageFilter filter);

    /** What the events used, by consumer, in the order of the consumers' ids by code points. */
    List<UsageAggregate.ByConsumer> byConsumer(UsageFilter filter);

    /** What the events used, by period, oldest first; periods without an event are not among them. */
    List<UsageAggregate.ByPeriod> byPeriod(UsagePeriod period, UsageFilter filter);

    /** How long the tasks of the events took. */
    DurationPercentiles durations(UsageFilter filter);

    /** How much the store holds. */
    UsageStats stats();

    /**
     * Removes the events that are older than the retention, cut to whole seconds; nothing without one. Nobody calls it by itself.
     *
     * @return how many were removed
     */
    long purgeExpired();
}
