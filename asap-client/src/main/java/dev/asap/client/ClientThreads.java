// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of asynchronous calls: virtual ones on a JDK that has them, else daemons named {@code asap-client-…}. */
final class ClientThreads {
    private static final long IDLE_SECONDS = 10;

    private ClientThreads() {}

    /** An executor without a queue: how many threads there are is bounded by whoever hands in tasks. */
    static ExecutorService newExecutor() {
        try {
            // JDK 17 compiles this; only newer ones have the method.
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return newPlatformThreads();
        }
    }

    /** One thread for what shall happen later. It only begins things. */
    static ScheduledExecutorService newTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "asap-client-timer");
            thread.setDaemon(true);
            return thread;
        });
        // A wait that was cut off must not stay in the queue until it would have ended.
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }

    private static ExecutorService newPlatformThreads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "asap-client-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
