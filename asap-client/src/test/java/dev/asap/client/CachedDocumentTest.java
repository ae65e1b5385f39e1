// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads; a latch in the fetch decides when it ends, and the time is moved by hand. */
@Timeout(60)
class CachedDocumentTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Operation OPERATION = Operation.get(PeerAddress.ofDocument(CacheSetup.URL));

    private final CacheSetup.HandTicker ticker = new CacheSetup.HandTicker();
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger fetches = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void endThreads() throws InterruptedException {
        release.countDown();
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void get_beforeItsTimeIsOver_fetchesOnce() {
        CachedDocument<Integer> document = document(TTL);
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(1);

        ticker.move(TTL.minusNanos(1));
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(1);

        ticker.move(Duration.ofNanos(1));
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void get_withoutTimeToLive_fetchesEachTime() {
        CachedDocument<Integer> document = document(Duration.ZERO);

        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(1);
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void get_manyThreadsMiss_fetchesOnce() throws Exception {
        CachedDocument<Integer> document = document(TTL);
        List<FutureTask<Integer>> calls = start(200, () -> document.get(this::held));
        awaitWaiting(200);
        release.countDown();

        for (FutureTask<Integer> call : calls) {
            assertThat(result(call)).isEqualTo(1);
        }
    }

    @Test
    void get_fetchFails_tellsAllWhoWaitAndTriesAgainLater() throws Exception {
        CachedDocument<Integer> document = document(TTL);
        ConnectionException refused = new ConnectionException("cannot connect", CacheSetup.URL, null);
        List<FutureTask<Integer>> calls = start(20, () -> document.get(failing(refused)));
        awaitWaiting(20);
        release.countDown();

        for (FutureTask<Integer> call : calls) {
            assertThat(failure(call)).isSameAs(refused);
        }
        assertThat(fetches).hasValue(1);
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void get_whoFetchesIsInterruptedClosedOrEndsByAnError_nextWaiterFetches() throws Exception {
        for (Throwable end : List.of(
                new CallInterruptedException("interrupted", null),
                new ClientClosedException("closed", null),
                new StackOverflowError("test"))) {
            CachedDocument<String> document = document(TTL);
            CountDownLatch leads = new CountDownLatch(1);
            CountDownLatch ends = new CountDownLatch(1);
            FutureTask<String> leader = start(
                            1,
                            () -> document.get(() -> {
                                leads.countDown();
                                awaitQuietly(ends);
                                throw unchecked(end);
                            }))
                    .get(0);
            assertThat(leads.await(30, TimeUnit.SECONDS)).isTrue();
            int before = threads.size();
            List<FutureTask<String>> waiters = start(5, () -> document.get(() -> "fetched"));
            awaitWaiting(threads.subList(before, threads.size()), 5);
            ends.countDown();

            assertThat(failure(leader)).isSameAs(end);
            for (FutureTask<String> waiter : waiters) {
                assertThat(result(waiter)).isEqualTo("fetched");
            }
        }
    }

    @Test
    void get_othersFetchTakesTooLong_timesOut() throws Exception {
        CachedDocument<Integer> document = new CachedDocument<>(OPERATION, TTL, Duration.ofMillis(20), ticker);
        List<FutureTask<Integer>> leader = start(1, () -> document.get(this::held));
        awaitWaiting(1);

        assertThatThrownBy(() -> document.get(fetches::incrementAndGet))
                .isInstanceOf(RequestTimeoutException.class)
                .hasMessage("GET " + CacheSetup.URL + " timed out: another call for the same did not end within 20 ms");
        release.countDown();
        assertThat(result(leader.get(0))).isEqualTo(1);
    }

    @Test
    void get_waiterIsInterrupted_failsAndKeepsItsFlag() throws Exception {
        CachedDocument<Integer> document = document(TTL);
        start(1, () -> document.get(this::held));
        awaitWaiting(1);
        FutureTask<Boolean> waiter = start(1, () -> {
                    assertThatThrownBy(() -> document.get(fetches::incrementAndGet))
                            .isInstanceOf(CallInterruptedException.class);
                    return Thread.currentThread().isInterrupted();
                })
                .get(0);
        awaitWaiting(2);
        threads.get(1).interrupt();

        assertThat(result(waiter)).isTrue();
    }

    @Test
    void invalidate_duringAFetch_doesNotKeepWhatItBrings() throws Exception {
        CachedDocument<Integer> document = document(TTL);
        List<FutureTask<Integer>> leader = start(1, () -> document.get(this::held));
        awaitWaiting(1);
        document.invalidate();

        // The new fetch does not wait for the old one, and what the old one brings does not replace what this one
        // brought.
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(2);
        release.countDown();
        assertThat(result(leader.get(0))).isEqualTo(1);
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(2);

        document.invalidate();
        assertThat(document.get(fetches::incrementAndGet)).isEqualTo(3);
    }

    private <T> CachedDocument<T> document(Duration ttl) {
        return new CachedDocument<>(OPERATION, ttl, Duration.ofSeconds(30), ticker);
    }

    private Integer held() {
        int number = fetches.incrementAndGet();
        awaitQuietly(release);
        return number;
    }

    private Supplier<Integer> failing(RuntimeException failure) {
        return () -> {
            held();
            throw failure;
        };
    }

    private static RuntimeException unchecked(Throwable end) {
        if (end instanceof Error error) {
            throw error;
        }
        return (RuntimeException) end;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitWaiting(int count) {
        awaitWaiting(threads, count);
    }

    private static void awaitWaiting(List<Thread> threads, int count) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> threads.stream()
                                .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                                .count()
                        == count);
    }

    private <T> List<FutureTask<T>> start(int count, Callable<T> call) {
        List<FutureTask<T>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FutureTask<T> task = new FutureTask<>(call);
            Thread thread = new Thread(null, task, "document-test-" + i, 256 * 1024);
            calls.add(task);
            threads.add(thread);
            thread.start();
        }
        return calls;
    }

    private static <T> T result(FutureTask<T> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(FutureTask<?> call) throws Exception {
        try {
            call.get(30, TimeUnit.SECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }
}
