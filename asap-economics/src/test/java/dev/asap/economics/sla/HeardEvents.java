// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listener that keeps what it hears. */
final class HeardEvents implements BreachListener {
    private final BlockingQueue<BreachEvent> events = new LinkedBlockingQueue<>();

    @Override
    public void onBreach(BreachEvent event) {
        events.add(event);
    }

    /** The next event, waiting for it. */
    BreachEvent next() throws InterruptedException {
        BreachEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("an event within 30 seconds").isNotNull();
        return event;
    }

    /** How many there are that nobody took. */
    int waiting() {
        return events.size();
    }
}
