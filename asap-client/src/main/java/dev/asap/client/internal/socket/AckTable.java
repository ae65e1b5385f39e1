// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The messages that were sent and not yet acknowledged. Thread-safe; each method takes effect at one moment.
 *
 * <p>An entry leaves the table in exactly one way: it is acknowledged, forgotten, expired or cleared.
 *
 * @param <M> what is sent again
 */
public final class AckTable<M> {
    /**
     * What {@link #due} says of an entry.
     *
     * @param <M> what is sent again
     */
    public sealed interface Due<M> {
        /** The id of the envelope. */
        String envelopeId();

        /** What was sent. */
        M message();

        /**
         * It is to be sent again; its time begins anew.
         *
         * @param envelopeId the envelope
         * @param message what was sent
         * @param resend 1 for the first time that it is sent again
         */
        record Resend<M>(String envelopeId, M message, int resend) implements Due<M> {}

        /**
         * It was sent again as often as allowed, in vain, and is no longer in the table.
         *
         * @param envelopeId the envelope
         * @param message what was sent
         */
        record Expired<M>(String envelopeId, M message) implements Due<M> {}
    }

    private static final class Entry<M> {
        final M message;
        long sentAt;
        int resends;

        Entry(M message, long sentAt) {
            this.message = message;
            this.sentAt = sentAt;
        }
    }

    private final int maxEntries;
    private final long timeoutNanos;
    private final int maxResends;
    private final LongSupplier ticker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Entry<M>> entries = new LinkedHashMap<>();

    /**
     * An empty table.
     *
     * @param maxEntries how many entries fit in
     * @param timeout how long an acknowledgement may take
     * @param maxResends how often a message is sent again
     * @param ticker gives the time in nanoseconds, from any origin
     */
    public AckTable(int maxEntries, Duration timeout, int maxResends, LongSupplier ticker) {
        this.maxEntries = maxEntries;
        this.timeoutNanos = timeout.toNanos();
        this.maxResends = maxResends;
        this.ticker = ticker;
    }

    /**
     * Notes that a message is sent now. An entry with the same id gives way.
     *
     * @return false if the table is full; nothing is noted then
     */
    public boolean track(String envelopeId, M message) {
        lock.lock();
        try {
            if (entries.size() >= maxEntries && !entries.containsKey(envelopeId)) {
                return false;
            }
            entries.put(envelopeId, new Entry<>(message, ticker.getAsLong()));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what was acknowledged; empty where it is not in the table (any more). */
    public Optional<M> acknowledge(String envelopeId) {
        lock.lock();
        try {
            Entry<M> entry = entries.remove(envelopeId);
            return entry == null ? Optional.empty() : Optional.of(entry.message);
        } finally {
            lock.unlock();
        }
    }

    /** Takes out a message that need not be acknowledged any more; not another one that was sent with the same id since. */
    public void forget(String envelopeId, M message) {
        lock.lock();
        try {
            Entry<M> entry = entries.get(envelopeId);
            if (entry != null && entry.message == message) {
                entries.remove(envelopeId);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether this very message waits for its acknowledgement. */
    public boolean isTracked(String envelopeId, M message) {
        lock.lock();
        try {
            Entry<M> entry = entries.get(envelopeId);
            return entry != null && entry.message == message;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The entries whose time is over, in the order in which they were first sent: those to be sent again count as sent from now
     * on, the others are taken out.
     */
    public List<Due<M>> due() {
        lock.lock();
        try {
            long now = ticker.getAsLong();
            List<Due<M>> due = new ArrayList<>();
            for (Iterator<Map.Entry<String, Entry<M>>> all = entries.entrySet().iterator(); all.hasNext(); ) {
                Map.Entry<String, Entry<M>> next = all.next();
                Entry<M> entry = next.getValue();
                if (now - entry.sentAt < timeoutNanos) {
                    continue;
                }
                if (entry.resends >= maxResends) {
                    all.remove();
                    due.add(new Due.Expired<>(next.getKey(), entry.message));
                } else {
                    entry.resends++;
                    entry.sentAt = now;
                    due.add(new Due.Resend<>(next.getKey(), entry.message, entry.resends));
                }
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out everything. */
    public List<M> clear() {
        lock.lock();
        try {
            List<M> all = entries.values().stream().map(entry -> entry.message).toList();
            entries.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages wait for their acknowledgement. */
    public int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }
}
