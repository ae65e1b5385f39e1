// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Several calls of which some run at a time; completes with all their items in order. Cancelled, or completed by anyone else, it
 * takes back the calls that run and begins no more. Thread-safe.
 */
final class Units extends CompletableFuture<List<BatchItem>> {
    /**
     * One call.
     *
     * @param <T> what it is answered with
     * @param size how many items it gives
     * @param call begins it
     * @param items what the answer means for the items
     */
    record Unit<T>(int size, Supplier<CompletableFuture<T>> call, Function<T, List<BatchItem>> items) {
        /** What an ended call gives; one that failed as a whole fails each of its items. */
        List<BatchItem> itemsOf(CompletableFuture<T> ended) {
            try {
                return items.apply(ended.join());
            } catch (CancellationException e) {
                return List.of();
            } catch (CompletionException e) {
                if (e.getCause() instanceof ASAPException failure) {
                    return Collections.nCopies(size, new BatchItem.Failed(failure));
                }
                throw e;
            }
        }
    }

    private final List<Unit<?>> units;
    private final boolean failFast;
    private final AtomicReferenceArray<@Nullable List<BatchItem>> results;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger open;
    private final Set<RunningCalls.Running> running = ConcurrentHashMap.newKeySet();

    private Units(List<Unit<?>> units, boolean failFast) {
        this.units = units;
        this.failFast = failFast;
        this.results = new AtomicReferenceArray<>(units.size());
        this.open = new AtomicInteger(units.size());
    }

    /**
     * Begins the calls.
     *
     * @param concurrency how many run at a time
     * @param failFast whether the first failure ends all
     */
    static Units begin(List<? extends Unit<?>> units, int concurrency, boolean failFast) {
        Units all = new Units(List.copyOf(units), failFast);
        for (int i = 0; i < Math.min(concurrency, units.size()); i++) {
            all.beginNext();
        }
        return all;
    }

    /** Begins calls until one is under way, or none is left. */
    private void beginNext() {
        for (int i = next.getAndIncrement(); i < units.size() && !isDone(); i = next.getAndIncrement()) {
            if (isUnderWay(i, units.get(i))) {
                return;
            }
        }
    }

    /** Begins a call; false if it ended at once, so that many of that kind do not nest their callbacks. */
    private <T> boolean isUnderWay(int index, Unit<T> unit) {
        CompletableFuture<T> call = unit.call().get();
        if (call.isDone()) {
            settle(index, unit, call);
            return false;
        }
        RunningCalls.Running cutOff = () -> call.cancel(true);
        running.add(cutOff);
        CompletableFuture<?> unused = call.whenComplete((answer, failure) -> {
            running.remove(cutOff);
            settle(index, unit, call);
            beginNext();
        });
        if (isDone()) {
            cutOff.cancel();
        }
        return true;
    }

    private <T> void settle(int index, Unit<T> unit, CompletableFuture<T> call) {
        try {
            settle(index, unit.itemsOf(call));
        } catch (CompletionException e) {
            // No failure of a call, but of the application's own code: it ends all.
            completeExceptionally(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private void settle(int index, List<BatchItem> items) {
        results.set(index, items);
        if (failFast) {
            for (BatchItem item : items) {
                if (item instanceof BatchItem.Failed failed) {
                    completeExceptionally(failed.failure());
                    return;
                }
            }
        }
        if (open.decrementAndGet() == 0) {
            complete(inOrder());
        }
    }

    private List<BatchItem> inOrder() {
        List<BatchItem> all = new ArrayList<>();
        for (int i = 0; i < results.length(); i++) {
            List<BatchItem> items = results.get(i);
            if (items != null) {
                all.addAll(items);
            }
        }
        return List.copyOf(all);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return takeBackIf(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public boolean complete(List<BatchItem> value) {
        return takeBackIf(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return takeBackIf(super.completeExceptionally(failure));
    }

    private boolean takeBackIf(boolean completed) {
        if (completed) {
            running.forEach(RunningCalls.Running::cancel);
        }
        return completed;
    }
}
