// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.util.List;
import java.util.Optional;

/**
 * Keeps how well agents served, and which promises they did not keep.
 *
 * <p>Implementations are thread-safe. A call that returns has happened, and is seen by every later call; {@link #recordAllMetrics} is
 * atomic. Figures are ordered by the starts of their periods, and in the order of their recording where these are equal; breaches by the
 * time of their detection, and by the code points of their ids where these are equal. Failures of the medium are {@link
 * dev.asap.storage.StorageException}s.
 *
 * <p>Prove a store of one's own by extending the contract suite {@code SLAStoreContract} of the module {@code asap-testkit}.
 */
public interface SLAStore {
    /** The most records that {@link #recordAllMetrics} takes at once. */
    int MAX_BATCH = 10_000;

    /** Keeps the figures of a period. Recorded twice, they count twice. */
    default void recordMetrics(SLAMetrics metrics) {
        recordAllMetrics(List.of(metrics));
    }

    /**
     * Keeps figures, all or none.
     *
     * @throws IllegalArgumentException if they are more than {@value #MAX_BATCH}
     */
    void recordAllMetrics(List<SLAMetrics> metrics);

    /** The figures that a filter means, by pages; with their exact total. */
    Page<SLAMetrics> queryMetrics(SLAMetricsFilter filter, PageRequest request);

    /** How many records of figures a filter means. */
    long countMetrics(SLAMetricsFilter filter);

    /**
     * The figures that a filter means put together by agent, see {@link SLAAggregation}; agents in the order of their first record. A
     * period that overlaps the span counts in full.
     */
    List<SLAMetrics> aggregateMetrics(SLAMetricsFilter filter);

    /** Keeps a breach; it replaces the one with the same id. */
    void recordBreach(SLABreach breach);

    /**
     * Keeps an open breach, like {@link #recordBreach}, unless one of the same agent and type is open already; both in one step, also
     * where several processes share what is stored. So whoever calls it for a promise that is not kept gets the same breach as everybody
     * else, and one of them has opened it.
     *
     * @return the breach that is open now: {@code breach} itself if this call opened it, else the one that was open, of several the one
     *     that was detected last
     * @throws IllegalArgumentException if {@code breach} is resolved
     */
    SLABreach openBreach(SLABreach breach);

    /**
     * Changes a breach that is still as it is known, in one step, also where several processes share what is stored: of those that want
     * to resolve it, or to say that it got worse, one succeeds.
     *
     * @param known what the store is believed to have
     * @param changed what is to replace it
     * @return whether it was replaced; if not, the store has something else under this id, or nothing
     * @throws IllegalArgumentException if the two have different ids
     */
    boolean replaceBreach(SLABreach known, SLABreach changed);

    /** The breach with this id. */
    Optional<SLABreach> findBreach(String id);

    /** The breaches that a filter means, by pages; with their exact total. */
    Page<SLABreach> queryBreaches(SLABreachFilter filter, PageRequest request);

    /** The breaches of an agent that are not resolved. */
    default Page<SLABreach> openBreaches(String agentId, PageRequest request) {
        return queryBreaches(SLABreachFilter.all().agent(agentId).onlyOpen(), request);
    }

    /** How much the store holds. */
    SLAStats stats();

    /**
     * Removes the figures whose periods ended, and the breaches that were detected, longer ago than the retention, cut to whole seconds;
     * nothing without one. Nobody calls it by itself.
     *
     * @return how many records of both were removed
     */
    long purgeExpired();
}
