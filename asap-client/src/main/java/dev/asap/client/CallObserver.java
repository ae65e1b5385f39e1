// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * Follows one call. Its methods are called one after another, though not always by the same thread, and must not block. The
 * last one is {@link #end}, exactly once.
 */
public interface CallObserver {
    /**
     * The message that is to be sent, before the first attempt; each of them where a call sends several. What is returned is sent
     * instead. It must keep the id, since the answer names it.
     */
    default Envelope outgoing(Envelope message) {
        return message;
    }

    /**
     * An attempt is made.
     *
     * @param number counts from 1
     * @param headers takes the name and the value of headers; one that is there already is replaced
     */
    default void attempt(int number, BiConsumer<String, String> headers) {}

    /**
     * An attempt has failed, and another one follows.
     *
     * @param number the attempt that failed, counted from 1
     * @param failure why
     * @param wait how long the call waits now
     */
    default void repeated(int number, ASAPException failure, Duration wait) {}

    /** The call has ended. */
    default void end(CallEnd end) {}
}
