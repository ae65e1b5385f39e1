// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One document, kept for a time. Of several threads that miss it one fetches it, the others wait for that. A failure is told to
 * all who wait, and not kept. Thread-safe; takes no lock.
 *
 * @param <T> what the document is read as
 */
final class CachedDocument<T> {
    private record Kept<T>(T value, long number, long until) {}

    private final Duration ttl;
    private final LongSupplier ticker;
    private final Operation operation;
    private final Duration fetchTimeout;

    private final AtomicReference<@Nullable Kept<T>> kept = new AtomicReference<>();

    /** Gives what the fetch that is under way came to; null if it ended without telling anything about the document. */
    private final AtomicReference<@Nullable CompletableFuture<@Nullable Supplier<T>>> flight = new AtomicReference<>();

    /** Goes up when what is kept is to be forgotten: what a fetch brings that began before is not kept either. */
    private final AtomicLong number = new AtomicLong();

    /**
     * Nothing yet.
     *
     * @param fetchTimeout how long a fetch takes at most; nobody waits longer for another's
     */
    CachedDocument(Operation operation, Duration ttl, Duration fetchTimeout, LongSupplier ticker) {
        this.operation = operation;
        this.ttl = ttl;
        this.fetchTimeout = fetchTimeout;
        this.ticker = ticker;
    }

    /**
     * The document that is kept, or else the one that is fetched, by this thread or another that was first.
     *
     * @throws RuntimeException what the fetch threw
     * @throws RequestTimeoutException if another thread's fetch does not end in time
     * @throws CallInterruptedException if this thread is interrupted while it waits
     */
    T get(Supplier<T> fetch) {
        long deadline = ticker.getAsLong() + fetchTimeout.toNanos();
        CompletableFuture<@Nullable Supplier<T>> own = new CompletableFuture<>();
        while (true) {
            Kept<T> live = live();
            if (live != null) {
                return live.value;
            }
            CompletableFuture<@Nullable Supplier<T>> running = flight.compareAndExchange(null, own);
            if (running == null) {
                return lead(own, fetch);
            }
            Supplier<T> outcome = await(running, deadline - ticker.getAsLong());
            // Whoever was to fetch was interrupted or closed, which says nothing of the document: the next one tries.
            if (outcome != null) {
                return outcome.get();
            }
        }
    }

    /** Forgets what is kept. */
    void invalidate() {
        number.incrementAndGet();
        flight.set(null);
    }

    private @Nullable Kept<T> live() {
        Kept<T> found = kept.get();
        return found != null && found.number == number.get() && ticker.getAsLong() - found.until < 0 ? found : null;
    }

    /** Fetches for all who wait for this flight; tells them the outcome, whatever happens. */
    private T lead(CompletableFuture<@Nullable Supplier<T>> own, Supplier<T> fetch) {
        Supplier<T> outcome = null;
        try {
            // Another flight may have landed after this thread had looked and before it took off.
            Kept<T> live = live();
            T value = live != null ? live.value : fetched(fetch);
            outcome = () -> value;
            return value;
        } catch (CallInterruptedException | ClientClosedException e) {
            throw e;
        } catch (RuntimeException e) {
            outcome = () -> {
                throw e;
            };
            throw e;
        } finally {
            flight.compareAndSet(own, null);
            own.complete(outcome);
        }
    }

    private T fetched(Supplier<T> fetch) {
        long begun = number.get();
        T value = fetch.get();
        Kept<T> brought = new Kept<>(value, begun, ticker.getAsLong() + ttl.toNanos());
        kept.accumulateAndGet(brought, (known, mine) -> known != null && known.number > begun ? known : mine);
        return value;
    }

    private @Nullable Supplier<T> await(CompletableFuture<@Nullable Supplier<T>> running, long nanos) {
        try {
            return running.get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterruptedException(
                    operation + " was cut off: the thread was interrupted while it waited for another call to end", e);
        } catch (TimeoutException e) {
            throw new RequestTimeoutException(
                    operation + " timed out: another call for the same did not end within " + fetchTimeout.toMillis()
                            + " ms",
                    fetchTimeout,
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flight is completed with an outcome only", e);
        }
    }
}
