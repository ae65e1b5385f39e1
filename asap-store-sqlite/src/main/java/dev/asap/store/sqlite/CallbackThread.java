// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures of asynchronous writes, so that what the application hangs on them never runs in, or waits for, the
 * thread that writes. One thread, there only while there is something to complete. Thread-safe.
 */
final class CallbackThread implements Executor {
    private static final long IDLE_SECONDS = 5;

    private final ThreadPoolExecutor pool;
    private volatile @Nullable Thread current;

    CallbackThread(Path path) {
        pool = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "asap-sqlite-callbacks-" + path.getFileName());
            thread.setDaemon(true);
            current = thread;
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable completion) {
        pool.execute(completion);
    }

    /** Completes what is due and ends; does not wait beyond {@code deadline}, nor for itself. */
    boolean close(long deadline) {
        pool.shutdown();
        if (Thread.currentThread() == current) {
            return true;
        }
        try {
            return pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
