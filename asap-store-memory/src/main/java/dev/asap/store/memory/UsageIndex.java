// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.memory;

import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageTotals;
import dev.asap.page.TextOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Usage events in one order: by a key of theirs, such as the agent, then by time, then as they were recorded. Knows in O(log n) where
 * a place is, what stands there, and what all events between two places used.
 *
 * <p>Immutable: a change gives another index, which shares all but O(log n) nodes with this one. Whoever holds an index reads it
 * without a lock while others go on writing.
 */
final class UsageIndex {
    // A tree balanced by weight, with the parameters that Hirai and Yamamoto proved right ("Balancing weight-balanced
    // trees", 2011): neither side weighs more than DELTA times the other.
    private static final int DELTA = 3;
    private static final int RATIO = 2;

    private final Function<UsageEvent, String> keyOf;
    private final @Nullable Node root;

    private UsageIndex(Function<UsageEvent, String> keyOf, @Nullable Node root) {
        this.keyOf = keyOf;
        this.root = root;
    }

    /** An empty index in the order of this key, then of time. */
    static UsageIndex by(Function<UsageEvent, String> keyOf) {
        return new UsageIndex(keyOf, null);
    }

    /** An event and its number: what was recorded later has the higher one. */
    record Entry(UsageEvent event, long number) {}

    /** A place in the order; what is recorded there need not exist. */
    record Place(String key, Instant time, long number) {
        /** Before all events of this key from this time on. */
        static Place before(String key, Instant time) {
            return new Place(key, time, Long.MIN_VALUE);
        }

        /** Behind all events of this key up to this time. */
        static Place behind(String key, Instant time) {
            return new Place(key, time, Long.MAX_VALUE);
        }

        /** Behind all events of this key. */
        static Place behind(String key) {
            return behind(key, Instant.MAX);
        }
    }

    String keyOf(Entry entry) {
        return keyOf.apply(entry.event());
    }

    private Place placeOf(Entry entry) {
        return new Place(keyOf(entry), entry.event().timestamp(), entry.number());
    }

    private int compare(Entry entry, Place place) {
        int byKey = TextOrder.CODE_POINTS.compare(keyOf(entry), place.key());
        if (byKey != 0) {
            return byKey;
        }
        int byTime = entry.event().timestamp().compareTo(place.time());
        return byTime != 0 ? byTime : Long.compare(entry.number(), place.number());
    }

    int size() {
        return size(root);
    }

    /** How many nodes there are at most from the top to the bottom. */
    int height() {
        return height(root);
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : 1 + Math.max(height(node.left), height(node.right));
    }

    /** How many events stand at this place or before it. */
    int position(Place place) {
        int position = 0;
        Node node = root;
        while (node != null) {
            if (compare(node.entry, place) <= 0) {
                position += size(node.left) + 1;
                node = node.right;
            } else {
                node = node.left;
            }
        }
        return position;
    }

    /** The event at a position, counted from 0. */
    Entry get(int position) {
        Node node = root;
        int rest = position;
        while (node != null) {
            int before = size(node.left);
            if (rest == before) {
                return node.entry;
            }
            if (rest < before) {
                node = node.left;
            } else {
                rest -= before + 1;
                node = node.right;
            }
        }
        throw new IndexOutOfBoundsException("position " + position + " of " + size());
    }

    /** The events from one position up to another, that one not included. */
    List<Entry> slice(int from, int to) {
        List<Entry> slice = new ArrayList<>(Math.max(0, to - from));
        forEach(from, to, slice::add);
        return slice;
    }

    /** Hands over the events from one position up to another, that one not included, in order. */
    void forEach(int from, int to, Consumer<Entry> receiver) {
        forEach(root, from, to, receiver);
    }

    private static void forEach(@Nullable Node node, int from, int to, Consumer<Entry> receiver) {
        if (node == null || from >= to || to <= 0 || from >= node.size) {
            return;
        }
        int before = size(node.left);
        forEach(node.left, from, to, receiver);
        if (from <= before && before < to) {
            receiver.accept(node.entry);
        }
        forEach(node.right, from - before - 1, to - before - 1, receiver);
    }

    /** What the events from one position up to another used, that one not included. */
    UsageTotals totals(int from, int to) {
        return totals(root, from, to);
    }

    private static UsageTotals totals(@Nullable Node node, int from, int to) {
        if (node == null || from >= to || to <= 0 || from >= node.size) {
            return UsageTotals.NONE;
        }
        if (from <= 0 && to >= node.size) {
            return node.totals();
        }
        int before = size(node.left);
        UsageTotals totals = totals(node.left, from, to).plus(totals(node.right, from - before - 1, to - before - 1));
        return from <= before && before < to ? totals.plus(node.entry.event().metrics()) : totals;
    }

    /**
     * This index with more events. Each node on the way to where they belong is made anew once for all of them: many at once cost a fraction
     * of what they cost one by one.
     */
    UsageIndex with(List<Entry> entries) {
        Entry[] sorted = sorted(entries);
        return new UsageIndex(keyOf, with(root, sorted, 0, sorted.length));
    }

    private Entry[] sorted(List<Entry> entries) {
        Entry[] sorted = entries.toArray(new Entry[0]);
        Arrays.sort(sorted, (one, other) -> compare(one, placeOf(other)));
        return sorted;
    }

    private @Nullable Node with(@Nullable Node node, Entry[] sorted, int from, int to) {
        if (from == to) {
            return node;
        }
        if (node == null) {
            return treeOf(sorted, from, to);
        }
        int middle = firstAt(placeOf(node.entry), sorted, from, to);
        return linked(with(node.left, sorted, from, middle), node.entry, with(node.right, sorted, middle, to));
    }

    private static @Nullable Node treeOf(Entry[] sorted, int from, int to) {
        if (from == to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        return new Node(treeOf(sorted, from, middle), sorted[middle], treeOf(sorted, middle + 1, to));
    }

    /** Where the first entry stands that is at a place or behind it. */
    private int firstAt(Place place, Entry[] sorted, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(sorted[middle], place) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** This index without events that are in it. */
    UsageIndex without(List<Entry> entries) {
        Entry[] sorted = sorted(entries);
        return new UsageIndex(keyOf, without(root, sorted, 0, sorted.length));
    }

    private @Nullable Node without(@Nullable Node node, Entry[] sorted, int from, int to) {
        if (from == to) {
            return node;
        }
        if (node == null) {
            throw new IllegalStateException("no event at " + placeOf(sorted[from]));
        }
        Place place = placeOf(node.entry);
        int middle = firstAt(place, sorted, from, to);
        boolean own = middle < to && compare(sorted[middle], place) == 0;
        Node left = without(node.left, sorted, from, middle);
        Node right = without(node.right, sorted, own ? middle + 1 : middle, to);
        return own ? merged(left, right) : linked(left, node.entry, right);
    }

    /** Two trees of any weights, and an event between them. */
    private static Node linked(@Nullable Node left, Entry entry, @Nullable Node right) {
        if (right != null && isTooHeavy(right, left)) {
            return balanced(linked(left, entry, right.left), right.entry, right.right);
        }
        if (left != null && isTooHeavy(left, right)) {
            return balanced(left.left, left.entry, linked(left.right, entry, right));
        }
        return new Node(left, entry, right);
    }

    /** Two trees of any weights. */
    private static @Nullable Node merged(@Nullable Node left, @Nullable Node right) {
        if (left != null && right != null && isTooHeavy(right, left)) {
            return balanced(merged(left, right.left), right.entry, right.right);
        }
        if (left != null && right != null && isTooHeavy(left, right)) {
            return balanced(left.left, left.entry, merged(left.right, right));
        }
        return joined(left, right);
    }

    /** Two trees of which neither is too heavy for the other. */
    private static @Nullable Node joined(@Nullable Node left, @Nullable Node right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        return left.size > right.size
                ? balanced(withoutLast(left), last(left), right)
                : balanced(left, first(right), withoutFirst(right));
    }

    private static Entry first(Node node) {
        return node.left == null ? node.entry : first(node.left);
    }

    private static Entry last(Node node) {
        return node.right == null ? node.entry : last(node.right);
    }

    private static @Nullable Node withoutFirst(Node node) {
        return node.left == null ? node.right : balanced(withoutFirst(node.left), node.entry, node.right);
    }

    private static @Nullable Node withoutLast(Node node) {
        return node.right == null ? node.left : balanced(node.left, node.entry, withoutLast(node.right));
    }

    /** A node of parts of which one may be too heavy by one event. */
    private static Node balanced(@Nullable Node left, Entry entry, @Nullable Node right) {
        if (right != null && isTooHeavy(right, left)) {
            return rotatedLeft(left, entry, right);
        }
        if (left != null && isTooHeavy(left, right)) {
            return rotatedRight(left, entry, right);
        }
        return new Node(left, entry, right);
    }

    private static boolean isTooHeavy(Node side, @Nullable Node other) {
        return weight(side) > DELTA * weight(other);
    }

    private static Node rotatedLeft(@Nullable Node left, Entry entry, Node right) {
        Node inner = right.left;
        if (inner == null || weight(inner) < RATIO * weight(right.right)) {
            return new Node(new Node(left, entry, inner), right.entry, right.right);
        }
        return new Node(
                new Node(left, entry, inner.left), inner.entry, new Node(inner.right, right.entry, right.right));
    }

    private static Node rotatedRight(Node left, Entry entry, @Nullable Node right) {
        Node inner = left.right;
        if (inner == null || weight(inner) < RATIO * weight(left.left)) {
            return new Node(left.left, left.entry, new Node(inner, entry, right));
        }
        return new Node(new Node(left.left, left.entry, inner.left), inner.entry, new Node(inner.right, entry, right));
    }

    private static int size(@Nullable Node node) {
        return node == null ? 0 : node.size;
    }

    private static long weight(@Nullable Node node) {
        return size(node) + 1L;
    }

    /** An event, what stands before it and behind it, and what all of them used. */
    private static final class Node {
        final @Nullable Node left;
        final Entry entry;
        final @Nullable Node right;
        final int size;

        // Not an object of its own: there are four nodes for each event.
        private final long tokensIn;
        private final long tokensOut;
        private final long durationMs;
        private final long apiCalls;

        Node(@Nullable Node left, Entry entry, @Nullable Node right) {
            this.left = left;
            this.entry = entry;
            this.right = right;
            this.size = UsageIndex.size(left) + 1 + UsageIndex.size(right);
            UsageTotals own = UsageTotals.NONE.plus(entry.event().metrics());
            this.tokensIn = (left == null ? 0 : left.tokensIn) + own.tokensIn() + (right == null ? 0 : right.tokensIn);
            this.tokensOut =
                    (left == null ? 0 : left.tokensOut) + own.tokensOut() + (right == null ? 0 : right.tokensOut);
            this.durationMs =
                    (left == null ? 0 : left.durationMs) + own.durationMs() + (right == null ? 0 : right.durationMs);
            this.apiCalls = (left == null ? 0 : left.apiCalls) + own.apiCalls() + (right == null ? 0 : right.apiCalls);
        }

        UsageTotals totals() {
            return new UsageTotals(size, tokensIn, tokensOut, durationMs, apiCalls);
        }
    }
}
