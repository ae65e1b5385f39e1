// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static dev.asap.client.CacheSetup.URL;
import static dev.asap.client.CacheSetup.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.asap.client.CacheSetup.TestLoader;
import dev.asap.client.ManifestCache.Fetched;
import dev.asap.client.ManifestCache.Stats;
import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads; a latch in the loader decides when a fetch ends. */
@Timeout(60)
class ManifestCacheConcurrencyTest {
    private static final Duration TTL = ManifestCache.DEFAULT_TTL;
    private static final Manifest A = manifest("A");
    private static final Manifest B = manifest("B");

    private final ManifestCache cache = ManifestCache.withMaxSize(100);
    private final CountDownLatch release = new CountDownLatch(1);
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
    void get_aThousandThreadsMiss_fetchesOnce() throws Exception {
        TestLoader loader = TestLoader.of(etag -> {
            awaitRelease();
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Manifest>> calls = start(1000, () -> cache.get(URL, loader));
        awaitWaiting(1000);
        release.countDown();

        for (FutureTask<Manifest> call : calls) {
            assertThat(result(call)).isSameAs(A);
        }
        assertThat(loader.count()).isOne();
        assertThat(cache.stats()).isEqualTo(new Stats(0, 1000, 1, 0, 0, 0, 0));
    }

    @Test
    void get_manyThreadsRaceWithTheEndOfTheFetch_fetchOnceEachTime() throws Exception {
        int rounds = 300;
        int racers = 8;
        AtomicInteger fetches = new AtomicInteger();
        CyclicBarrier barrier = new CyclicBarrier(racers);
        TestLoader loader = TestLoader.of(etag -> {
            fetches.incrementAndGet();
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Boolean>> calls = start(racers, () -> {
            for (int round = 0; round < rounds; round++) {
                barrier.await(30, TimeUnit.SECONDS);
                cache.get(URL + round, loader);
            }
            return true;
        });

        for (FutureTask<Boolean> call : calls) {
            result(call);
        }
        assertThat(fetches).hasValue(rounds);
    }

    @Test
    void get_fetchFails_failsAllWithTheSameAndAsksOnce() throws Exception {
        ConnectionException refused = new ConnectionException("cannot connect", URL, null);
        TestLoader loader = TestLoader.of(etag -> {
            awaitRelease();
            throw refused;
        });
        List<FutureTask<Manifest>> calls = start(100, () -> cache.get(URL, loader));
        awaitWaiting(100);
        release.countDown();

        for (FutureTask<Manifest> call : calls) {
            assertThat(failure(call)).isSameAs(refused);
        }
        assertThat(loader.count()).isOne();
        assertThat(cache.stats().loadFailures()).isOne();
    }

    @Test
    void get_fetchEndsWithAnError_nextWaiterFetches() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        TestLoader loader = TestLoader.of(etag -> {
            if (first.getAndSet(false)) {
                awaitRelease();
                throw new StackOverflowError("test");
            }
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Manifest>> calls = start(50, () -> cache.get(URL, loader));
        awaitWaiting(50);
        release.countDown();

        assertThat(calls.stream().filter(call -> failure(call) instanceof StackOverflowError))
                .hasSize(1);
        assertThat(calls.stream().filter(call -> failure(call) == null)).hasSize(49);
        assertThat(loader.count()).isEqualTo(2);
    }

    @Test
    void get_fetchingThreadInterrupted_nextWaiterFetches() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        CountDownLatch fetching = new CountDownLatch(1);
        TestLoader loader = TestLoader.of(etag -> {
            if (first.getAndSet(false)) {
                fetching.countDown();
                awaitRelease();
            }
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Manifest>> leader = start(1, () -> cache.get(URL, loader));
        fetching.await();
        List<FutureTask<Manifest>> others = start(50, () -> cache.get(URL, loader));
        awaitWaiting(51);
        threads.get(0).interrupt();

        for (FutureTask<Manifest> call : others) {
            assertThat(result(call)).isSameAs(A);
        }
        assertThat(failure(leader.get(0))).isInstanceOf(CallInterruptedException.class);
        assertThat(loader.count()).isEqualTo(2);
        assertThat(cache.stats().loadFailures()).isZero();
    }

    @Test
    void get_fetchingClientClosed_nextWaiterFetches() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        TestLoader closed = TestLoader.of(etag -> {
            fetching.countDown();
            awaitRelease();
            throw new ClientClosedException("closed", null);
        });
        TestLoader other = TestLoader.of(A, TTL, null);
        List<FutureTask<Manifest>> leader = start(1, () -> cache.get(URL, closed));
        fetching.await();
        List<FutureTask<Manifest>> others = start(20, () -> cache.get(URL, other));
        awaitWaiting(21);
        release.countDown();

        for (FutureTask<Manifest> call : others) {
            assertThat(result(call)).isSameAs(A);
        }
        assertThat(failure(leader.get(0))).isInstanceOf(ClientClosedException.class);
        assertThat(other.count()).isOne();
    }

    @Test
    void get_waitingThreadInterrupted_leavesAloneAndStaysInterrupted() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        AtomicBoolean flag = new AtomicBoolean();
        TestLoader loader = TestLoader.of(etag -> {
            fetching.countDown();
            awaitRelease();
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Manifest>> leader = start(1, () -> cache.get(URL, loader));
        fetching.await();
        List<FutureTask<Manifest>> waiter = start(1, () -> {
            try {
                return cache.get(URL, loader);
            } finally {
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        awaitWaiting(2);
        threads.get(1).interrupt();

        assertThat(failure(waiter.get(0)))
                .isInstanceOf(CallInterruptedException.class)
                .hasMessage("GET " + URL
                        + " was cut off: the thread was interrupted while it waited for another call to end");
        assertThat(flag).isTrue();
        release.countDown();
        assertThat(result(leader.get(0))).isSameAs(A);
        assertThat(loader.count()).isOne();
    }

    @Test
    void get_otherFetchTakesTooLong_waitsNoLongerThanItsOwnTimeout() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        TestLoader slow = TestLoader.of(etag -> {
            fetching.countDown();
            awaitRelease();
            return new Fetched.Fresh(A, TTL, null);
        });
        TestLoader hurried = new TestLoader(Duration.ofMillis(20), etag -> new Fetched.Fresh(B, TTL, null));
        List<FutureTask<Manifest>> leader = start(1, () -> cache.get(URL, slow));
        fetching.await();
        List<FutureTask<Manifest>> waiter = start(1, () -> cache.get(URL, hurried));

        assertThat(failure(waiter.get(0)))
                .isInstanceOf(RequestTimeoutException.class)
                .hasMessage("GET " + URL + " timed out: another call for the same did not end within 20 ms");
        release.countDown();
        assertThat(result(leader.get(0))).isSameAs(A);
        assertThat(cache.get(URL)).containsSame(A);
    }

    @Test
    void invalidate_whileFetched_laterCallsFetchAnew() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        TestLoader old = TestLoader.of(etag -> {
            fetching.countDown();
            awaitRelease();
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Manifest>> leader = start(1, () -> cache.get(URL, old));
        fetching.await();
        List<FutureTask<Manifest>> waiter = start(1, () -> cache.get(URL, old));
        awaitWaiting(2);
        cache.invalidate(URL);

        assertThat(cache.get(URL, TestLoader.of(B, TTL, null))).isSameAs(B);
        release.countDown();
        assertThat(result(leader.get(0))).isSameAs(A);
        assertThat(result(waiter.get(0))).isSameAs(A);
        assertThat(cache.get(URL)).containsSame(B);
    }

    @Test
    void get_otherUrls_areFetchedAtTheSameTime() throws Exception {
        CyclicBarrier together = new CyclicBarrier(10);
        AtomicInteger next = new AtomicInteger();
        TestLoader loader = TestLoader.of(etag -> {
            try {
                together.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return new Fetched.Fresh(A, TTL, null);
        });
        List<FutureTask<Manifest>> calls = start(10, () -> cache.get(URL + next.incrementAndGet(), loader));

        for (FutureTask<Manifest> call : calls) {
            assertThat(result(call)).isSameAs(A);
        }
    }

    @Test
    void anything_manyThreads_staysWithinItsBoundsAndCountsEachCallOnce() throws Exception {
        ManifestCache small = ManifestCache.builder()
                .maxSize(10)
                .failureTtl(Duration.ofNanos(20_000))
                .build();
        int callers = 8;
        int steps = 5000;
        AtomicInteger gets = new AtomicInteger();
        AtomicInteger largest = new AtomicInteger();
        List<FutureTask<Boolean>> calls = start(callers, () -> {
            SplittableRandom random = new SplittableRandom(threads.indexOf(Thread.currentThread()));
            for (int step = 0; step < steps; step++) {
                String url = "https://agent-" + random.nextInt(30) + ".example";
                switch (random.nextInt(10)) {
                    case 0 -> small.set(url, A, Duration.ofNanos(1 + random.nextInt(50_000)));
                    case 1 -> small.invalidate(url);
                    case 2 -> {
                        gets.incrementAndGet();
                        small.get(url);
                    }
                    default -> {
                        gets.incrementAndGet();
                        getSomehow(small, url, random.nextInt(6));
                    }
                }
                largest.accumulateAndGet(small.size(), Math::max);
                if (step == steps / 2) {
                    small.clearAll();
                }
            }
            return true;
        });
        for (FutureTask<Boolean> call : calls) {
            result(call);
        }

        Stats stats = small.stats();
        assertThat(largest.get()).isLessThanOrEqualTo(10);
        assertThat(stats.hits() + stats.misses() + stats.negativeHits()).isEqualTo(gets.get());
        assertThat(stats.loadFailures() + stats.revalidations()).isLessThanOrEqualTo(stats.loads());
        assertThat(stats.evictions()).isPositive();
        // No flight was left behind: whoever asks next fetches.
        small.clearAll();
        for (int i = 0; i < 30; i++) {
            assertThat(small.get("https://agent-" + i + ".example", TestLoader.of(B, TTL, null)))
                    .isSameAs(B);
        }
        assertThat(small.size()).isEqualTo(10);
    }

    private static void getSomehow(ManifestCache cache, String url, int what) {
        try {
            cache.get(url, TestLoader.of(etag -> switch (what) {
                case 0 -> throw new ConnectionException("cannot connect", url, null);
                case 1 -> throw new ClientClosedException("closed", null);
                default ->
                    etag != null
                            ? new Fetched.NotModified(Duration.ofNanos(10_000))
                            : new Fetched.Fresh(A, Duration.ofNanos(10_000), what == 2 ? null : "\"v\"");
            }));
        } catch (ConnectionException | ClientClosedException e) {
            assertThat(e).hasNoCause();
        }
    }

    private void awaitRelease() {
        try {
            assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallInterruptedException("interrupted", e);
        }
    }

    /** Waits until so many of the started threads wait themselves: one in the loader, the others for it. */
    private void awaitWaiting(int count) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> threads.stream()
                                .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                                .count()
                        == count);
    }

    private <T> List<FutureTask<T>> start(int count, Callable<T> call) {
        List<FutureTask<T>> calls = new ArrayList<>();
        List<Thread> started = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FutureTask<T> task = new FutureTask<>(call);
            calls.add(task);
            started.add(new Thread(null, task, "cache-test-" + i, 256 * 1024));
        }
        threads.addAll(started);
        started.forEach(Thread::start);
        return calls;
    }

    private static <T> T result(FutureTask<T> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private static Throwable failure(FutureTask<?> call) {
        try {
            call.get(30, TimeUnit.SECONDS);
            return null;
        } catch (java.util.concurrent.ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
