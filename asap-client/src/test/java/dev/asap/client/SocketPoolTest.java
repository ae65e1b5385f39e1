// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool of the section "client transport" of the protocol. */
class SocketPoolTest extends SocketTesting {
    private final List<SocketPool> pools = new ArrayList<>();

    private SocketPool.Builder poolBuilder() {
        return SocketPool.builder()
                .ticker(timer::nanoTime)
                .sockets(url -> builder().build());
    }

    private SocketPool pool(SocketPool.Builder builder) {
        SocketPool pool = builder.build();
        pools.add(pool);
        return pool;
    }

    @AfterEach
    void closePools() {
        pools.forEach(SocketPool::close);
    }

    /** A lease of a new connection, and its other end. */
    private record Lent(SocketPool.Lease lease, WebSocketPeer.Connection connection) {
        Ends ends() {
            return new Ends(lease.socket(), connection);
        }
    }

    private Lent acquireNew(SocketPool pool) {
        CompletableFuture<SocketPool.Lease> lease = inBackground(() -> pool.acquire(peer.url()));
        WebSocketPeer.Connection connection = peer.accept();
        return new Lent(get(lease), connection);
    }

    @Test
    void acquire_afterRelease_lendsTheSameSocket() {
        SocketPool pool = pool(poolBuilder());
        Lent first = acquireNew(pool);
        ASAPSocket socket = first.lease().socket();
        settle(first.ends());
        first.lease().close();
        first.lease().close();
        try (SocketPool.Lease second = pool.acquire(peer.url() + "/asap/ws/")) {
            assertThat(second.socket()).isSameAs(socket);
        }
        assertThatThrownBy(first.lease()::socket).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void acquire_allLent_connectsAnotherUpToTheMaximum() {
        SocketPool pool = pool(poolBuilder().acquireTimeout(Duration.ofMillis(50)));
        List<Lent> lent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            lent.add(acquireNew(pool));
        }
        assertThat(lent.stream().map(each -> each.lease().socket())).doesNotHaveDuplicates();
        assertThatThrownBy(() -> pool.acquire(peer.url()))
                .isInstanceOf(RequestTimeoutException.class)
                .hasMessage("no connection to " + peer.shown()
                        + " became free: acquireTimeout is 50 ms, and all 10 are lent");
    }

    @Test
    void acquire_waiters_getTheirTurnInOrder() {
        SocketPool pool = pool(poolBuilder().maxPerUrl(1).acquireTimeout(Duration.ofMinutes(1)));
        Lent only = acquireNew(pool);
        ASAPSocket socket = only.lease().socket();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            waiting.add(inBackground(() -> {
                thread.complete(Thread.currentThread());
                try (SocketPool.Lease lease = pool.acquire(peer.url())) {
                    order.add(number);
                    return lease.socket() == socket;
                }
            }));
            Thread waiter = get(thread);
            await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        }
        only.lease().close();
        waiting.forEach(each -> assertThat(get(each)).isTrue());
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void acquire_waiterForSocketThatIsLost_connectsInItsPlace() {
        SocketPool pool = pool(poolBuilder().maxPerUrl(1).acquireTimeout(Duration.ofMinutes(1)));
        Lent only = acquireNew(pool);
        CompletableFuture<SocketPool.Lease> waiting = inBackground(() -> pool.acquire(peer.url()));
        only.connection().hangUp();
        awaitState(only.lease().socket(), SocketState.CLOSED);
        only.lease().close();
        WebSocketPeer.Connection second = peer.accept();
        settle(new Ends(get(waiting).socket(), second));
    }

    @Test
    void acquire_interruptedWaiter_leavesItsPlace() {
        SocketPool pool = pool(poolBuilder().maxPerUrl(1).acquireTimeout(Duration.ofMinutes(1)));
        Lent only = acquireNew(pool);
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = inBackground(() -> {
            thread.complete(Thread.currentThread());
            assertThatThrownBy(() -> pool.acquire(peer.url())).isInstanceOf(CallInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        get(thread).interrupt();
        assertThat(get(flag)).isTrue();
        ASAPSocket socket = only.lease().socket();
        only.lease().close();
        assertThat(pool.acquire(peer.url()).socket()).isSameAs(socket);
    }

    @Test
    void acquire_idleTooLong_closesAndConnectsAnew() {
        SocketPool pool = pool(poolBuilder());
        Lent first = acquireNew(pool);
        ASAPSocket socket = first.lease().socket();
        first.lease().close();
        timer.advance(Duration.ofMillis(59_999));
        SocketPool.Lease again = pool.acquire(peer.url());
        assertThat(again.socket()).isSameAs(socket);
        again.close();
        timer.advance(Duration.ofSeconds(60));
        Lent second = acquireNew(pool);
        assertThat(second.lease().socket()).isNotSameAs(socket);
        assertThat(socket.state()).isEqualTo(SocketState.CLOSED);
    }

    @Test
    void acquire_idleThatLostItsConnection_isNotLent() {
        SocketPool pool = pool(poolBuilder());
        Lent first = acquireNew(pool);
        ASAPSocket socket = first.lease().socket();
        first.lease().close();
        first.connection().hangUp();
        awaitState(socket, SocketState.CLOSED);
        assertThat(acquireNew(pool).lease().socket()).isNotSameAs(socket);
    }

    @Test
    void acquire_peerThatIsGone_failsAndKeepsNoPlace() throws Exception {
        SocketPool pool = pool(poolBuilder().maxPerUrl(1).acquireTimeout(Duration.ofMillis(50)));
        peer.stopListening();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> pool.acquire(peer.url())).isInstanceOf(ConnectionException.class);
        }
    }

    @Test
    void acquire_anotherUrl_hasPlacesOfItsOwn() throws Exception {
        SocketPool pool = pool(SocketPool.builder()
                .ticker(timer::nanoTime)
                .maxPerUrl(1)
                .sockets(url -> ASAPSocket.builder(url)
                        .timers(() -> timer)
                        .closeTimeout(Duration.ofMillis(200))
                        .staleLimit(Duration.ZERO)
                        .build()));
        acquireNew(pool);
        try (WebSocketPeer other = new WebSocketPeer()) {
            CompletableFuture<SocketPool.Lease> lease = inBackground(() -> pool.acquire(other.url()));
            other.accept();
            assertThat(get(lease).socket().state()).isEqualTo(SocketState.OPEN);
            pool.close();
        }
    }

    @Test
    void close_endsAllAndLetsNobodyWait() {
        SocketPool pool = pool(poolBuilder().maxPerUrl(2).acquireTimeout(Duration.ofMinutes(1)));
        Lent first = acquireNew(pool);
        Lent second = acquireNew(pool);
        ASAPSocket idle = first.lease().socket();
        first.lease().close();
        ASAPSocket lent = second.lease().socket();
        assertThat(pool.acquire(peer.url()).socket()).isSameAs(idle);
        CompletableFuture<SocketPool.Lease> waiting = inBackground(() -> pool.acquire(peer.url()));
        pool.close();
        pool.close();
        assertThat(idle.state()).isEqualTo(SocketState.CLOSED);
        assertThat(lent.state()).isEqualTo(SocketState.CLOSED);
        assertThat(failure(waiting)).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> pool.acquire(peer.url()))
                .isInstanceOf(ClientClosedException.class)
                .hasMessage("no connection to " + peer.shown() + ": the pool is closed");
        second.lease().close();
    }

    @Test
    void close_whileConnecting_cutsThatOff() {
        SocketPool pool = pool(poolBuilder());
        CompletableFuture<SocketPool.Lease> connecting = inBackground(() -> pool.acquire(peer.url()));
        WebSocketPeer.Connection connection = peer.acceptSilently();
        pool.close();
        assertThat(failure(connecting)).isInstanceOf(ClientClosedException.class);
        connection.awaitEnd();
    }

    @Test
    void builder_values_areChecked() {
        SocketPool.Builder builder = SocketPool.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxPerUrl(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.idleLimit(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.acquireTimeout(Duration.ofDays(25)));
    }

    @Test
    void stress_manyThreads_neverLendOneSocketTwiceOrMoreThanAllowed() throws Exception {
        SocketPool pool = pool(poolBuilder().maxPerUrl(3).acquireTimeout(Duration.ofMinutes(1)));
        List<CompletableFuture<SocketPool.Lease>> warm = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            warm.add(inBackground(() -> pool.acquire(peer.url())));
            peer.accept();
        }
        warm.forEach(lease -> get(lease).close());
        Set<ASAPSocket> inUse = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Boolean>> workers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            workers.add(inBackground(() -> {
                for (int n = 0; n < 500; n++) {
                    try (SocketPool.Lease lease = pool.acquire(peer.url())) {
                        assertThat(inUse.add(lease.socket())).isTrue();
                        assertThat(inUse).hasSizeLessThanOrEqualTo(3);
                        inUse.remove(lease.socket());
                    }
                }
                return true;
            }));
        }
        workers.forEach(SocketTesting::get);
    }
}
