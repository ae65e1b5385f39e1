// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.ServerBusyException;

/**
 * The memory that one request has taken of what all share. The first of it comes from where only beginnings come from, so that requests
 * of ordinary size find room however many large ones stall. Belongs to one request.
 */
final class BodyRoom {
    /** What counts as a beginning. */
    static final int SMALL_BYTES = 64 * 1024;

    private final BodyBudget beginnings;
    private final BodyBudget rest;
    private long ofBeginnings;
    private long ofRest;

    BodyRoom(BodyBudget beginnings, BodyBudget rest) {
        this.beginnings = beginnings;
        this.rest = rest;
    }

    /**
     * Takes room for some bytes.
     *
     * @throws ServerBusyException if there is not so much left
     */
    void take(long bytes) {
        if (ofBeginnings + bytes <= SMALL_BYTES) {
            beginnings.take(bytes);
            ofBeginnings += bytes;
        } else {
            rest.take(bytes);
            ofRest += bytes;
        }
    }

    /** Gives everything back. */
    void release() {
        beginnings.giveBack(ofBeginnings);
        rest.giveBack(ofRest);
        ofBeginnings = 0;
        ofRest = 0;
    }
}
