// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import java.util.LinkedHashMap;
import java.util.Map;

/** Spaces what is sent to each URL: so many at once, then so many a second. Thread-safe; remembers a bounded number of URLs. */
final class UrlBuckets {
    static final int MAX_URLS = 10_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long intervalNanos;
    private final long burstNanos;

    /** When each URL would be free again if it were sent to evenly. Guarded by itself. */
    private final Map<String, Long> nextEven = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_URLS;
        }
    };

    UrlBuckets(int perSecond) {
        intervalNanos = NANOS_PER_SECOND / perSecond;
        burstNanos = NANOS_PER_SECOND - intervalNanos;
    }

    /** Takes the next place for a URL; says how many nanoseconds to wait for it. */
    long take(String url, long now) {
        synchronized (nextEven) {
            Long known = nextEven.get(url);
            long even = known == null ? now : Math.max(known, now);
            nextEven.put(url, even + intervalNanos);
            return Math.max(0, even - burstNanos - now);
        }
    }
}
