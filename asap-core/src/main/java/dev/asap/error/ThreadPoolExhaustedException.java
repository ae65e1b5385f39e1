// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import java.time.Duration;

/** The agent works on as many requests as it may. */
public final class ThreadPoolExhaustedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public ThreadPoolExhaustedException(int maxThreads, int activeThreads) {
        super(builder(
                        ErrorCode.THREAD_POOL_EXHAUSTED,
                        "Thread pool exhausted: " + activeThreads + "/" + maxThreads
                                + " threads in use. Service temporarily unavailable.")
                .details(JsonObject.of("max_threads", maxThreads, "active_threads", activeThreads))
                .recoverable(true)
                .retryAfter(Duration.ofSeconds(1))
                .fallbackAction("retry_later"));
    }
}
