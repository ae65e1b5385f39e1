// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes each request a new one: writes a number that no other request has into the places that have {@link #PLACE}. Requests without such a
 * place stay what they are.
 */
final class Numbers {
    /** Where the number goes. */
    static final String PLACE = "0123456789";

    private static final AtomicInteger SENDERS = new AtomicInteger();
    private static final int DIGITS_OF_COUNT = 7;

    private final byte[] request;
    private final List<Integer> places = new ArrayList<>();

    /** Changes this request. */
    Numbers(byte[] request) {
        this.request = request;
        String text = new String(request, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf(PLACE); at >= 0; at = text.indexOf(PLACE, at + 1)) {
            places.add(at);
        }
        byte[] first =
                String.format("%03d%07d", SENDERS.getAndIncrement() % 1000, 0).getBytes(StandardCharsets.US_ASCII);
        for (int place : places) {
            System.arraycopy(first, 0, request, place, first.length);
        }
    }

    /** Counts on: the first three digits say who sends, the others how often. */
    void next() {
        for (int place : places) {
            int digit = place + PLACE.length() - 1;
            int last = digit - DIGITS_OF_COUNT;
            while (digit > last && request[digit] == '9') {
                request[digit--] = '0';
            }
            if (digit > last) {
                request[digit]++;
            }
        }
    }
}
