// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;

/** Where the pieces of an answer go. Belongs to one answer. */
interface StreamOutput {
    /**
     * Sends a piece; blocks while the peer is slow.
     *
     * @throws StreamClosedException if it cannot be sent any more
     */
    void send(Envelope piece);

    /** Whether another piece is wanted, as far as is known: the peer has not gone and the server is not closing. */
    boolean isOpen();
}
