// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the key set that tokens are verified with. However many ask, one fetches and the others wait for it; and whoever sends tokens
 * of unknown keys cannot make us fetch more often than once in the pause. Thread-safe.
 */
final class KeySetCache {
    static final int MAX_KEYS = 100;

    /** So long a fetch may take that others wait for; the fetch itself is bounded by its source. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /**
     * What is known.
     *
     * @param keys the latest keys, or null
     * @param keysAt when they were fetched
     * @param failure what the latest fetch failed of; null if it did not
     * @param triedAt when that was
     */
    private record State(
            @Nullable JWKSet keys, long keysAt, @Nullable Exception failure, long triedAt) {
        State failed(Exception newFailure, long now) {
            return new State(keys, keysAt, newFailure, now);
        }

        JWKSet keysOrFailure() {
            if (failure != null || keys == null) {
                throw new KeySetUnavailableException(failure);
            }
            return keys;
        }
    }

    private final KeySetSource source;
    private final long lifetimeNanos;
    private final long pauseNanos;
    private final LongSupplier ticker;
    private final AtomicReference<@Nullable State> latest = new AtomicReference<>();
    private final AtomicReference<@Nullable CompletableFuture<State>> running = new AtomicReference<>();

    KeySetCache(KeySetSource source, Duration lifetime, Duration pause, LongSupplier ticker) {
        this.source = source;
        this.lifetimeNanos = lifetime.toNanos();
        this.pauseNanos = pause.toNanos();
        this.ticker = ticker;
    }

    /**
     * The keys, fetched if they are not known or too old.
     *
     * @throws KeySetUnavailableException if they cannot be had
     */
    JWKSet keys() {
        State known = latest.get();
        if (known != null && known.keys() != null && ticker.getAsLong() - known.keysAt() < lifetimeNanos) {
            return known.keys();
        }
        boolean failedJustNow = known != null && known.failure() != null && triedJustNow(known);
        return (known != null && failedJustNow ? known : fetch(known)).keysOrFailure();
    }

    /**
     * Newer keys than these, in which a token's key was not found; the same ones if they were fetched just now.
     *
     * @throws KeySetUnavailableException if they cannot be had
     */
    JWKSet newerThan(JWKSet tried) {
        State known = latest.get();
        if (known != null && known.keys() != null && !known.keys().equals(tried)) {
            return known.keys();
        }
        return (known != null && triedJustNow(known) ? known : fetch(known)).keysOrFailure();
    }

    private boolean triedJustNow(State known) {
        return ticker.getAsLong() - known.triedAt() < pauseNanos;
    }

    private State fetch(@Nullable State known) {
        CompletableFuture<State> mine = new CompletableFuture<>();
        CompletableFuture<State> others = running.compareAndExchange(null, mine);
        if (others != null) {
            return await(others);
        }
        try {
            State current = latest.get();
            // Somebody else may have fetched between our look at what is known and now.
            State result = current != null && !current.equals(known) ? current : fetchNow(current);
            latest.set(result);
            mine.complete(result);
            return result;
        } finally {
            running.set(null);
            // For those who wait, if an error stopped this thread.
            mine.cancel(false);
        }
    }

    private State fetchNow(@Nullable State before) {
        try {
            JWKSet keys = JWKSet.parse(source.fetch()).toPublicJWKSet();
            if (keys.size() > MAX_KEYS) {
                throw new IOException("a key set must have at most " + MAX_KEYS + " keys, got " + keys.size());
            }
            long now = ticker.getAsLong();
            return new State(keys, now, null, now);
        } catch (IOException | ParseException | RuntimeException e) {
            long now = ticker.getAsLong();
            return before == null ? new State(null, now, e, now) : before.failed(e, now);
        }
    }

    private static State await(CompletableFuture<State> fetch) {
        try {
            return fetch.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeySetUnavailableException(e);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            throw new KeySetUnavailableException(e);
        }
    }
}
