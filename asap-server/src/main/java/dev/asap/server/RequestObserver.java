// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told of each message that the server answered: for metrics of an application's own. Called in the server's threads by many at
 * once, so that it must be quick and thread-safe; what it throws is logged and does no harm.
 *
 * <p>Payload types are as handlers are registered for them, {@code other} for all else; kinds of errors are those of the protocol: both
 * are few, whatever callers send.
 */
public interface RequestObserver {
    /**
     * A message was answered.
     *
     * @param payloadType the type of its payload
     * @param errorType what kind of error the answer is, or null for a result
     * @param took how long it took, or null where that was not measured
     */
    void answered(String payloadType, @Nullable String errorType, @Nullable Duration took);

    /**
     * A handler ended.
     *
     * @param payloadType the type that it handles
     * @param failed whether it threw
     * @param took how long it ran
     */
    default void handled(String payloadType, boolean failed, Duration took) {}
}
