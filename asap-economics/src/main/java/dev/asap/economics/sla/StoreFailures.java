// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what a store failed to do, and logs it when it begins to fail. Thread-safe. */
final class StoreFailures {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);

    private final LongAdder count = new LongAdder();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private volatile boolean failedLast;
    private volatile boolean givenUp;

    /** Runs work on the store; returns whether it succeeded. Does nothing once it is given up. */
    boolean attempt(String what, Runnable work) {
        if (givenUp) {
            return false;
        }
        try {
            work.run();
            failing.remove(what);
            failedLast = false;
            return true;
        } catch (RuntimeException e) {
            count.increment();
            // A store that fails altogether is one warning, and so is one thing that fails again and again.
            if (!failedLast && failing.add(what)) {
                LOG.warn("The SLA monitor could not {}; it will try again", what, e);
            }
            failedLast = true;
            return false;
        }
    }

    /** Lets no further work begin: there is no more time for it. */
    void giveUp() {
        givenUp = true;
    }

    long count() {
        return count.sum();
    }
}
