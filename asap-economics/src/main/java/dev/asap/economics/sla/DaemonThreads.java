// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads that are numbered behind a common name. Thread-safe. */
final class DaemonThreads implements ThreadFactory {
    private final String prefix;
    private final AtomicInteger last = new AtomicInteger();

    DaemonThreads(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(work, prefix + last.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
