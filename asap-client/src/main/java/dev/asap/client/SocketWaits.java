// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for what a socket's reader or timer completes. */
final class SocketWaits {
    private SocketWaits() {}

    /**
     * Waits for what is completed in any case.
     *
     * @param whatIfInterrupted begins the message of the failure
     * @param giveUp ends what is waited for
     */
    static <T> T await(CompletableFuture<T> future, String whatIfInterrupted, Runnable giveUp) {
        try {
            return await(future, null, whatIfInterrupted, giveUp);
        } catch (TimeoutException e) {
            throw new IllegalStateException("a wait without a limit has none", e);
        }
    }

    /**
     * Waits for something for some time.
     *
     * @param limit null for as long as it takes
     * @param whatIfInterrupted begins the message of the failure
     * @param giveUp ends what is waited for
     * @throws TimeoutException if the limit has passed; what is waited for has been given up
     */
    static <T> T await(CompletableFuture<T> future, @Nullable Duration limit, String whatIfInterrupted, Runnable giveUp)
            throws TimeoutException {
        try {
            return limit == null ? future.get() : future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUp.run();
            throw new CallInterruptedException(whatIfInterrupted + ": the thread was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("A call failed unexpectedly", e);
        } catch (TimeoutException e) {
            giveUp.run();
            throw e;
        }
    }
}
