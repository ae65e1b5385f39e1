// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.RemoteErrorException;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.TaskResponse;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ASAPClientBatchTest extends ServerTesting {
    private static final JsonRpcCodec CODEC = new JsonRpcCodec(Clock.systemUTC());

    private ASAPClient client;

    @BeforeEach
    void start() {
        client = ASAPClient.builder(server.url("/").toString())
                .compression(Compression.off())
                .retry(RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(2)))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private static List<Envelope> messages(int count) {
        return IntStream.range(0, count).mapToObj(i -> Peer.message("m-" + i)).toList();
    }

    private static List<String> answered(List<BatchItem> items) {
        return items.stream()
                .map(item -> item instanceof BatchItem.Ok ok
                        ? ok.answer().correlationId()
                        : ((BatchItem.Failed) item).failure().getClass().getSimpleName())
                .toList();
    }

    private static List<String> ids(int count) {
        return messages(count).stream().map(Envelope::id).toList();
    }

    /** Answers arrays as the protocol's servers do; messages whose id ends in {@code -3} fail. */
    private static MockResponse answerArray(RecordedRequest request) {
        JsonValue body = JsonValue.parse(bodyOf(request));
        if (!(body instanceof JsonArray array)) {
            return Peer.json(200, answerOne(body));
        }
        List<String> answers = new ArrayList<>();
        for (JsonValue element : array.values()) {
            answers.add(answerOne(element));
        }
        return Peer.json(200, "[" + String.join(",", answers) + "]");
    }

    private static byte[] bodyOf(RecordedRequest request) {
        return request.getBody().toByteArray();
    }

    private static String answerOne(JsonValue request) {
        IncomingRequest.Call call =
                (IncomingRequest.Call) CODEC.readRequest(request.toString().getBytes(StandardCharsets.UTF_8));
        Envelope envelope = ((EnvelopeArgument.Valid) call.envelope()).envelope();
        byte[] answer = envelope.id().endsWith("-3")
                ? CODEC.writeError(call.id(), JsonRpcError.methodNotFound("x"))
                : CODEC.writeResult(
                        call.id(),
                        envelope.replyFrom(Peer.ECHO, TaskResponse.completed("t", JsonObject.empty()))
                                .build());
        return new String(answer, StandardCharsets.UTF_8);
    }

    private void answerWith(java.util.function.Function<RecordedRequest, MockResponse> answers) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return answers.apply(request);
            }
        });
    }

    // ---- Each message by itself

    @Test
    void sendBatch_manyMessages_answersInTheirOrder() {
        answerWith(Peer::echo);
        assertThat(answered(client.sendBatch(messages(250)))).isEqualTo(ids(250));
        assertThat(server.getRequestCount()).isEqualTo(250);
    }

    @Test
    void sendBatch_oneFails_othersAreAnswered() {
        answerWith(request -> Peer.json(200, answerOne(JsonValue.parse(bodyOf(request)))));
        assertThat(answered(client.sendBatch(messages(5))))
                .containsExactly("m-0", "m-1", "m-2", "RemoteErrorException", "m-4");
    }

    @Test
    void sendBatchOrFail_oneFails_throwsItsFailure() {
        answerWith(request -> Peer.json(200, answerOne(JsonValue.parse(bodyOf(request)))));
        assertThatThrownBy(() -> client.sendBatchOrFail(messages(5))).isInstanceOf(RemoteErrorException.class);
        assertThat(client.sendBatchOrFail(messages(3))).hasSize(3);
    }

    @Test
    void sendBatchOrFail_failure_cutsOffTheOthers() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        answerWith(request -> {
            if (new String(bodyOf(request), StandardCharsets.UTF_8).contains("\"m-3\"")) {
                return Peer.json(404, "");
            }
            try {
                boolean unused = release.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Peer.echo(request);
        });
        assertThatThrownBy(() -> client.sendBatchOrFail(messages(8)))
                .isInstanceOf(dev.asap.error.ConnectionException.class);
        release.countDown();
    }

    @Test
    void sendBatchAsync_cancelled_cutsOffWhatRunsAndBeginsNoMore() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        answerWith(request -> {
            requests.incrementAndGet();
            arrived.countDown();
            try {
                boolean unused = release.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Peer.echo(request);
        });
        CompletableFuture<List<BatchItem>> all = client.sendBatchAsync(messages(500));
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        all.cancel(true);
        release.countDown();
        client.close();
        assertThat(requests.get()).isLessThanOrEqualTo(100);
    }

    @Test
    void sendBatch_emptyList_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> client.sendBatch(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> client.batch(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> client.sendAll(List.of()));
    }

    @Test
    void sendBatch_interrupted_cutsOff() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        answerWith(request -> {
            try {
                boolean unused = release.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Peer.echo(request);
        });
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.sendBatch(messages(3))).isInstanceOf(CallInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        release.countDown();
    }

    // ---- Many messages in one request

    @Test
    void batch_hundredAndTwentyMessages_takesThreeRequests() {
        answerWith(ASAPClientBatchTest::answerArray);
        List<BatchItem> items = client.batch(messages(120));
        assertThat(items).hasSize(120);
        assertThat(answered(items).get(119)).isEqualTo("m-119");
        assertThat(answered(items).get(3)).isEqualTo("RemoteErrorException");
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    void batch_answersInAnotherOrder_areSorted() {
        answerWith(request -> {
            List<JsonValue> elements = new ArrayList<>(((JsonArray) JsonValue.parse(bodyOf(request))).values());
            Collections.reverse(elements);
            List<String> answers =
                    elements.stream().map(ASAPClientBatchTest::answerOne).toList();
            return Peer.json(200, "[" + String.join(",", answers) + "]");
        });
        assertThat(answered(client.batch(messages(3)))).isEqualTo(ids(3));
    }

    @Test
    void batch_missingStrangeAndDoubleElements_failOnlyWhatIsMissing() {
        answerWith(request -> {
            List<JsonValue> elements = ((JsonArray) JsonValue.parse(bodyOf(request))).values();
            String first = answerOne(elements.get(0));
            return Peer.json(
                    200,
                    "[" + first + "," + first + ",5,{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"?\"},"
                            + "\"id\":\"nobody\"}]");
        });
        assertThat(answered(client.batch(messages(3))))
                .containsExactly("m-0", "RemoteErrorException", "RemoteErrorException");
    }

    @Test
    void batch_elementsWithoutIds_areTakenByTheirPlace() {
        answerWith(request -> {
            List<JsonValue> elements = ((JsonArray) JsonValue.parse(bodyOf(request))).values();
            return Peer.json(
                    200,
                    "[" + answerOne(elements.get(0))
                            + ",{\"error\":\"Service Temporarily Unavailable\",\"code\":\"asap:transport/thread_pool_exhausted\"}]");
        });
        assertThat(answered(client.batch(messages(2)))).containsExactly("m-0", "RemoteErrorException");
    }

    @Test
    void batch_serverFailure_isRepeatedAsAWhole() {
        AtomicInteger requests = new AtomicInteger();
        answerWith(request -> requests.incrementAndGet() == 1 ? Peer.json(503, "") : answerArray(request));
        assertThat(answered(client.batch(messages(2)))).isEqualTo(ids(2));
        assertThat(requests).hasValue(2);
    }

    @Test
    void batch_oneAnswerToAll_failsEachMessage() {
        answerWith(request -> Peer.json(
                200, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Invalid request\"},\"id\":null}"));
        assertThat(answered(client.batch(messages(2)))).containsExactly("RemoteErrorException", "RemoteErrorException");
    }

    @Test
    void batch_wrongCorrelation_failsThatMessage() {
        answerWith(request -> {
            List<JsonValue> elements = ((JsonArray) JsonValue.parse(bodyOf(request))).values();
            return Peer.json(
                    200,
                    "[" + answerOne(elements.get(0)) + ","
                            + answerOne(elements.get(1))
                                    .replace("\"correlation_id\":\"m-1\"", "\"correlation_id\":\"x\"")
                            + "]");
        });
        assertThat(answered(client.batch(messages(2)))).containsExactly("m-0", "CorrelationException");
    }

    // ---- Messages that the peer refuses for now

    /** Answers arrays, but the message with this id with an error that says when to come back, until this many were given. */
    private void refuseForNow(String id, int times, long retryAfterMillis) {
        AtomicInteger refusals = new AtomicInteger();
        answerWith(request -> {
            List<String> answers = new ArrayList<>();
            for (JsonValue element : elementsOf(request)) {
                boolean refused = idOf(element).equals(id) && refusals.incrementAndGet() <= times;
                answers.add(
                        refused
                                ? busy(element, JsonObject.of("retry_after_ms", retryAfterMillis))
                                : answerOne(element));
            }
            return Peer.json(200, "[" + String.join(",", answers) + "]");
        });
    }

    private static String busy(JsonValue request, JsonObject hints) {
        JsonRpcError error = new JsonRpcError(-32001, "busy", hints.with("recoverable", true));
        return new String(
                CODEC.writeError(JsonRpcId.of(((JsonObject) request).getString("id")), error), StandardCharsets.UTF_8);
    }

    private static List<JsonValue> elementsOf(RecordedRequest request) {
        return ((JsonArray) JsonValue.parse(bodyOf(request))).values();
    }

    private static String idOf(JsonValue request) {
        return envelopeOf(request).getString("id");
    }

    private static JsonObject envelopeOf(JsonValue request) {
        return ((JsonObject) request).getObject("params").getObject("envelope");
    }

    @Test
    void batch_itemRefusedForNow_isSentAgainAlone() throws Exception {
        refuseForNow("m-1", 1, 1);
        assertThat(answered(client.batch(messages(3)))).isEqualTo(ids(3));
        RecordedRequest first = server.takeRequest();
        RecordedRequest second = server.takeRequest();
        assertThat(elementsOf(second)).extracting(ASAPClientBatchTest::idOf).containsExactly("m-1");
        assertThat(server.getRequestCount()).isEqualTo(2);

        JsonObject before = (JsonObject) elementsOf(first).get(1);
        JsonObject again = (JsonObject) elementsOf(second).get(0);
        assertThat(again.getString("id")).isEqualTo(before.getString("id"));
        assertThat(again.getObject("params").getString("idempotency_key"))
                .isEqualTo(before.getObject("params").getString("idempotency_key"));
        assertThat(envelopeOf(again).getString("timestamp"))
                .isNotEqualTo(envelopeOf(before).getString("timestamp"));
        assertThat(second.getHeaders().get("X-Idempotency-Key"))
                .as("another request")
                .isNotEqualTo(first.getHeaders().get("X-Idempotency-Key"));
    }

    @Test
    void batch_itemRefusedEachTime_failsAfterTheLastAttempt() {
        refuseForNow("m-1", Integer.MAX_VALUE, 1);
        assertThat(answered(client.batch(messages(3)))).containsExactly("m-0", "RemoteErrorException", "m-2");
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    void batch_itemRefusedForLongerThanTheCallMayTake_failsAtOnce() {
        refuseForNow("m-1", 1, 30_000);
        try (ASAPClient hurried = ASAPClient.builder(server.url("/").toString())
                .compression(Compression.off())
                .callTimeout(Duration.ofSeconds(20))
                .build()) {
            assertThat(answered(hurried.batch(messages(3)))).containsExactly("m-0", "RemoteErrorException", "m-2");
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void batch_itemRefusedWithoutATime_isNotSentAgain() {
        answerWith(request -> {
            List<JsonValue> elements = elementsOf(request);
            return Peer.json(
                    200, "[" + busy(elements.get(0), JsonObject.empty()) + "," + answerOne(elements.get(1)) + "]");
        });
        assertThat(answered(client.batch(messages(2)))).containsExactly("RemoteErrorException", "m-1");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void batch_itemsRefusedForTimesOfTheirOwn_areSentAgainTogether() {
        AtomicInteger requests = new AtomicInteger();
        answerWith(request -> {
            boolean first = requests.incrementAndGet() == 1;
            List<String> answers = new ArrayList<>();
            for (JsonValue element : elementsOf(request)) {
                long wait = Long.parseLong(idOf(element).substring("m-".length()));
                answers.add(first ? busy(element, JsonObject.of("retry_after_ms", wait)) : answerOne(element));
            }
            return Peer.json(200, "[" + String.join(",", answers) + "]");
        });
        assertThat(answered(client.batch(messages(3)))).isEqualTo(ids(3));
        assertThat(requests).hasValue(2);
    }

    @Test
    void batch_nextAttemptFails_othersKeepTheirAnswers() {
        AtomicInteger requests = new AtomicInteger();
        answerWith(request -> {
            if (requests.incrementAndGet() > 1) {
                return Peer.json(404, "");
            }
            List<JsonValue> elements = elementsOf(request);
            return Peer.json(
                    200,
                    "[" + answerOne(elements.get(0)) + "," + busy(elements.get(1), JsonObject.of("retry_after_ms", 1))
                            + "]");
        });
        assertThat(answered(client.batch(messages(2)))).containsExactly("m-0", "ConnectionException");
        assertThat(requests).hasValue(2);
    }

    @Test
    void batch_clientClosedWhileAnItemWaits_othersKeepTheirAnswers() {
        refuseForNow("m-1", 1, 30_000);
        CompletableFuture<List<BatchItem>> items = SocketTesting.inBackground(() -> client.batch(messages(3)));
        await().until(() -> server.getRequestCount() == 1 && client.stats().busySlots() == 0);
        client.close();
        assertThat(answered(SocketTesting.get(items))).containsExactly("m-0", "ClientClosedException", "m-2");
    }

    // ---- The better of the two

    @Test
    void sendAll_peerThatTakesBatches_sendsTogether() {
        answerWith(ASAPClientBatchTest::answerArray);
        assertThat(client.sendAll(messages(60))).hasSize(60);
        assertThat(server.getRequestCount()).isEqualTo(2);
        assertThat(client.sendAll(messages(10))).hasSize(10);
        assertThat(server.getRequestCount()).isEqualTo(3);
    }

    @Test
    void sendAll_peerThatKnowsNoBatches_sendsEachAndRemembers() {
        answerWith(request -> new String(bodyOf(request), StandardCharsets.UTF_8).startsWith("[")
                ? Peer.json(
                        200,
                        "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Invalid request\"},\"id\":null}")
                : Peer.echo(request));
        assertThat(answered(client.sendAll(messages(4)))).isEqualTo(ids(4));
        assertThat(server.getRequestCount()).isEqualTo(5);
        assertThat(answered(client.sendAll(messages(4)))).isEqualTo(ids(4));
        assertThat(server.getRequestCount()).isEqualTo(9);
    }

    @Test
    void sendAll_oneMessage_isSentByItself() {
        answerWith(Peer::echo);
        assertThat(answered(client.sendAll(messages(1)))).isEqualTo(ids(1));
    }
}
