// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;
import dev.asap.server.http.HttpRequest;
import java.util.Optional;

/** Who may send messages. The protocol asks before an envelope is looked at, and once its sender is known. */
interface MessageAccess {
    /** What was found out about the caller of a request, for {@link #admit}. */
    interface Caller {
        /** A caller of whom nothing is known. */
        Caller ANYONE = new Caller() {};

        /** Who it is, where that is more than the sender of the envelope; answers of one are not given to another. Empty else. */
        default String name() {
            return "";
        }
    }

    /** Everyone may send messages in everyone's name. */
    MessageAccess OPEN = new MessageAccess() {
        @Override
        public Caller authenticate(HttpRequest request) {
            return Caller.ANYONE;
        }

        @Override
        public void admit(Caller caller, Envelope envelope) {}
    };

    /**
     * Why a socket is refused as a whole, if it is: the reason with which it is closed (4401). Asked once, when it has been opened; may
     * block.
     */
    default Optional<String> refusal(HttpRequest handshake) {
        return Optional.empty();
    }

    /**
     * Finds out who calls, from the request's headers.
     *
     * @throws dev.asap.error.ProtocolException if the credentials are missing or wrong
     */
    Caller authenticate(HttpRequest request);

    /**
     * Decides about an envelope.
     *
     * @throws dev.asap.error.ProtocolException if the caller may not send it
     */
    void admit(Caller caller, Envelope envelope);

    /**
     * Counts the envelope as one that the caller sent, when nothing speaks against it any more: the last step before its handler.
     *
     * @throws dev.asap.error.ProtocolException if the caller has sent as many as it may
     */
    default void use(Caller caller, Envelope envelope) {}

    /**
     * Decides whether an envelope that repeats another gets the first one's answer again, of which {@link #use} has counted; nothing is
     * counted. The last step before the answer is repeated.
     *
     * @throws dev.asap.error.ProtocolException if the caller may not have it any more
     */
    default void repeat(Caller caller, Envelope envelope) {}
}
