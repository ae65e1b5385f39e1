// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;

/** What a caller is told of its message before the answer. Only sockets tell anything. */
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
