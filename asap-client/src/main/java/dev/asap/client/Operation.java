// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/**
 * One kind of call: what messages about it show.
 *
 * @param method the HTTP method
 * @param address where it goes
 * @param shown both in one text without secrets
 */
record Operation(String method, PeerAddress address, String shown) {
    static Operation get(PeerAddress address) {
        return new Operation("GET", address, "GET " + address);
    }

    static Operation post(PeerAddress address) {
        return new Operation("POST", address, "POST " + address);
    }

    @Override
    public String toString() {
        return shown;
    }
}
