// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.ThreadPoolExhaustedException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Lets a number of handlers run at once and refuses the others at once: nobody waits in a queue. Thread-safe. */
final class HandlerSlots {
    private final int most;
    private final @Nullable Semaphore free;

    /** As many as {@code most} at once, any number if that is 0. */
    HandlerSlots(int most) {
        this.most = most;
        this.free = most == 0 ? null : new Semaphore(most);
    }

    /**
     * Takes a slot, to be given back with {@link #leave}.
     *
     * @throws ThreadPoolExhaustedException if all are taken
     */
    void enter() {
        if (free != null && !free.tryAcquire()) {
            throw new ThreadPoolExhaustedException(most, most);
        }
    }

    void leave() {
        if (free != null) {
            free.release();
        }
    }
}
