// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * Follows messages from the moment when they are let in until they are answered: for traces. Called in the server's threads by many at
 * once, so that it must be quick and thread-safe; what it throws is logged and does no harm.
 */
@FunctionalInterface
public interface MessageTracer {
    /** Follows nothing. */
    MessageTracer NONE = (message, payloadType, headers) -> Trace.NONE;

    /** The headers of the request that brought a message. */
    @FunctionalInterface
    interface Headers {
        /** No headers: those of a socket are older than its messages. */
        Headers NONE = name -> null;

        /** The value of the first header with this name, in any case, or null when there is none. */
        @Nullable
        String get(String name);
    }

    /** One message. All of it happens in one thread, which is that of the handler. */
    interface Trace {
        /** Says nothing and changes nothing. */
        Trace NONE = new Trace() {};

        /** May change the answer, or a piece of it, before it is sent. */
        default Envelope outgoing(Envelope answer) {
            return answer;
        }

        /**
         * The answer is an error.
         *
         * @param errorType its kind, as a {@link RequestObserver} is told
         */
        default void failed(String errorType) {}

        /** The message is answered. Called once, in any case. */
        default void end() {}
    }

    /**
     * A message was let in, and its handler is about to be called.
     *
     * @param payloadType its type as the handler is registered for it, {@code other} where there is none
     * @param headers those of the request that brought it; none over a socket
     */
    Trace begin(Envelope message, String payloadType, Headers headers);
}
