// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * A few figures for each of some keys out of very many, which are known by small numbers. As bytes, each number is the distance from the
 * one before, and so are few bytes where few keys lie far apart; {@link KeySums} is for where most keys are there. The first figure
 * counts: a key that has 0 there is not kept. Not thread-safe.
 */
final class SparseSums {
    private final int width;
    private final TreeMap<Integer, long[]> sums = new TreeMap<>();

    /** For keys with so many figures each. */
    SparseSums(int width) {
        this.width = width;
    }

    void add(int number, long[] figures) {
        // Also where they count nothing: what an event had before a change of its figures is taken off with that.
        RollUp.plus(sums.computeIfAbsent(number, unused -> new long[width]), figures);
    }

    /** Whether no key is kept. */
    boolean isEmpty() {
        return sums.values().stream().allMatch(sum -> sum[0] == 0);
    }

    // ---- As bytes

    /** The numbers, rising: of each how far it lies behind the one before, the first behind -1. */
    byte[] numbers() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int last = -1;
        for (Map.Entry<Integer, long[]> sum : sums.entrySet()) {
            if (sum.getValue()[0] != 0) {
                Varints.write(bytes, sum.getKey() - last);
                last = sum.getKey();
            }
        }
        return bytes.toByteArray();
    }

    /** The figures in the order of the numbers. */
    byte[] figures() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (long[] sum : sums.values()) {
            for (int i = 0; i < width && sum[0] != 0; i++) {
                Varints.write(bytes, sum[i]);
            }
        }
        return bytes.toByteArray();
    }

    /** Adds what is there as bytes. */
    void addAll(byte[] numbers, byte[] figures) {
        read(width, numbers, figures, this::add);
    }

    /**
     * Hands over what is there as bytes, in the order of the numbers.
     *
     * @throws StorageException if the bytes are no such sums
     */
    static void read(int width, byte[] numbers, byte[] figures, KeySums.Receiver receiver) {
        long[] found = new long[width];
        Varints rest = new Varints(figures, SparseSums::damaged);
        readNumbers(numbers, number -> {
            for (int i = 0; i < width; i++) {
                found[i] = rest.next();
            }
            receiver.accept(number, found);
        });
        if (rest.hasNext()) {
            throw damaged("there are more figures than keys");
        }
    }

    /**
     * Hands over the numbers alone.
     *
     * @throws StorageException if the bytes are no such numbers
     */
    static void readNumbers(byte[] numbers, IntConsumer receiver) {
        Varints distances = new Varints(numbers, SparseSums::damaged);
        long number = -1;
        while (distances.hasNext()) {
            long distance = distances.next();
            if (distance < 1 || distance > Integer.MAX_VALUE - number) {
                throw damaged("its keys do not rise, or are too many");
            }
            number += distance;
            receiver.accept((int) number);
        }
    }

    private static StorageException damaged(String problem) {
        return new StorageException(
                "A day in table " + UsagePairs.PAIRS + " cannot be read: " + problem
                        + ". The file is damaged: restore a backup",
                false,
                null);
    }
}
