// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that is stuck until it is let go, or interrupted. */
final class StuckListener implements BreachListener {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final AtomicInteger told = new AtomicInteger();

    @Override
    public void onBreach(BreachEvent event) {
        reached.countDown();
        try {
            if (letGo.await(30, TimeUnit.SECONDS)) {
                told.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitReached() throws InterruptedException {
        assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
    }

    void letGo() {
        letGo.countDown();
    }

    /** How many events it was told to the end. */
    int told() {
        return told.get();
    }
}
