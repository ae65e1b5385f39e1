// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import dev.asap.model.AckStatus;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import dev.asap.model.MessageRole;
import dev.asap.model.MessageSend;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.model.StateRestore;
import dev.asap.model.TaskCancel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section "acknowledgements" of the protocol, row by row. */
class ASAPSocketAckTest extends SocketTesting {
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(30);

    /** Calls that outlive their acknowledgements. */
    private ASAPSocket.Builder patient() {
        return builder().receiveTimeout(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TaskRequest",
                "task.request",
                "TaskCancel",
                "task.cancel",
                "StateRestore",
                "state_restore",
                "MessageSend",
                "message.send",
                "message_send"
            })
    void messageOfListedType_isSentWithRequiresAckAndSentAgain(String type) {
        Ends ends = open(patient());
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(ofType(type));
        JsonObject first = ends.peer().readJson();
        assertThat(envelopeOf(first).getBoolean("requires_ack")).isTrue();
        timer.advance(ACK_TIMEOUT);
        assertThat(envelopeOf(ends.peer().readJson())).isEqualTo(envelopeOf(first));
        assertThat(answer).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.restore", "TASK_REQUEST", "taskrequest", "Message.Send", "task_cancel"})
    void messageOfAnotherSpelling_isNeitherMarkedNorSentAgain(String type) {
        Ends ends = open(patient());
        submit(ends, ofType(type));
        assertThat(envelopeOf(ends.peer().readJson()).getBoolean("requires_ack", false))
                .isFalse();
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
    }

    @Test
    void messageThatAsksForIt_isSentAgainWhateverItsType() {
        Ends ends = open(patient());
        submit(ends, plain("m-1").toBuilder().requiresAck(true).build());
        ends.peer().readJson();
        timer.advance(ACK_TIMEOUT);
        assertThat(envelopeOf(ends.peer().readJson()).getString("id")).isEqualTo("m-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"received", "processed", "rejected", "some_new_status"})
    void ackOfAnyStatus_releases(String status) {
        Ends ends = open(patient());
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        ends.peer().send(ack("m-1", new AckStatus(status), "MessageAck"));
        settle(ends);
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
        assertThat(answer).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MessageAck", "message.ack", "MESSAGE_ACK"})
    void ackInAnySpellingOfItsType_releases(String type) {
        Ends ends = open(patient());
        submit(ends, tracked("m-1"));
        ends.peer().readJson();
        ends.peer().send(ack("m-1", AckStatus.RECEIVED, type));
        settle(ends);
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
    }

    @Test
    void ackOfAnotherMessage_releasesNothing() {
        Ends ends = open(patient());
        submit(ends, tracked("m-1"));
        ends.peer().readJson();
        ends.peer().send(received("m-2"));
        settle(ends);
        timer.advance(ACK_TIMEOUT);
        assertThat(envelopeOf(ends.peer().readJson()).getString("id")).isEqualTo("m-1");
    }

    @Test
    void ackWithoutValidEnvelope_isPassedOver() {
        Ends ends = open(patient());
        submit(ends, tracked("m-1"));
        ends.peer().readJson();
        ends.peer().send("{\"jsonrpc\":\"2.0\",\"method\":\"asap.ack\"}");
        ends.peer().send("{\"jsonrpc\":\"2.0\",\"method\":\"asap.ack\",\"params\":{\"envelope\":7}}");
        ends.peer().send("{\"jsonrpc\":\"2.0\",\"method\":\"asap.ack\",\"params\":{\"envelope\":{\"id\":\"x\"}}}");
        settle(ends);
        timer.advance(ACK_TIMEOUT);
        assertThat(envelopeOf(ends.peer().readJson()).getString("id")).isEqualTo("m-1");
    }

    @Test
    void ack_isNoAnswer() {
        Ends ends = open(patient());
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        JsonObject request = ends.peer().readJson();
        ends.peer().send(received("m-1"));
        settle(ends);
        assertThat(answer).isNotDone();
        ends.peer().send(result(idOf(request), done("hello", "m-1")));
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @Test
    void answerWithoutAck_releases() {
        Ends ends = open(patient());
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        answerNext(ends.peer());
        get(answer);
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
    }

    @Test
    void firstChunkWithoutAck_releases() {
        Ends ends = open(patient());
        try (EnvelopeStream stream = ends.socket().stream(tracked("m-1"))) {
            ends.peer().send(result(idOf(ends.peer().readJson()), chunk("a", false, "m-1")));
            stream.iterator().next();
            timer.advance(Duration.ofMinutes(3));
            settle(ends);
        }
    }

    @Test
    void rejectedAck_isSeenByOnAckAndTheCallFailsWithTheError() throws Exception {
        BlockingQueue<MessageAck> acks = new LinkedBlockingQueue<>();
        Ends ends = open(patient().onAck(acks::add));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        String id = idOf(ends.peer().readJson());
        ends.peer().send(received("m-1"));
        ends.peer().send(ack("m-1", AckStatus.REJECTED, "MessageAck"));
        ends.peer().send(error(id, -32603, "Internal error"));
        assertThat(failure(answer)).isInstanceOf(RemoteErrorException.class);
        assertThat(acks.poll(10, TimeUnit.SECONDS).status()).isEqualTo(AckStatus.RECEIVED);
        assertThat(acks.poll(10, TimeUnit.SECONDS).status()).isEqualTo(AckStatus.REJECTED);
    }

    @Test
    void unacknowledgedMessage_isSentAgainAtTheFirstCheckAfterTheTimeout() {
        Ends ends = open(patient().ackTimeout(Duration.ofSeconds(12)));
        timer.advance(Duration.ofSeconds(1));
        submit(ends, tracked("m-1"));
        ends.peer().readJson();
        // Checks at 5, 10 and 15 s; the timeout is over at 13 s.
        timer.advance(Duration.ofSeconds(13));
        settle(ends);
        timer.advance(Duration.ofSeconds(1));
        assertThat(envelopeOf(ends.peer().readJson()).getString("id")).isEqualTo("m-1");
    }

    @Test
    void resend_hasTheSameEnvelopeAndKeyAndAnotherId() {
        Ends ends = open(patient());
        submit(ends, tracked("m-1"));
        JsonObject first = ends.peer().readJson();
        timer.advance(ACK_TIMEOUT);
        JsonObject second = ends.peer().readJson();
        assertThat(second.getObject("params")).isEqualTo(first.getObject("params"));
        assertThat(second.getObject("params").getString("idempotency_key")).isNotEmpty();
        assertThat(idOf(second)).isNotEqualTo(idOf(first));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void answerToAnyOfTheIds_isTheAnswerToTheCall(int answered) {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(patient().onMessage(pushed::add));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        String[] ids = new String[4];
        for (int i = 0; i < 4; i++) {
            ids[i] = idOf(ends.peer().readJson());
            if (i < 3) {
                timer.advance(ACK_TIMEOUT);
            }
        }
        ends.peer().send(result(ids[answered], done("answer " + answered, "m-1")));
        assertThat(textOf(get(answer))).isEqualTo("answer " + answered);
        for (String id : ids) {
            ends.peer().send(result(id, done("again", "m-1")));
        }
        settle(ends);
        assertThat(pushed).as("further answers").isEmpty();
    }

    @Test
    void afterThreeResends_theCallFails() {
        Ends ends = open(patient());
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        for (int i = 0; i < 4; i++) {
            assertThat(answer).isNotDone();
            ends.peer().readJson();
            timer.advance(ACK_TIMEOUT);
        }
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasCauseInstanceOf(RequestTimeoutException.class)
                .hasMessage("message 'm-1' to " + peer.shown()
                        + " was sent 4 times and never acknowledged: ackTimeout is 30000 ms; " + UNKNOWN);
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
    }

    @Test
    void callThatTimedOut_isStillSentAgainUntilItIsAcknowledged() {
        Ends ends = open(builder().receiveTimeout(Duration.ofSeconds(10)));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        timer.advance(ACK_TIMEOUT);
        assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
        assertThat(envelopeOf(ends.peer().readJson()).getString("id")).isEqualTo("m-1");
        ends.peer().send(received("m-1"));
        settle(ends);
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
    }

    @Test
    void cancelledCall_isNotSentAgain() {
        Ends ends = open(patient());
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        answer.cancel(true);
        timer.advance(Duration.ofMinutes(3));
        settle(ends);
    }

    @Test
    void ackRetriesZero_failsWithoutResend() {
        Ends ends = open(patient().ackRetries(0));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        timer.advance(ACK_TIMEOUT);
        assertThat(failure(answer)).hasMessageContaining("was sent 1 time and");
        settle(ends);
    }

    @Test
    void moreThanMaxCallsUnacknowledged_areRefused() {
        Ends ends = open(builder().maxCalls(1).receiveTimeout(Duration.ofSeconds(1)));
        submit(ends, tracked("m-1"));
        ends.peer().readJson();
        timer.advance(Duration.ofSeconds(1));
        assertThat(failure(ends.socket().sendAsync(tracked("m-2"))))
                .isInstanceOf(ConnectionException.class)
                .hasMessageEndingWith("was not sent: 1 messages wait for being acknowledged, see maxCalls");
        settle(ends);
    }

    @Test
    void afterReconnect_unacknowledgedMessageIsSentAgainByTheSameTimerAndAnswered() {
        Ends ends = open(patient().reconnect(true));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        JsonObject first = ends.peer().readJson();
        timer.advance(Duration.ofSeconds(10));
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        timer.advance(Duration.ofSeconds(1));
        WebSocketPeer.Connection second = peer.accept();
        awaitState(ends.socket(), SocketState.OPEN);
        assertThat(answer).isNotDone();
        timer.advance(Duration.ofSeconds(19));
        JsonObject again = second.readJson();
        assertThat(envelopeOf(again)).isEqualTo(envelopeOf(first));
        second.send(result(idOf(again), done("hello", "m-1")));
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @Test
    void whileThereIsNoConnection_noResendIsSpent() {
        Ends ends = open(patient().reconnect(true).ackRetries(1).initialBackoff(Duration.ofSeconds(30)));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        timer.advance(Duration.ofSeconds(29));
        ends.peer().hangUp();
        awaitState(ends.socket(), SocketState.RECONNECTING);
        timer.advance(Duration.ofSeconds(30));
        WebSocketPeer.Connection second = peer.accept();
        awaitState(ends.socket(), SocketState.OPEN);
        timer.advance(Duration.ofSeconds(5));
        JsonObject again = second.readJson();
        second.send(result(idOf(again), done("hello", "m-1")));
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @Test
    void acknowledgedMessage_isNotSentAgainAfterReconnect() {
        Ends ends = open(patient().reconnect(true));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(tracked("m-1"));
        ends.peer().readJson();
        ends.peer().send(received("m-1"));
        settle(ends);
        ends.peer().hangUp();
        assertThat(failure(answer))
                .isInstanceOf(UnknownOutcomeException.class)
                .hasCauseInstanceOf(ConnectionException.class)
                .hasMessageEndingWith("the peer hung up; the peer had acknowledged it; " + UNKNOWN);
        timer.advance(Duration.ofSeconds(1));
        Ends again = new Ends(ends.socket(), peer.accept());
        awaitState(ends.socket(), SocketState.OPEN);
        timer.advance(Duration.ofSeconds(60));
        settle(again);
    }

    private static Envelope ofType(String type) {
        PayloadType payloadType = PayloadType.of(type);
        Payload payload = List.of(
                        Peer.task(),
                        TaskCancel.of("t-1"),
                        new StateRestore("t-1", "s-1"),
                        new MessageSend("t-1", "x-1", "urn:asap:agent:caller", MessageRole.USER, List.of("p-1")))
                .stream()
                .filter(each -> each.type().matches(payloadType))
                .findFirst()
                .orElseThrow();
        return Envelope.builder(Peer.CALLER, Peer.ECHO, payload)
                .id("m-1")
                .payloadType(payloadType)
                .build();
    }
}
