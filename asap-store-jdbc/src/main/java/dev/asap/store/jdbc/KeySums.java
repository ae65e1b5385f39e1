// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * A few figures for each of many keys, which are known by small numbers. In memory there is an array for every {@value #CHUNK} numbers;
 * as bytes, such a chunk is the set of its numbers and the figures of each as integers of variable length. The first figure counts: a
 * key that has 0 there is not kept. Not thread-safe.
 */
final class KeySums {
    /** So many numbers belong together. */
    static final int CHUNK = 1024;

    private static final int CHUNK_BITS = 10;

    /** Takes the figures of one number; the array is used again for the next. */
    @FunctionalInterface
    interface Receiver {
        void accept(int number, long[] figures);
    }

    private final int width;
    private final TreeMap<Integer, long[]> chunks = new TreeMap<>();

    /** For keys with so many figures each. */
    KeySums(int width) {
        this.width = width;
    }

    static int chunkOf(int number) {
        return number >> CHUNK_BITS;
    }

    /** The chunks that something was added to. */
    Collection<Integer> chunks() {
        return List.copyOf(chunks.keySet());
    }

    /** How many chunks that are. */
    int size() {
        return chunks.size();
    }

    void add(int number, long[] figures) {
        long[] chunk = chunks.computeIfAbsent(chunkOf(number), unused -> new long[width * CHUNK]);
        int at = (number & (CHUNK - 1)) * width;
        for (int i = 0; i < width; i++) {
            chunk[at + i] += figures[i];
        }
    }

    /** The first figure of a number. */
    long count(int number) {
        long[] chunk = chunks.get(chunkOf(number));
        return chunk == null ? 0 : chunk[(number & (CHUNK - 1)) * width];
    }

    /** All numbers whose first figure is not 0, in their order. */
    void forEach(Receiver receiver) {
        long[] figures = new long[width];
        chunks.forEach((name, chunk) -> {
            for (int i = 0; i < CHUNK; i++) {
                if (chunk[i * width] != 0) {
                    System.arraycopy(chunk, i * width, figures, 0, width);
                    receiver.accept((name << CHUNK_BITS) + i, figures);
                }
            }
        });
    }

    // ---- As bytes

    /** The numbers of a chunk: a bit for each, from the lowest bit of the first byte on. Empty where there is none. */
    byte[] numbers(int chunk) {
        long[] all = chunks.getOrDefault(chunk, new long[width * CHUNK]);
        BitSet present = new BitSet(CHUNK);
        for (int i = 0; i < CHUNK; i++) {
            present.set(i, all[i * width] != 0);
        }
        return present.toByteArray();
    }

    /** The figures of the numbers of a chunk, in the order of the numbers. */
    byte[] figures(int chunk) {
        long[] all = chunks.getOrDefault(chunk, new long[width * CHUNK]);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < CHUNK; i++) {
            if (all[i * width] != 0) {
                for (int j = 0; j < width; j++) {
                    Varints.write(bytes, all[i * width + j]);
                }
            }
        }
        return bytes.toByteArray();
    }

    /** Adds what a chunk has as bytes. */
    void addAll(int chunk, byte[] numbers, byte[] figures) {
        read(width, chunk, numbers, figures, this::add);
    }

    /**
     * Hands over what a chunk has as bytes, in the order of the numbers.
     *
     * @throws StorageException if the bytes are no such chunk
     */
    static void read(int width, int chunk, byte[] numbers, byte[] figures, Receiver receiver) {
        BitSet present = numbersOf(chunk, numbers);
        long[] found = new long[width];
        Varints rest = new Varints(figures, problem -> damaged(chunk, problem));
        for (int i = present.nextSetBit(0); i >= 0; i = present.nextSetBit(i + 1)) {
            for (int j = 0; j < width; j++) {
                found[j] = rest.next();
            }
            receiver.accept((chunk << CHUNK_BITS) + i, found);
        }
        if (rest.hasNext()) {
            throw damaged(chunk, "there are more figures than keys");
        }
    }

    /**
     * The places within a chunk that its numbers have.
     *
     * @throws StorageException if the bytes are no set of such places
     */
    static BitSet numbersOf(int chunk, byte[] numbers) {
        if (chunk < 0 || chunk > Integer.MAX_VALUE >> CHUNK_BITS || numbers.length > CHUNK / 8) {
            throw damaged(chunk, "there is no such chunk, or it has more than " + CHUNK + " keys");
        }
        return BitSet.valueOf(numbers);
    }

    private static StorageException damaged(int chunk, String problem) {
        return new StorageException(
                "Chunk " + chunk + " of a group in table " + UsageGroups.GROUPS + " cannot be read: " + problem
                        + ". The file is damaged: restore a backup",
                false,
                null);
    }
}
