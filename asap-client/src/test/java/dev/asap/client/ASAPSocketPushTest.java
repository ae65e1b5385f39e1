// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the peer sends on its own: envelopes, and breaches of service levels. */
class ASAPSocketPushTest extends SocketTesting {
    private static final String SUBSCRIBED = "{\"jsonrpc\":\"2.0\",\"result\":{\"subscribed\":true},\"id\":\"%s\"}";

    @Test
    void envelopesWithUnknownIds_goToOnMessageInOrder() throws Exception {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(builder().onMessage(pushed::add));
        for (int i = 0; i < 200; i++) {
            ends.peer().send(result("pushed-" + i, done("text " + i, "m-x")));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(textOf(pushed.poll(10, TimeUnit.SECONDS))).isEqualTo("text " + i);
        }
        assertThat(ends.socket().droppedMessages()).isZero();
    }

    @Test
    void onMessage_thatFails_getsTheNextOneAllTheSame() throws Exception {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(builder().onMessage(envelope -> {
            pushed.add(envelope);
            throw new IllegalStateException("a handler that fails");
        }));
        ends.peer().send(result("a", done("first", "m-x")));
        ends.peer().send(result("b", done("second", "m-x")));
        assertThat(textOf(pushed.poll(10, TimeUnit.SECONDS))).isEqualTo("first");
        assertThat(textOf(pushed.poll(10, TimeUnit.SECONDS))).isEqualTo("second");
    }

    @Test
    void onMessage_mayCallTheSocket() {
        CompletableFuture<Envelope> nested = new CompletableFuture<>();
        CompletableFuture<ASAPSocket> made = new CompletableFuture<>();
        Ends ends =
                open(builder().onMessage(envelope -> nested.complete(get(made).send(plain("m-1")))));
        made.complete(ends.socket());
        ends.peer().send(result("a", done("first", "m-x")));
        answerNext(ends.peer());
        assertThat(textOf(get(nested))).isEqualTo("ok");
    }

    @Test
    void onMessage_thatBlocks_losesTheOldestAndHoldsUpNoAnswer() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch last = new CountDownLatch(1);
        Ends ends = open(builder().maxBufferedMessages(3).onMessage(envelope -> {
            seen.add(textOf(envelope));
            entered.countDown();
            awaitQuietly(release);
            if (textOf(envelope).equals("9")) {
                last.countDown();
            }
        }));
        ends.peer().send(result("a", done("0", "m-x")));
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 1; i < 10; i++) {
            ends.peer().send(result("a", done(String.valueOf(i), "m-x")));
        }
        settle(ends);
        assertThat(ends.socket().droppedMessages()).isEqualTo(6);
        release.countDown();
        assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly("0", "7", "8", "9");
    }

    @Test
    void waitingMessages_areBoundedInBytes() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Ends ends = open(builder().maxBufferedBytes(10_000).onMessage(envelope -> {
            entered.countDown();
            awaitQuietly(release);
        }));
        ends.peer().send(result("a", done("0", "m-x")));
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 5; i++) {
            ends.peer().send(result("a", done("x".repeat(4_000), "m-x")));
        }
        settle(ends);
        assertThat(ends.socket().droppedMessages()).isEqualTo(3);
        release.countDown();
    }

    @Test
    void subscribe_breaches_comeInOrder() throws Exception {
        BlockingQueue<BreachNotice> notices = new LinkedBlockingQueue<>();
        Ends ends = open();
        subscribe(ends, notices);
        for (int i = 0; i < 20; i++) {
            ends.peer().send(breach("b-" + i));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(notices.poll(10, TimeUnit.SECONDS).breach().getString("id"))
                    .isEqualTo("b-" + i);
        }
    }

    @Test
    void subscribe_refused_throwsAndSubscribesNothing() {
        BlockingQueue<BreachNotice> notices = new LinkedBlockingQueue<>();
        Ends ends = open();
        CompletableFuture<Subscription> subscribing =
                inBackground(() -> ends.socket().subscribe(notices::add));
        ends.peer().send(error(idOf(ends.peer().readJson()), -32601, "Method not found"));
        assertThat(failure(subscribing)).isInstanceOf(RemoteErrorException.class);
        assertThat(ends.peer().readJson().getString("method")).isEqualTo("sla.unsubscribe");
        ends.peer().send(breach("b-1"));
        settle(ends);
        assertThat(notices).isEmpty();
    }

    @Test
    void subscription_closed_endsAndTellsThePeerOnce() {
        BlockingQueue<BreachNotice> notices = new LinkedBlockingQueue<>();
        Ends ends = open();
        Subscription first = subscribe(ends, notices);
        Subscription second = subscribe(ends, notices);
        first.close();
        first.close();
        settle(ends);
        second.close();
        JsonObject request = ends.peer().readJson();
        assertThat(request.getString("method")).isEqualTo("sla.unsubscribe");
        ends.peer().send("{\"jsonrpc\":\"2.0\",\"result\":{\"unsubscribed\":true},\"id\":\"" + idOf(request) + "\"}");
        ends.peer().send(breach("b-1"));
        settle(ends);
        assertThat(notices).isEmpty();
    }

    @Test
    void subscription_afterReconnect_isRenewed() throws Exception {
        BlockingQueue<BreachNotice> notices = new LinkedBlockingQueue<>();
        Ends ends = open(builder().reconnect(true));
        subscribe(ends, notices);
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        timer.advance(Duration.ofSeconds(1));
        WebSocketPeer.Connection second = peer.accept();
        JsonObject request = second.readJson();
        assertThat(request.getString("method")).isEqualTo("sla.subscribe");
        second.send(SUBSCRIBED.formatted(idOf(request)));
        second.send(breach("b-1"));
        assertThat(notices.poll(10, TimeUnit.SECONDS).breach().getString("id")).isEqualTo("b-1");
    }

    @Test
    void subscription_closedBeforeReconnect_isNotRenewed() {
        Ends ends = open(builder().reconnect(true));
        Subscription subscription = subscribe(ends, new LinkedBlockingQueue<>());
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        subscription.close();
        timer.advance(Duration.ofSeconds(1));
        Ends again = new Ends(ends.socket(), peer.accept());
        awaitState(ends.socket(), SocketState.OPEN);
        settle(again);
    }

    @Test
    void subscribe_whileConnectionIsLost_fails() {
        Ends ends = open(builder().reconnect(true));
        CompletableFuture<Subscription> subscribing =
                inBackground(() -> ends.socket().subscribe(notice -> {}));
        ends.peer().readJson();
        ends.peer().hangUp();
        assertThat(failure(subscribing)).isInstanceOf(ConnectionException.class);
        timer.advance(Duration.ofSeconds(1));
        Ends again = new Ends(ends.socket(), peer.accept());
        awaitState(ends.socket(), SocketState.OPEN);
        settle(again);
    }

    @Test
    void breachesWithoutSubscription_arePassedOver() {
        Ends ends = open();
        ends.peer().send(breach("b-1"));
        settle(ends);
    }

    @Test
    void subscribe_beforeConnect_isRefused() {
        try (ASAPSocket socket = builder().build()) {
            assertThatThrownBy(() -> socket.subscribe(notice -> {})).isInstanceOf(IllegalStateException.class);
        }
    }

    private static Subscription subscribe(Ends ends, BlockingQueue<BreachNotice> notices) {
        CompletableFuture<Subscription> subscribing =
                inBackground(() -> ends.socket().subscribe(notices::add));
        JsonObject request = ends.peer().readJson();
        assertThat(request.getString("method")).isEqualTo("sla.subscribe");
        ends.peer().send(SUBSCRIBED.formatted(idOf(request)));
        return get(subscribing);
    }

    private static String breach(String id) {
        return "{\"jsonrpc\": \"2.0\", \"method\": \"sla.breach\", \"params\": {\"breach\": {\"id\": \"" + id
                + "\", \"severity\": \"critical\"}}}";
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
