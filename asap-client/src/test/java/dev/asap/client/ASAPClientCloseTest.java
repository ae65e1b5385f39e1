// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.asap.error.RemoteErrorException;
import dev.asap.model.Envelope;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ASAPClientCloseTest extends ServerTesting {
    @Test
    void call_afterClose_failsAndSendsNothing() {
        ASAPClient client = builder().build();
        client.close();
        assertThatThrownBy(() -> client.send(Peer.message()))
                .isInstanceOf(ClientClosedException.class)
                .hasMessage("POST " + server.url("/asap") + " was not sent: the client is closed");
        assertThatThrownBy(client::getManifest).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(client::healthCheck).isInstanceOf(ClientClosedException.class);
        assertThat(client.sendAsync(Peer.message()))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ClientClosedException.class);
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void close_again_doesNothing() {
        server.setDispatcher(new Peer.EchoDispatcher());
        ASAPClient client = builder().build();
        client.send(Peer.message());
        client.close();
        client.close();
        client.close(Duration.ofSeconds(5));
    }

    @Test
    void close_manifestsAskedForInMasses_endsTheirClock() {
        try (ASAPClient client = builder().build()) {
            client.manifestCache().set(CacheSetup.URL, CacheSetup.manifest("agent"), Duration.ofHours(1));
            await().until(() -> {
                boolean found = true;
                for (int i = 0; i < 100_000; i++) {
                    found &= client.manifestCache().get(CacheSetup.URL).isPresent();
                }
                return found && isTicking();
            });
        }
        assertThat(isTicking()).isFalse();
    }

    private static boolean isTicking() {
        return LeakChecks.threads().stream().anyMatch(thread -> thread.getName().equals(CoarseClock.THREAD));
    }

    @Test
    void close_idleConnection_closesIt() throws Exception {
        try (RawPeer peer =
                new RawPeer(out -> out.write(RawPeer.ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")))) {
            ASAPClient client = Peer.client(peer.url()).build();
            assertThatThrownBy(() -> client.send(Peer.message())).isInstanceOf(RemoteErrorException.class);
            client.close();
            assertThat(peer.awaitDisconnect()).isTrue();
        }
    }

    @Test
    void close_runningAsyncCall_failsItsFuture() throws Exception {
        try (RawPeer peer = new RawPeer(out -> {})) {
            ASAPClient client = Peer.client(peer.url()).build();
            CompletableFuture<Envelope> future = client.sendAsync(Peer.message());
            assertThat(peer.awaitRequest()).isTrue();
            client.close();
            assertThat(future)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(ClientClosedException.class)
                    .withMessageContaining("was cut off: the client was closed");
            assertThat(peer.awaitDisconnect()).isTrue();
        }
    }

    @Test
    void close_moreCallsThanRunAtOnce_failsAllFutures() throws Exception {
        CountDownLatch arrived = new CountDownLatch(100);
        CountDownLatch release = new CountDownLatch(1);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                arrived.countDown();
                release.await(30, TimeUnit.SECONDS);
                return Peer.echo(request);
            }
        });
        ASAPClient client = builder().build();
        List<CompletableFuture<Envelope>> futures = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            futures.add(client.sendAsync(Peer.message()));
        }
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        client.close();
        release.countDown();
        assertThat(futures)
                .allSatisfy(future -> assertThat(future)
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOf(ClientClosedException.class));
    }

    @Test
    void close_blockingCallWaitingForAnswer_failsIt() throws Exception {
        try (RawPeer peer = new RawPeer(out -> {})) {
            ASAPClient client = Peer.client(peer.url()).build();
            CompletableFuture<Throwable> failure =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> client.send(Peer.message())));
            assertThat(peer.awaitRequest()).isTrue();
            client.close();
            assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    void close_blockingCallReadingBody_failsIt() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        OkHttpClient given = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    Response response = chain.proceed(chain.request());
                    reading.countDown();
                    return response;
                })
                .build();
        try (RawPeer peer =
                new RawPeer(out -> out.write(RawPeer.ascii("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")))) {
            ASAPClient client = Peer.client(peer.url()).okHttpClient(given).build();
            CompletableFuture<Throwable> failure =
                    CompletableFuture.supplyAsync(() -> catchThrowable(() -> client.send(Peer.message())));
            assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
            client.close();
            assertThat(failure.get(10, TimeUnit.SECONDS)).isInstanceOf(ClientClosedException.class);
        }
    }

    @Test
    void closeWithTimeout_callThatEndsInTime_getsItsAnswer() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                arrived.countDown();
                closing.await(30, TimeUnit.SECONDS);
                return Peer.echo(request);
            }
        });
        ASAPClient client = builder().build();
        CompletableFuture<Envelope> future = client.sendAsync(Peer.message());
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> client.close(Duration.ofSeconds(30)));
        await().untilAsserted(() -> assertThatThrownBy(client::getManifest).isInstanceOf(ClientClosedException.class));
        closing.countDown();
        closed.get(20, TimeUnit.SECONDS);
        assertThat(future).isCompletedWithValueMatching(answer -> "m-1".equals(answer.correlationId()));
    }

    @Test
    void close_fromCallback_doesNotWaitForItself() throws Exception {
        server.setDispatcher(new Peer.EchoDispatcher());
        ASAPClient client = builder().build();
        CompletableFuture<Duration> took = client.sendAsync(Peer.message()).thenApply(answer -> {
            long start = System.nanoTime();
            client.close(Duration.ofSeconds(30));
            return Duration.ofNanos(System.nanoTime() - start);
        });
        assertThat(took.get(20, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void close_fromSubscriber_doesNotWaitForItself() throws Exception {
        try (FaultyPeer peer = FaultyPeer.start()) {
            ASAPClient client = Peer.client(peer.url()).build();
            CompletableFuture<Duration> took = new CompletableFuture<>();
            client.publisher(Peer.message()).subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(Envelope envelope) {
                    long start = System.nanoTime();
                    client.close();
                    took.complete(Duration.ofNanos(System.nanoTime() - start));
                }

                @Override
                public void onError(Throwable failure) {
                    took.completeExceptionally(failure);
                }

                @Override
                public void onComplete() {
                    took.completeExceptionally(new AssertionError("no envelope came"));
                }
            });
            assertThat(took.get(20, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void close_interruptedThread_cutsOffAndKeepsTheFlag() throws Exception {
        try (RawPeer peer = new RawPeer(out -> {})) {
            ASAPClient client = Peer.client(peer.url()).build();
            CompletableFuture<Envelope> future = client.sendAsync(Peer.message());
            assertThat(peer.awaitRequest()).isTrue();
            Thread.currentThread().interrupt();
            client.close(Duration.ofSeconds(60));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(future).failsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void close_givenOkHttpClient_staysAsItWas() throws Exception {
        server.setDispatcher(new Peer.EchoDispatcher());
        OkHttpClient given = new OkHttpClient();
        ASAPClient client = builder().okHttpClient(given).build();
        client.send(Peer.message());
        client.sendAsync(Peer.message()).get(10, TimeUnit.SECONDS);
        int connections = given.connectionPool().connectionCount();
        client.close();

        assertThat(connections).isPositive();
        assertThat(given.connectionPool().connectionCount()).isEqualTo(connections);
        assertThat(given.dispatcher().executorService().isShutdown()).isFalse();
        assertThat(given.followRedirects()).isTrue();
        assertThat(given.retryOnConnectionFailure()).isTrue();
        assertThat(given.networkInterceptors()).isEmpty();
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return Peer.json(200, "{}");
            }
        });
        try (Response response = given.newCall(
                        new Request.Builder().url(server.url("/other")).build())
                .execute()) {
            assertThat(response.code()).isEqualTo(200);
        }
        given.connectionPool().evictAll();
        given.dispatcher().executorService().shutdown();
    }
}
