// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.client.internal.socket.ThreadTimer;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class ASAPSocketCloseTest extends SocketTesting {
    @Test
    void close_openConnection_saysGoodbye() {
        Ends ends = open();
        CompletableFuture<Boolean> closing = closing(ends.socket(), Duration.ZERO);
        assertThat(ends.peer().read().closeCode()).isEqualTo(1000);
        ends.peer().sendClose(1000, "");
        get(closing);
        ends.peer().awaitEnd();
        assertThat(ends.socket().state()).isEqualTo(SocketState.CLOSED);
    }

    @Test
    void close_peerThatDoesNotAnswer_isBounded() {
        Ends ends = open();
        ends.socket().close();
        ends.peer().awaitEnd();
    }

    @Test
    void close_again_doesNothing() {
        Ends ends = open();
        ends.socket().close();
        ends.socket().close();
        ends.socket().close(Duration.ofSeconds(5));
    }

    @Test
    void close_callsInFlight_failThem() {
        Ends ends = open();
        CompletableFuture<Envelope> async = ends.socket().sendAsync(plain("m-1"));
        CompletableFuture<Envelope> blocking = inBackground(() -> ends.socket().send(tracked("m-2")));
        EnvelopeStream stream = ends.socket().stream(plain("m-3"));
        for (int i = 0; i < 3; i++) {
            ends.peer().readJson();
        }
        ends.socket().close();
        assertThat(async).as("right after close").isDone();
        assertThat(failure(async))
                .isInstanceOf(ClientClosedException.class)
                .hasMessage("message 'm-1' to " + peer.shown()
                        + " was cut off: the socket was closed; whether the peer received it is not known");
        assertThat(failure(blocking)).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> stream.iterator().next()).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void call_afterClose_isRefused() {
        Ends ends = open();
        ends.socket().close();
        assertThatThrownBy(() -> ends.socket().send(plain("m-1")))
                .isInstanceOf(ClientClosedException.class)
                .hasMessage("message 'm-1' to " + peer.shown() + " was not sent: the socket is closed");
        assertThat(failure(ends.socket().sendAsync(plain("m-1")))).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> ends.socket().stream(plain("m-1"))).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> ends.socket().subscribe(notice -> {})).isInstanceOf(ClientClosedException.class);
        assertThatThrownBy(ends.socket()::connect).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void closeWithTimeout_callThatEndsInTime_getsItsAnswer() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        CompletableFuture<Boolean> closing = closing(ends.socket(), Duration.ofSeconds(30));
        answerNext(ends.peer());
        assertThat(textOf(get(answer))).isEqualTo("ok");
        get(closing);
    }

    @Test
    void closeWithTimeout_callThatDoesNotEnd_isCutOff() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.socket().close(Duration.ofMillis(100));
        assertThat(failure(answer)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void closeWithTimeout_connectionLostMeanwhile_doesNotWaitOn() {
        Ends ends = open(builder().reconnect(true));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        CompletableFuture<Boolean> closing = closing(ends.socket(), Duration.ofHours(1));
        ends.peer().readJson();
        await().until(() -> failsWith(ends.socket().sendAsync(plain("m-2")), ClientClosedException.class));
        ends.peer().hangUp();
        failure(answer);
        get(closing);
    }

    @Test
    void close_neverConnected_leavesNothing() {
        builder().build().close();
    }

    @Test
    void close_whileConnecting_cutsThatOff() {
        ASAPSocket socket = builder().build();
        CompletableFuture<ASAPSocket> connecting = inBackground(socket::connect);
        WebSocketPeer.Connection connection = peer.acceptSilently();
        socket.close();
        assertThat(failure(connecting)).isInstanceOf(ClientClosedException.class);
        connection.awaitEnd();
    }

    @Test
    void close_whileReconnecting_stopsThat() {
        Ends ends = open(builder().reconnect(true));
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        ends.socket().close();
        assertThat(timer.size()).isZero();
    }

    @Test
    void close_fromHandler_doesNotWaitForItself() {
        CompletableFuture<ASAPSocket> made = new CompletableFuture<>();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        Ends ends = open(builder().onMessage(envelope -> {
            get(made).close();
            closed.complete(true);
        }));
        made.complete(ends.socket());
        ends.peer().send(result("a", done("first", "m-x")));
        get(closed);
    }

    @Test
    void close_fromDependent_doesNotWaitForItself() {
        Ends ends = open();
        CompletableFuture<Void> closed = ends.socket()
                .sendAsync(plain("m-1"))
                .thenAccept(answer -> ends.socket().close());
        answerNext(ends.peer());
        get(closed);
    }

    @Test
    void close_handlerThatBlocks_isInterrupted() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Ends ends = open(builder().onMessage(envelope -> {
            entered.countDown();
            try {
                interrupted.complete(!new CountDownLatch(1).await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        }));
        ends.peer().send(result("a", done("first", "m-x")));
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        ends.socket().close();
        assertThat(get(interrupted)).isTrue();
    }

    @Test
    void close_interruptedThread_hurriesAndStaysInterrupted() {
        Ends ends = open(builder().closeTimeout(Duration.ofMinutes(1)));
        CompletableFuture<Boolean> flag = inBackground(() -> {
            Thread.currentThread().interrupt();
            ends.socket().close(Duration.ofMinutes(1));
            return Thread.currentThread().isInterrupted();
        });
        assertThat(get(flag)).isTrue();
        ends.peer().awaitEnd();
    }

    @Test
    void close_givenOkHttpClient_staysAsItIs() {
        OkHttpClient given = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool())
                .dispatcher(new Dispatcher())
                .build();
        Ends ends = open(builder().okHttpClient(given));
        settle(ends);
        ends.socket().close();
        assertThat(given.dispatcher().executorService().isShutdown()).isFalse();
        given.dispatcher().executorService().shutdown();
    }

    @Test
    void lostConnection_withoutClose_leavesNoThread() {
        Ends ends = open(builder().timers(() -> new ThreadTimer("asap-client-test-timer")));
        settle(ends);
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.CLOSED);
        ClientTestThreads.assertNoneLeft();
    }

    @Test
    void manySockets_withTheirOwnTime_leaveNoThread() {
        List<Ends> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ASAPSocket socket = ASAPSocket.builder(peer.url())
                    .closeTimeout(Duration.ofMillis(200))
                    .build();
            CompletableFuture<ASAPSocket> connecting = inBackground(socket::connect);
            all.add(new Ends(socket, peer.accept()));
            get(connecting);
        }
        all.forEach(SocketTesting::settle);
        all.forEach(ends -> ends.socket().close());
        ClientTestThreads.assertNoneLeft();
    }

    private static CompletableFuture<Boolean> closing(ASAPSocket socket, Duration timeout) {
        return inBackground(() -> {
            socket.close(timeout);
            return true;
        });
    }

    private static boolean failsWith(CompletableFuture<?> future, Class<?> type) {
        return type.isInstance(future.handle((value, failure) -> failure).getNow(null));
    }
}
