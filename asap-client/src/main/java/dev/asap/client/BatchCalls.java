// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.Units.Unit;
import dev.asap.error.RemoteErrorException;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sends several messages: each by itself, several at a time, or many in one request. Thread-safe. */
final class BatchCalls {
    /** How many messages the protocol's servers take in one request. */
    static final int MAX_BATCH = 50;

    /** What the peer has shown of its dealing with batches. */
    private enum Batches {
        UNKNOWN,
        TAKEN,
        REFUSED
    }

    private final Function<Envelope, CompletableFuture<Envelope>> single;
    private final @Nullable Function<List<Envelope>, CompletableFuture<List<BatchItem>>> many;
    private final String whyNotMany;
    private final int concurrency;
    private volatile Batches batches = Batches.UNKNOWN;

    /**
     * Sends with these.
     *
     * @param single sends one message
     * @param many sends up to {@link #MAX_BATCH} messages in one request
     * @param concurrency how many requests run at a time
     */
    BatchCalls(
            Function<Envelope, CompletableFuture<Envelope>> single,
            Function<List<Envelope>, CompletableFuture<List<BatchItem>>> many,
            int concurrency) {
        this(single, many, "", concurrency);
    }

    private BatchCalls(
            Function<Envelope, CompletableFuture<Envelope>> single,
            @Nullable Function<List<Envelope>, CompletableFuture<List<BatchItem>>> many,
            String whyNotMany,
            int concurrency) {
        this.single = single;
        this.many = many;
        this.whyNotMany = whyNotMany;
        this.concurrency = concurrency;
    }

    /**
     * Sends each message by itself in any case.
     *
     * @param single sends one message
     * @param reason why {@link #together} does not work, and what does
     * @param concurrency how many messages are under way at a time
     */
    static BatchCalls onlyEach(Function<Envelope, CompletableFuture<Envelope>> single, String reason, int concurrency) {
        return new BatchCalls(single, null, reason, concurrency);
    }

    /** Sends each message by itself. */
    Units each(List<Envelope> messages, boolean failFast) {
        List<Unit<Envelope>> units = checked(messages).stream()
                .map(message ->
                        new Unit<Envelope>(1, () -> single.apply(message), answer -> List.of(new BatchItem.Ok(answer))))
                .toList();
        return Units.begin(units, concurrency, failFast);
    }

    /**
     * Sends as few requests as the protocol allows.
     *
     * @throws UnsupportedOperationException if there are no requests with several messages
     */
    Units together(List<Envelope> messages) {
        if (many == null) {
            throw new UnsupportedOperationException(whyNotMany);
        }
        List<Unit<List<BatchItem>>> units = new ArrayList<>();
        for (int from = 0; from < checked(messages).size(); from += MAX_BATCH) {
            List<Envelope> part = List.copyOf(messages.subList(from, Math.min(messages.size(), from + MAX_BATCH)));
            units.add(new Unit<>(part.size(), () -> many.apply(part), Function.identity()));
        }
        return Units.begin(units, concurrency, false);
    }

    /**
     * Sends in the way that suits the peer: together where it takes batches. Whether it does is found out with the first one: a
     * peer that does not refuses it unread.
     *
     * @param wait waits for what was begun
     */
    List<BatchItem> all(List<Envelope> messages, Function<Units, List<BatchItem>> wait) {
        if (checked(messages).size() == 1 || many == null || batches == Batches.REFUSED) {
            return wait.apply(each(messages, false));
        } else if (batches == Batches.TAKEN) {
            return wait.apply(together(messages));
        }
        List<Envelope> first = messages.subList(0, Math.min(messages.size(), MAX_BATCH));
        List<Envelope> rest = messages.subList(first.size(), messages.size());
        List<BatchItem> items = new ArrayList<>(wait.apply(together(first)));
        if (items.stream().allMatch(BatchCalls::isRefused)) {
            batches = Batches.REFUSED;
            return wait.apply(each(messages, false));
        } else if (items.stream().anyMatch(BatchItem.Ok.class::isInstance)) {
            batches = Batches.TAKEN;
        }
        if (!rest.isEmpty()) {
            items.addAll(wait.apply(together(rest)));
        }
        return List.copyOf(items);
    }

    private static boolean isRefused(BatchItem item) {
        return item instanceof BatchItem.Failed failed
                && failed.failure() instanceof RemoteErrorException error
                && error.jsonRpcCode() == JsonRpcError.INVALID_REQUEST;
    }

    private static List<Envelope> checked(List<Envelope> messages) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one message to send, got an empty list");
        }
        return messages;
    }
}
