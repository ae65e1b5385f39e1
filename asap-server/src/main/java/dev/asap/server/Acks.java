// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;

/** What is told of a message before the answer: to its caller over a socket, else to the log at most. */
interface Acks {
    /** Says nothing. */
    Acks NONE = new Acks() {
        @Override
        public void received(Envelope message) {}

        @Override
        public void rejected(Envelope message, Exception reason) {}
    };

    /** The message is one; nobody has looked at who sent it yet. */
    void received(Envelope message);

    /** The handler failed. */
    void rejected(Envelope message, Exception reason);
}
