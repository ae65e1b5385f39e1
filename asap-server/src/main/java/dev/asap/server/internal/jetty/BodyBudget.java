// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.ServerBusyException;
import java.util.concurrent.atomic.AtomicLong;

/** The memory that the bodies of all running requests share, so that no number of them exhausts the heap. Thread-safe. */
final class BodyBudget {
    private final AtomicLong left;

    BodyBudget(long bytes) {
        left = new AtomicLong(bytes);
    }

    /**
     * Takes room for some bytes.
     *
     * @throws ServerBusyException if there is not so much left
     */
    void take(long bytes) {
        if (left.addAndGet(-bytes) < 0) {
            left.addAndGet(bytes);
            throw new ServerBusyException(
                    "The bodies of running requests take all the memory that is set aside for them");
        }
    }

    void giveBack(long bytes) {
        left.addAndGet(bytes);
    }
}
