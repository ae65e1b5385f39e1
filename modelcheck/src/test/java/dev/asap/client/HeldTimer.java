// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A timer that keeps the latest task: a scenario runs it as a piece of work when it likes, whether it was cancelled or not. */
final class HeldTimer extends ScheduledThreadPoolExecutor {
    private volatile @Nullable Runnable held;

    HeldTimer() {
        super(0);
    }

    @Override
    @SuppressWarnings("NullAway")
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        held = command;
        return null;
    }

    /** Lets the time of the task come, if there is one. */
    void expire() {
        Runnable task = held;
        if (task != null) {
            task.run();
        }
    }
}
