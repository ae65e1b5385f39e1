// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Opens several connections at once. A connection is used again as soon as its answer has been read; so each exchange here waits
 * with its own until the others have theirs.
 */
final class ConnectionWarmUp {
    private static final long LONGEST_HOLD_SECONDS = 10;

    private final OkHttpClient http;
    private final Supplier<Request> request;
    private final Operation operation;
    private final RunningCalls running;
    private final CallFailures failures;
    private final CountDownLatch open;
    private final AtomicReference<@Nullable ASAPException> failure = new AtomicReference<>();

    ConnectionWarmUp(
            OkHttpClient http,
            Supplier<Request> request,
            Operation operation,
            RunningCalls running,
            CallFailures failures,
            int connections) {
        this.http = http.newBuilder().addNetworkInterceptor(this::hold).build();
        this.request = request;
        this.operation = operation;
        this.running = running;
        this.failures = failures;
        this.open = new CountDownLatch(connections);
    }

    /**
     * Opens them.
     *
     * @return why one of them could not be opened; null if all could
     */
    @Nullable
    ASAPException run(Executor threads) {
        CompletableFuture<?>[] all = new CompletableFuture<?>[(int) open.getCount()];
        for (int i = 0; i < all.length; i++) {
            all[i] = CompletableFuture.runAsync(this::openOne, threads);
        }
        try {
            CompletableFuture.allOf(all).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return failure.get();
    }

    private void openOne() {
        Call call = http.newCall(request.get());
        RunningCalls.Running cutOff = call::cancel;
        try {
            running.begin(cutOff, operation.shown());
            // Whatever the agent answers: the connection is what counts.
            responseTo(call).close();
        } catch (IOException e) {
            giveUp(failures.toException(e, call, operation, http, null));
        } catch (InterruptedException e) {
            giveUp(failures.interrupted(e, operation));
        } catch (ASAPException e) {
            giveUp(e);
        } finally {
            running.end(cutOff);
        }
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }

    private void giveUp(ASAPException reason) {
        failure.compareAndSet(null, reason);
        open.countDown();
    }

    /** Runs once there is a connection, and before anything is sent on it. */
    private Response hold(Interceptor.Chain chain) throws IOException {
        open.countDown();
        try {
            boolean unused = open.await(LONGEST_HOLD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        return chain.proceed(chain.request());
    }
}
