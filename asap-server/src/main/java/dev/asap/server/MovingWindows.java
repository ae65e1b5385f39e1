// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts the requests of each client against a {@link RateLimit}, exactly: it remembers the times of the latest ones, as many as the
 * largest window allows. Thread-safe. Remembers a bounded number of clients; beyond that those that were silent longest are forgotten.
 */
final class MovingWindows {
    /** The limit that a client has reached, and when it may try again. */
    record Refusal(RateLimit.Window window, long retryAfterSeconds) {}

    private static final int SHARDS = 16;

    /** The upper bits of a hash multiplied by this choose the shard. */
    private static final int SPREAD = 0x9E3779B9;

    private static final int SHARD_SHIFT = Integer.SIZE - 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final List<RateLimit.Window> windows;
    private final int remembered;
    private final LongSupplier ticker;
    private final List<Shard> shards = new ArrayList<>();

    MovingWindows(RateLimit limit, int maxClients, LongSupplier ticker) {
        this.windows = limit.windows();
        this.remembered =
                windows.stream().mapToInt(RateLimit.Window::requests).max().orElse(0);
        this.ticker = ticker;
        for (int i = 0; i < SHARDS; i++) {
            shards.add(new Shard(Math.max(1, maxClients / SHARDS)));
        }
    }

    /**
     * Counts requests of a client if every window has room for one, and then all of them: the rule of the protocol, by which a batch
     * is let through as long as something is left.
     */
    Optional<Refusal> count(String client, int requests) {
        if (windows.isEmpty()) {
            return Optional.empty();
        }
        long now = ticker.getAsLong();
        Shard shard = shards.get((client.hashCode() * SPREAD) >>> SHARD_SHIFT);
        synchronized (shard) {
            Hits hits = shard.computeIfAbsent(client, key -> new Hits());
            Optional<Refusal> refusal = refusal(hits, now);
            if (refusal.isEmpty()) {
                for (int i = 0; i < Math.min(requests, remembered); i++) {
                    hits.add(now, remembered);
                }
            }
            return refusal;
        }
    }

    int clients() {
        int sum = 0;
        for (Shard shard : shards) {
            synchronized (shard) {
                sum += shard.size();
            }
        }
        return sum;
    }

    /** Of several windows that are full, the one that stays so longest. */
    private Optional<Refusal> refusal(Hits hits, long now) {
        RateLimit.Window longest = null;
        long longestWait = 0;
        for (RateLimit.Window window : windows) {
            long wait = hits.size() < window.requests()
                    ? 0
                    : window.length().toNanos() - (now - hits.fromLatest(window.requests() - 1));
            if (wait > longestWait) {
                longest = window;
                longestWait = wait;
            }
        }
        return longest == null
                ? Optional.empty()
                : Optional.of(new Refusal(longest, (longestWait + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND));
    }

    /** Clients in the order of their latest requests. */
    private static final class Shard extends LinkedHashMap<String, Hits> {
        private static final long serialVersionUID = 1L;

        private final int maxClients;

        Shard(int maxClients) {
            super(16, 0.75f, true);
            this.maxClients = maxClients;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Hits> eldest) {
            return size() > maxClients;
        }
    }

    /** The times of a client's latest requests, in a ring that grows with them. */
    private static final class Hits {
        private long[] times = new long[4];
        private int next;
        private int size;

        int size() {
            return size;
        }

        void add(long time, int maxSize) {
            if (size == times.length && size < maxSize) {
                grow(Math.min(maxSize, size * 2));
            }
            times[next] = time;
            next = (next + 1) % times.length;
            size = Math.min(size + 1, times.length);
        }

        /** The time of the request that so many others followed. */
        long fromLatest(int others) {
            return times[Math.floorMod(next - 1 - others, times.length)];
        }

        private void grow(int length) {
            long[] larger = new long[length];
            for (int i = 0; i < size; i++) {
                larger[i] = fromLatest(size - 1 - i);
            }
            times = larger;
            next = size;
        }
    }
}
