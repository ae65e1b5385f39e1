// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/**
 * Is told of the calls of a client, and may add to what they send: for traces, metrics and logs. Used by many threads at a
 * time.
 *
 * <p>An exception that an interceptor or its observer throws is logged and does not disturb the call.
 */
@FunctionalInterface
public interface CallInterceptor {
    /**
     * A call begins; nothing of it has been sent. Runs in the calling thread and must not block.
     *
     * @return what follows the call to its end
     */
    CallObserver begin(CallStart call);
}
