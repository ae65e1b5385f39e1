// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest webhooks that were given up, bounded by their number and by what they hold. Thread-safe. */
final class DeadLetters {
    static final int MAX_LETTERS = 1000;
    static final long MAX_BYTES = 32L * 1024 * 1024;

    private record Kept(DeadLetter letter, int bytes) {}

    // Guarded by itself.
    private final Deque<Kept> letters = new ArrayDeque<>();
    private long bytes;

    void add(DeadLetter letter, int size) {
        synchronized (letters) {
            letters.addLast(new Kept(letter, size));
            bytes += size;
            while (letters.size() > MAX_LETTERS || bytes > MAX_BYTES) {
                bytes -= letters.removeFirst().bytes();
            }
        }
    }

    List<DeadLetter> all() {
        synchronized (letters) {
            return letters.stream().map(Kept::letter).toList();
        }
    }
}
