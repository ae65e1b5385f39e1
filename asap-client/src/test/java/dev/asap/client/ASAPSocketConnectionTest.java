// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections "authentication", "close codes" and "client transport" of the protocol: how connections end, and begin again. */
class ASAPSocketConnectionTest extends SocketTesting {
    @Test
    void connect_again_doesNothing() {
        Ends ends = open();
        assertThat(ends.socket().connect()).isSameAs(ends.socket());
        settle(ends);
    }

    @Test
    void connect_byTwoThreads_makesOneConnection() {
        ASAPSocket socket = get(inBackground(() -> builder().build()));
        CompletableFuture<ASAPSocket> first = inBackground(socket::connect);
        CompletableFuture<ASAPSocket> second = inBackground(socket::connect);
        WebSocketPeer.Connection connection = peer.accept();
        get(first);
        get(second);
        settle(new Ends(socket, connection));
        socket.close();
    }

    @Test
    void connect_nobodyListens_failsAndMayBeTriedAgain() throws Exception {
        String url = peer.url();
        peer.stopListening();
        try (ASAPSocket socket =
                ASAPSocket.builder(url).timers(() -> timer).reconnect(true).build()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(socket::connect)
                        .isInstanceOf(ConnectionException.class)
                        .hasMessageStartingWith("cannot connect to " + peer.shown() + ": cannot connect: ");
                assertThat(socket.state()).isEqualTo(SocketState.CONNECTING);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"401, false", "403, false", "404, false", "200, false", "429, true", "503, true"})
    void connect_refusedHandshake_tellsTheStatus(int status, boolean retryable) {
        CompletableFuture<ASAPSocket> connecting = connecting(builder().bearerToken("secret"));
        refuse(peer.acceptSilently(), status, "Retry-After: 7");
        assertThat(failure(connecting))
                .isInstanceOfSatisfying(ConnectionException.class, e -> {
                    assertThat(e.httpStatus()).hasValue(status);
                    assertThat(e.retryable()).isEqualTo(retryable);
                    assertThat(e.retryAfter()).contains(Duration.ofSeconds(7));
                })
                .hasMessageStartingWith(
                        "cannot connect to " + peer.shown() + ": the peer answered the handshake with HTTP " + status);
    }

    @Test
    void connect_silentPeer_timesOut() {
        CompletableFuture<ASAPSocket> connecting = connecting(builder());
        WebSocketPeer.Connection connection = peer.acceptSilently();
        timer.advance(Duration.ofMillis(9_999));
        assertThat(connecting).isNotDone();
        timer.advance(Duration.ofMillis(1));
        assertThat(failure(connecting))
                .isInstanceOf(RequestTimeoutException.class)
                .hasMessage("cannot connect to " + peer.shown() + ": openTimeout is 10000 ms");
        connection.awaitEnd();
    }

    @Test
    void connect_peerThatIsNoWebSocket_saysSo() {
        CompletableFuture<ASAPSocket> connecting = connecting(builder());
        peer.acceptSilently().write(RawPeer.ascii("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n"));
        assertThat(failure(connecting))
                .hasMessage("cannot connect to " + peer.shown() + ": the peer does not speak WebSocket as expected");
    }

    @Test
    void connect_interrupted_saysSo() {
        ASAPSocket socket = builder().build();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = inBackground(() -> {
            thread.complete(Thread.currentThread());
            assertThatThrownBy(socket::connect).isInstanceOf(CallInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        WebSocketPeer.Connection connection = peer.acceptSilently();
        get(thread).interrupt();
        assertThat(get(flag)).isTrue();
        connection.awaitEnd();
        socket.close();
    }

    @Test
    void dropWithoutCloseFrame_failsTheCallAndEndsTheSocket() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        ends.peer().hangUp();
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasCauseInstanceOf(ConnectionException.class)
                .hasMessage("message 'm-1' to " + peer.shown() + " failed: the peer hung up; " + UNKNOWN);
        assertThat(ends.socket().state()).isEqualTo(SocketState.CLOSED);
        assertThatThrownBy(() -> ends.socket().send(plain("m-2")))
                .isInstanceOf(ConnectionException.class)
                .hasMessage("message 'm-2' to " + peer.shown() + " failed: the peer hung up; it was not sent");
        assertThatThrownBy(ends.socket()::connect).isInstanceOf(ConnectionException.class);
    }

    @Test
    void drop_messagesThatWereNotWritten_areKnownNotToBeSent() {
        Ends ends = open();
        List<CompletableFuture<Envelope>> answers = new ArrayList<>();
        TaskRequest large = TaskRequest.of("c1", "echo", JsonObject.of("text", "x".repeat(2_000_000)));
        // More than the buffers of the two ends of a connection hold.
        for (int i = 0; i < 4; i++) {
            answers.add(ends.socket()
                    .sendAsync(Envelope.builder(Peer.CALLER, Peer.ECHO, large)
                            .id("m-" + i)
                            .payloadType(plain("x").payloadType())
                            .build()));
        }
        CompletableFuture<Envelope> last = ends.socket().sendAsync(plain("last"));
        ends.peer().reset();
        assertThat(failure(answers.get(0))).isInstanceOf(UnknownOutcomeException.class);
        assertThat(failure(last))
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.retryable()).isTrue())
                .hasMessageEndingWith("; it was not sent");
    }

    @ParameterizedTest
    @CsvSource({
        "1000, '', 0, true, 'the peer closed the connection with 1000'",
        "1001, Server shutting down, 0, true, 'the peer closed the connection with 1001 (Server shutting down)'",
        "1008, '', 429, true, 'the peer closed the connection with 1008, too many messages within a second'",
        "1009, '', 413, false, 'the peer closed the connection with 1009, a message was larger than it accepts'"
    })
    void closeCode_isToldToTheCall(int code, String reason, int status, boolean retryable, String text) {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        ends.peer().sendClose(code, reason);
        assertThat(ends.peer().read().opcode()).isEqualTo(WebSocketPeer.CLOSE);
        assertThat(failure(answer))
                .hasMessage("message 'm-1' to " + peer.shown() + " failed: " + text + "; " + UNKNOWN)
                .isInstanceOf(UnknownOutcomeException.class)
                .cause()
                .isInstanceOfSatisfying(ConnectionException.class, e -> {
                    assertThat(e.httpStatus().orElse(0)).isEqualTo(status);
                    assertThat(e.retryable()).isEqualTo(retryable);
                });
        assertThat(ends.socket().state()).isEqualTo(SocketState.CLOSED);
    }

    @Test
    void unauthenticated_beforeAnyFrame_acceptsNoMessage() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        ends.peer().sendClose(4401, "Authentication required");
        assertThat(failure(answer))
                .hasMessage("message 'm-1' to " + peer.shown()
                        + " failed: the peer closed the connection with 4401 (Authentication required), set bearerToken or"
                        + " renew it; it was not accepted")
                .isInstanceOfSatisfying(ConnectionException.class, e -> {
                    assertThat(e.httpStatus()).hasValue(401);
                    assertThat(e.retryable()).isFalse();
                });
    }

    @Test
    void unauthenticated_afterAFrame_hasAnUnknownOutcome() {
        Ends ends = open();
        settle(ends);
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        ends.peer().sendClose(4401, "Token expired");
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.httpStatus()).hasValue(401));
    }

    @Test
    void rateLimit_failsTheCallThatExceededItAndThenTheOthers() {
        Ends ends = open();
        CompletableFuture<Envelope> slow = ends.socket().sendAsync(plain("m-1"));
        CompletableFuture<Envelope> refused = ends.socket().sendAsync(plain("m-2"));
        ends.peer().readJson();
        String id = idOf(ends.peer().readJson());
        ends.peer().send(error(id, -32001, "Rate limit exceeded; too many messages per second"));
        ends.peer().sendClose(1008, "");
        assertThat(failure(refused))
                .isInstanceOfSatisfying(
                        RemoteErrorException.class,
                        e -> assertThat(e.jsonRpcCode()).isEqualTo(-32001));
        assertThat(failure(slow))
                .isInstanceOf(UnknownOutcomeException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.httpStatus()).hasValue(429));
    }

    @Test
    void reconnect_isOffUnlessSwitchedOn() {
        Ends ends = open();
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.CLOSED);
        assertThat(timer.size()).isZero();
    }

    @Test
    void reconnect_afterDrop_opensAnotherConnection() {
        Ends ends = open(builder().reconnect(true));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().readJson();
        ends.peer().hangUp();
        assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(ends.socket().state()).isEqualTo(SocketState.RECONNECTING);
        assertThatThrownBy(() -> ends.socket().send(plain("m-2")))
                .isInstanceOf(ConnectionException.class)
                .hasMessageEndingWith("was not sent: the connection was lost and is being opened again");
        timer.advance(Duration.ofSeconds(1));
        WebSocketPeer.Connection second = peer.accept();
        awaitState(ends.socket(), SocketState.OPEN);
        settle(new Ends(ends.socket(), second));
    }

    @Test
    void reconnect_waits_doubleUpToTheMaximum() {
        Ends ends = open(reconnecting());
        ends.peer().hangUp();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            awaitAttemptIn(Duration.ofSeconds(seconds));
            timer.advance(Duration.ofSeconds(seconds));
            peer.acceptSilently().hangUp();
        }
    }

    @Test
    void reconnect_jitter_addsUpToATenth() {
        Ends ends = open(reconnecting().jitter(true).random(() -> 0.5));
        ends.peer().hangUp();
        awaitAttemptIn(Duration.ofMillis(1_050));
        timer.advance(Duration.ofMillis(1_050));
        peer.accept();
        awaitState(ends.socket(), SocketState.OPEN);
    }

    @Test
    void reconnect_afterPeerHasSentSomething_countsAnew() {
        Ends ends = open(builder().reconnect(true).maxReconnectAttempts(1));
        WebSocketPeer.Connection current = ends.peer();
        for (int i = 0; i < 4; i++) {
            current.hangUp();
            awaitState(ends.socket(), SocketState.RECONNECTING);
            timer.advance(Duration.ofSeconds(1));
            current = peer.accept();
            awaitState(ends.socket(), SocketState.OPEN);
            settle(new Ends(ends.socket(), current));
        }
    }

    @Test
    void reconnect_toPeerThatClosesAtOnce_isGivenUpAfterMaxAttempts() {
        Ends ends = open(builder().reconnect(true).maxReconnectAttempts(3));
        ends.peer().hangUp();
        for (int seconds : new int[] {1, 2, 4}) {
            awaitState(ends.socket(), SocketState.RECONNECTING);
            timer.advance(Duration.ofSeconds(seconds));
            WebSocketPeer.Connection next = peer.accept();
            awaitState(ends.socket(), SocketState.OPEN);
            next.sendClose(1001, "");
        }
        awaitState(ends.socket(), SocketState.CLOSED);
    }

    @Test
    void reconnect_unauthenticated_isNotTried() {
        Ends ends = open(builder().reconnect(true));
        ends.peer().sendClose(4401, "Invalid token");
        awaitState(ends.socket(), SocketState.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void reconnect_refusedForGood_isGivenUp(int status) {
        Ends ends = open(builder().reconnect(true));
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        timer.advance(Duration.ofSeconds(1));
        refuse(peer.acceptSilently(), status, "X: y");
        awaitState(ends.socket(), SocketState.CLOSED);
    }

    @Test
    void reconnect_refusedForNow_isTriedAgain() {
        Ends ends = open(reconnecting());
        ends.peer().hangUp();
        awaitAttemptIn(Duration.ofSeconds(1));
        timer.advance(Duration.ofSeconds(1));
        refuse(peer.acceptSilently(), 503, "X: y");
        awaitAttemptIn(Duration.ofSeconds(2));
        timer.advance(Duration.ofSeconds(2));
        peer.accept();
        awaitState(ends.socket(), SocketState.OPEN);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "7, 7", "1000, 30"})
    void reconnect_refusedWithRetryAfter_waitsThatLongWithinItsBounds(int retryAfter, int seconds) {
        Ends ends = open(reconnecting());
        ends.peer().hangUp();
        awaitAttemptIn(Duration.ofSeconds(1));
        timer.advance(Duration.ofSeconds(1));
        refuse(peer.acceptSilently(), 503, "Retry-After: " + retryAfter);
        awaitAttemptIn(Duration.ofSeconds(seconds));
    }

    @Test
    void reconnect_handshakeWithoutEnd_timesOutAndIsTriedAgain() {
        Ends ends = open(reconnecting());
        ends.peer().hangUp();
        awaitAttemptIn(Duration.ofSeconds(1));
        timer.advance(Duration.ofSeconds(1));
        WebSocketPeer.Connection silent = peer.acceptSilently();
        timer.advance(Duration.ofSeconds(10));
        silent.awaitEnd();
        timer.advance(Duration.ofSeconds(2));
        peer.accept();
        awaitState(ends.socket(), SocketState.OPEN);
    }

    @Test
    void reconnect_afterTooLargeAMessage_sendsNothingAgain() {
        Ends ends = open(builder().reconnect(true).receiveTimeout(Duration.ofMinutes(10)));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        ends.peer().sendClose(1009, "");
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        e -> assertThat(e.httpStatus()).hasValue(413));
        awaitState(ends.socket(), SocketState.RECONNECTING);
        timer.advance(Duration.ofSeconds(1));
        Ends again = new Ends(ends.socket(), peer.accept());
        awaitState(ends.socket(), SocketState.OPEN);
        timer.advance(Duration.ofSeconds(60));
        settle(again);
    }

    @Test
    void reconnect_givenUp_failsTheCallsThatWaited() {
        Ends ends = open(builder().reconnect(true).maxReconnectAttempts(1).receiveTimeout(Duration.ofMinutes(10)));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        assertThat(answer).isNotDone();
        timer.advance(Duration.ofSeconds(1));
        peer.acceptSilently().hangUp();
        assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
    }

    private static void refuse(WebSocketPeer.Connection connection, int status, String header) {
        connection.write(RawPeer.ascii("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n" + header + "\r\n\r\n"));
    }

    /** Without checks of acknowledgements, which could be taken for an attempt to connect. */
    private ASAPSocket.Builder reconnecting() {
        return builder().reconnect(true).ackCheckInterval(Duration.ofDays(1));
    }

    /** The connection is known to be lost once the next attempt is scheduled. */
    private void awaitAttemptIn(Duration delay) {
        await().atMost(PATIENCE).until(() -> timer.isDueIn(delay));
    }
}
