// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * Threads for work that is not a request of its own: elements of batches, messages of sockets. Virtual ones where the running JDK has
 * them, else a bounded number of daemons that end when they have nothing to do. Thread-safe.
 */
public final class WorkerThreads implements Executor, AutoCloseable {
    private static final String NAME = "asap-server-worker-";
    private static final int KEEP_ALIVE_SECONDS = 10;

    private final Executor threads;
    private volatile boolean closed;

    private WorkerThreads(Executor threads) {
        this.threads = threads;
    }

    /** Threads of which at most {@code maxPlatformThreads} are platform threads; what is too much for these waits. */
    public static WorkerThreads create(int maxPlatformThreads) {
        if (VirtualThreads.areSupported()) {
            return new WorkerThreads(VirtualThreads.getNamedVirtualThreadsExecutor(NAME));
        }
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                maxPlatformThreads,
                maxPlatformThreads,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, NAME + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return new WorkerThreads(pool);
    }

    @Override
    public void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the server is closed");
        }
        threads.execute(task);
    }

    /** Begins nothing more and interrupts what still runs in platform threads. */
    @Override
    public void close() {
        closed = true;
        if (threads instanceof ThreadPoolExecutor pool) {
            pool.shutdownNow();
        }
    }
}
