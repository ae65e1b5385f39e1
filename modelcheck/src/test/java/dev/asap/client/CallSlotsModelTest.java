// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.Schedules.atOnce;
import static dev.asap.client.Schedules.explore;
import static dev.asap.client.Schedules.require;

import dev.asap.client.CallSlots.Slot;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallSlotsModelTest {
    private static final String CALL = "POST https://agent.example/asap";

    /** Time stands still here, so this is longer than any wait. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** A single slot, taken. */
    private static final class Scene {
        private final HeldTimer timer = new HeldTimer();
        private final AtomicInteger running = new AtomicInteger();
        private final CallSlots slots;
        private final Slot taken;

        Scene() {
            slots = new CallSlots(1, 3, timer, Runnable::run);
            taken = slots.acquire(CALL, TIMEOUT);
            running.incrementAndGet();
        }

        void release() {
            running.decrementAndGet();
            taken.close();
        }

        CompletableFuture<Slot> acquireAsync() {
            return slots.acquireAsync(CALL, TIMEOUT);
        }

        /** A call that ends at once. */
        void use(Slot slot) {
            require(running.incrementAndGet() == 1, "two calls run with one slot");
            running.decrementAndGet();
            slot.close();
        }

        void useIfGiven(CompletableFuture<Slot> acquired) {
            require(acquired.isDone(), "the slot is free, but the one who waits was not told");
            if (!acquired.isCompletedExceptionally()) {
                use(acquired.join());
            }
        }

        void requireAllFree() {
            require(
                    slots.inUse() == 0 && slots.waiting() == 0,
                    slots.inUse() + " in use and " + slots.waiting() + " waiting at the end");
        }
    }

    @Test
    void blockingCalls_atOnce_eachGetsTheSlotInTurn() {
        explore(() -> {
            Scene scene = new Scene();
            scene.release();
            Runnable call = () -> scene.use(scene.slots.acquire(CALL, TIMEOUT));
            atOnce(call, call);
            scene.requireAllFree();
        });
    }

    @Test
    void release_whileAnAsynchronousCallBegins_tellsIt() {
        explore(() -> {
            Scene scene = new Scene();
            CompletableFuture<?>[] used = new CompletableFuture<?>[1];
            atOnce(scene::release, () -> used[0] = scene.acquireAsync().thenAccept(scene::use));
            require(used[0].isDone(), "the slot is free, but the one who waits was not told");
            scene.requireAllFree();
        });
    }

    @Test
    void cancellation_whileASlotIsHandedOver_losesNoSlot() {
        explore(() -> {
            Scene scene = new Scene();
            CompletableFuture<Slot> cancelled = scene.acquireAsync();
            CompletableFuture<Void> next = scene.acquireAsync().thenAccept(scene::use);
            atOnce(scene::release, () -> cancelled.cancel(false));
            scene.useIfGiven(cancelled);
            require(next.isDone(), "the slot is free, but the next was not told");
            scene.requireAllFree();
        });
    }

    @Test
    void expiry_whileASlotIsHandedOver_losesNoSlot() {
        explore(() -> {
            Scene scene = new Scene();
            CompletableFuture<Slot> expiring = scene.acquireAsync();
            atOnce(scene::release, scene.timer::expire);
            scene.useIfGiven(expiring);
            scene.requireAllFree();
        });
    }

    @Test
    void close_whileASlotIsHandedOver_leavesNobodyWaiting() {
        explore(() -> {
            Scene scene = new Scene();
            CompletableFuture<Slot> waiting = scene.acquireAsync();
            atOnce(scene::release, scene.slots::close);
            scene.useIfGiven(waiting);
            scene.requireAllFree();
        });
    }

    @Test
    void close_whileACallBegins_leavesNobodyWaiting() {
        explore(() -> {
            Scene scene = new Scene();
            CompletableFuture<?>[] begun = new CompletableFuture<?>[1];
            atOnce(scene.slots::close, () -> begun[0] = scene.acquireAsync());
            require(begun[0].isCompletedExceptionally(), "the slots are closed, but the one who waits was not told");
            scene.release();
            scene.requireAllFree();
        });
    }
}
