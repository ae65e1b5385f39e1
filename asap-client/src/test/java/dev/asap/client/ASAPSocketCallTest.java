// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sections "results and streaming" and "client transport" of the protocol: calls and their answers. */
class ASAPSocketCallTest extends SocketTesting {
    @Test
    void send_answer_isReturned() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = inBackground(() -> ends.socket().send(plain("m-1")));
        JsonObject request = ends.peer().readJson();
        assertThat(request.getString("jsonrpc")).isEqualTo("2.0");
        assertThat(request.getString("method")).isEqualTo("asap.send");
        assertThat(envelopeOf(request).getString("id")).isEqualTo("m-1");
        ends.peer().send(result(idOf(request), done("hello", "m-1")));
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @Test
    void send_severalAtOnce_eachGetsTheAnswerWithItsId() {
        Ends ends = open();
        CompletableFuture<Envelope> first = ends.socket().sendAsync(plain("m-1"));
        CompletableFuture<Envelope> second = ends.socket().sendAsync(plain("m-2"));
        JsonObject one = ends.peer().readJson();
        JsonObject two = ends.peer().readJson();
        assertThat(idOf(one)).isNotEqualTo(idOf(two));
        ends.peer().send(result(idOf(two), done("second", "m-2")));
        ends.peer().send(result(idOf(one), done("first", "m-1")));
        assertThat(textOf(get(first))).isEqualTo("first");
        assertThat(textOf(get(second))).isEqualTo("second");
    }

    @Test
    void send_error_isTheRemoteError() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().send(error(idOf(ends.peer().readJson()), -32031, "Thread pool exhausted"));
        assertThat(failure(answer))
                .isInstanceOfSatisfying(
                        RemoteErrorException.class,
                        e -> assertThat(e.jsonRpcCode()).isEqualTo(-32031));
    }

    @Test
    void send_answerToAnotherMessage_isACorrelationError() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer().send(result(idOf(ends.peer().readJson()), done("hello", "m-2")));
        assertThat(failure(answer)).isInstanceOf(CorrelationException.class);
    }

    @Test
    void send_invalidEnvelopeInAnswer_isAMalformedEnvelope() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        ends.peer().send("{\"jsonrpc\":\"2.0\",\"result\":{\"envelope\":{\"id\":\"x\"}},\"id\":\"" + id + "\"}");
        assertThat(failure(answer))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("The answer to message 'm-1' to " + peer.shown() + " holds no valid envelope");
    }

    @Test
    void send_resultWithoutEnvelope_isARemoteError() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        ends.peer()
                .send("{\"jsonrpc\":\"2.0\",\"result\":{},\"id\":\""
                        + idOf(ends.peer().readJson()) + "\"}");
        assertThat(failure(answer)).isInstanceOf(RemoteErrorException.class);
    }

    @Test
    void send_unknownMembersInFrame_arePassedOver() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        JsonObject frame = JsonObject.parse(result(idOf(ends.peer().readJson()), done("hello", "m-1")))
                .with("new_member", 1);
        ends.peer().send(frame.toString());
        assertThat(textOf(get(answer))).isEqualTo("hello");
    }

    @Test
    void send_noAnswerWithinReceiveTimeout_timesOut() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        JsonObject request = ends.peer().readJson();
        timer.advance(Duration.ofMillis(59_999));
        assertThat(answer).isNotDone();
        timer.advance(Duration.ofMillis(1));
        assertThat(failure(answer))
                .isInstanceOfSatisfying(
                        UnknownOutcomeException.class,
                        e -> assertThat(e.idempotencyKey())
                                .contains(request.getObject("params").getString("idempotency_key")))
                .hasCauseInstanceOf(RequestTimeoutException.class)
                .hasMessage("message 'm-1' to " + peer.shown() + " timed out: receiveTimeout is 60000 ms; " + UNKNOWN);
    }

    @Test
    void send_answerAfterTimeout_goesToOnMessage() throws Exception {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(builder().onMessage(pushed::add).receiveTimeout(Duration.ofSeconds(1)));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        timer.advance(Duration.ofSeconds(1));
        assertThat(failure(answer)).isInstanceOf(UnknownOutcomeException.class);
        ends.peer().send(result(id, done("late", "m-1")));
        assertThat(textOf(pushed.poll(10, TimeUnit.SECONDS))).isEqualTo("late");
    }

    @Test
    void send_interrupted_saysSo() throws Exception {
        Ends ends = open();
        CompletableFuture<Thread> sender = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = inBackground(() -> {
            sender.complete(Thread.currentThread());
            assertThatThrownBy(() -> ends.socket().send(plain("m-1"))).isInstanceOf(CallInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        ends.peer().readJson();
        get(sender).interrupt();
        assertThat(get(flag)).isTrue();
    }

    @Test
    void sendAsync_cancelled_passesOverTheAnswer() {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(builder().onMessage(pushed::add));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        assertThat(answer.cancel(true)).isTrue();
        ends.peer().send(result(id, done("late", "m-1")));
        settle(ends);
        assertThat(pushed).isEmpty();
    }

    @Test
    void sendAsync_blockedDependent_doesNotHoldUpSend() throws Exception {
        Ends ends = open();
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        CompletableFuture<Envelope> dependent = ends.socket()
                .sendAsync(plain("m-1"))
                .thenApply(answer -> {
                    blocked.countDown();
                    awaitQuietly(release);
                    return answer;
                });
        answerNext(ends.peer());
        assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Envelope> second = inBackground(() -> ends.socket().send(plain("m-2")));
        answerNext(ends.peer());
        assertThat(textOf(get(second))).isEqualTo("ok");
        release.countDown();
        get(dependent);
    }

    @Test
    void send_inDependentOfSendAsync_isAnswered() {
        Ends ends = open();
        CompletableFuture<Envelope> nested = ends.socket()
                .sendAsync(plain("m-1"))
                .thenApply(answer -> ends.socket().send(plain("m-2")));
        answerNext(ends.peer());
        answerNext(ends.peer());
        assertThat(textOf(get(nested))).isEqualTo("ok");
    }

    @Test
    void send_beforeConnect_saysWhatToDo() {
        try (ASAPSocket socket = builder().build()) {
            assertThatThrownBy(() -> socket.send(plain("m-1")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageEndingWith("the socket is not connected; call connect first");
        }
    }

    @Test
    void send_moreThanMaxCalls_isRefused() {
        Ends ends = open(builder().maxCalls(1));
        CompletableFuture<Envelope> first = ends.socket().sendAsync(plain("m-1"));
        assertThat(failure(ends.socket().sendAsync(plain("m-2"))))
                .isInstanceOf(ConnectionException.class)
                .hasMessageEndingWith("was not sent: 1 calls are in flight, see maxCalls");
        answerNext(ends.peer());
        get(first);
        CompletableFuture<Envelope> third = ends.socket().sendAsync(plain("m-3"));
        answerNext(ends.peer());
        assertThat(textOf(get(third))).isEqualTo("ok");
    }

    @Test
    void send_messageLargerThanMaxQueuedBytes_isRefused() {
        Ends ends = open(builder().maxQueuedBytes(1000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ends.socket().send(large("m-1", 1000)))
                .withMessageContaining("bytes long, more than maxQueuedBytes, which is 1000");
    }

    @Test
    void send_peerThatReadsNothing_isRefusedBeforeTheQueueOverflows() {
        Ends ends = open(builder().maxQueuedBytes(4_000_000));
        List<CompletableFuture<Envelope>> sent = new ArrayList<>();
        Throwable refused = null;
        for (int i = 0; i < 100 && refused == null; i++) {
            CompletableFuture<Envelope> answer = ends.socket().sendAsync(large("m-" + i, 1_000_000));
            sent.add(answer);
            refused = answer.isCompletedExceptionally() ? failure(answer) : null;
        }
        assertThat(refused)
                .isInstanceOf(ConnectionException.class)
                .hasMessageEndingWith("more than maxQueuedBytes, 4000000, would wait to be written");
        assertThat(ends.socket().state()).isEqualTo(SocketState.OPEN);
        for (int i = 0; i < sent.size() - 1; i++) {
            answerNext(ends.peer());
        }
        sent.subList(0, sent.size() - 1)
                .forEach(answer -> assertThat(textOf(get(answer))).isEqualTo("ok"));
    }

    @Test
    void send_streamAsAnswer_isTheLastChunkAndTheOthersGoToOnMessage() throws Exception {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(builder().onMessage(pushed::add));
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        ends.peer().send(result(id, chunk("a", false, "m-1")));
        assertThat(textOfChunk(pushed.poll(10, TimeUnit.SECONDS))).isEqualTo("a");
        timer.advance(Duration.ofSeconds(59));
        ends.peer().send(result(id, chunk("b", false, "m-1")));
        assertThat(textOfChunk(pushed.poll(10, TimeUnit.SECONDS))).isEqualTo("b");
        timer.advance(Duration.ofSeconds(59));
        ends.peer().send(result(id, chunk("c", true, "m-1")));
        assertThat(textOfChunk(get(answer))).isEqualTo("c");
    }

    @Test
    void send_errorInsideStream_isTheRemoteError() {
        Ends ends = open();
        CompletableFuture<Envelope> answer = ends.socket().sendAsync(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        ends.peer().send(result(id, chunk("a", false, "m-1")));
        ends.peer().send(error(id, -32603, "Internal error"));
        assertThat(failure(answer)).isInstanceOf(RemoteErrorException.class);
    }

    @Test
    void stream_chunks_comeInOrderUntilTheFinalOne() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            String id = idOf(ends.peer().readJson());
            for (int i = 0; i < 50; i++) {
                ends.peer().send(result(id, chunk("c" + i, i == 49, "m-1")));
            }
            List<String> texts = new ArrayList<>();
            for (Envelope chunk : stream) {
                texts.add(textOfChunk(chunk));
            }
            assertThat(texts).hasSize(50).startsWith("c0", "c1").endsWith("c49");
            assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void stream_answerThatIsNoChunk_isTheOnlyOne() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            answerNext(ends.peer());
            Iterator<Envelope> envelopes = stream.iterator();
            assertThat(textOf(envelopes.next())).isEqualTo("ok");
            assertThat(envelopes.hasNext()).isFalse();
        }
    }

    @Test
    void stream_error_comesAfterTheChunksBefore() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            String id = idOf(ends.peer().readJson());
            ends.peer().send(result(id, chunk("a", false, "m-1")));
            ends.peer().send(error(id, -32603, "Internal error"));
            Iterator<Envelope> chunks = stream.iterator();
            assertThat(textOfChunk(chunks.next())).isEqualTo("a");
            assertThatThrownBy(chunks::hasNext).isInstanceOf(RemoteErrorException.class);
        }
    }

    @Test
    void stream_chunkOfAnotherMessage_isACorrelationError() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            ends.peer().send(result(idOf(ends.peer().readJson()), chunk("a", false, "m-2")));
            assertThatThrownBy(() -> stream.iterator().next()).isInstanceOf(CorrelationException.class);
        }
    }

    @Test
    void stream_thatDoesNotBegin_hasAnUnknownOutcome() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            ends.peer().readJson();
            ends.peer().hangUp();
            assertThatThrownBy(() -> stream.iterator().hasNext())
                    .isInstanceOf(UnknownOutcomeException.class)
                    .hasMessage("message 'm-1' to " + peer.shown() + " failed: the peer hung up; " + UNKNOWN);
        }
    }

    @Test
    void stream_thatBreaksOff_saysHowMuchCame() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            ends.peer().send(result(idOf(ends.peer().readJson()), chunk("a", false, "m-1")));
            Iterator<Envelope> chunks = stream.iterator();
            assertThat(textOfChunk(chunks.next())).isEqualTo("a");
            ends.peer().hangUp();
            assertThatThrownBy(chunks::hasNext)
                    .isInstanceOfSatisfying(
                            StreamBrokenException.class,
                            e -> assertThat(e.received()).isEqualTo(1))
                    .hasMessage(
                            "message 'm-1' to " + peer.shown()
                                    + " failed: the peer hung up; the peer had acknowledged it; 1 envelopes of the answer had come");
        }
    }

    @Test
    void stream_silentForReceiveTimeout_timesOut() {
        Ends ends = open();
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            String id = idOf(ends.peer().readJson());
            timer.advance(Duration.ofSeconds(59));
            ends.peer().send(result(id, chunk("a", false, "m-1")));
            Iterator<Envelope> chunks = stream.iterator();
            assertThat(textOfChunk(chunks.next())).isEqualTo("a");
            timer.advance(Duration.ofSeconds(59));
            ends.peer().send(result(id, chunk("b", false, "m-1")));
            assertThat(textOfChunk(chunks.next())).isEqualTo("b");
            timer.advance(Duration.ofSeconds(60));
            assertThatThrownBy(chunks::hasNext).isInstanceOf(RequestTimeoutException.class);
        }
    }

    @Test
    void stream_notTaken_endsWithItselfAlone() {
        Ends ends = open(builder().maxBufferedMessages(2));
        try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
            String id = idOf(ends.peer().readJson());
            for (int i = 0; i < 5; i++) {
                ends.peer().send(result(id, chunk("c" + i, i == 4, "m-1")));
            }
            settle(ends);
            Iterator<Envelope> chunks = stream.iterator();
            assertThat(textOfChunk(chunks.next())).isEqualTo("c0");
            assertThat(textOfChunk(chunks.next())).isEqualTo("c1");
            assertThatThrownBy(chunks::hasNext)
                    .isInstanceOf(SlowReaderException.class)
                    .hasMessageContaining("raise maxBufferedMessages (2) or maxBufferedBytes");
        }
    }

    @Test
    void stream_closed_passesOverTheRest() {
        BlockingQueue<Envelope> pushed = new LinkedBlockingQueue<>();
        Ends ends = open(builder().onMessage(pushed::add));
        EnvelopeStream stream = ends.socket().stream(plain("m-1"));
        String id = idOf(ends.peer().readJson());
        ends.peer().send(result(id, chunk("a", false, "m-1")));
        Iterator<Envelope> chunks = stream.iterator();
        assertThat(textOfChunk(chunks.next())).isEqualTo("a");
        stream.close();
        stream.close();
        ends.peer().send(result(id, chunk("b", false, "m-1")));
        settle(ends);
        assertThat(pushed).isEmpty();
        assertThatThrownBy(chunks::hasNext).isInstanceOf(StreamClosedException.class);
    }

    @Test
    void stream_interruptedReader_saysSo() {
        Ends ends = open();
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = inBackground(() -> {
            reader.complete(Thread.currentThread());
            try (EnvelopeStream stream = ends.socket().stream(plain("m-1"))) {
                assertThatThrownBy(() -> stream.iterator().next()).isInstanceOf(CallInterruptedException.class);
            }
            return Thread.currentThread().isInterrupted();
        });
        ends.peer().readJson();
        get(reader).interrupt();
        assertThat(get(flag)).isTrue();
    }

    private static Envelope large(String id, int bytes) {
        return Envelope.builder(
                        Peer.CALLER, Peer.ECHO, TaskRequest.of("c1", "echo", JsonObject.of("text", "x".repeat(bytes))))
                .id(id)
                .payloadType(plain(id).payloadType())
                .build();
    }

    private static String textOfChunk(Envelope envelope) {
        return ((TaskStream) envelope.payload()).chunk();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
