// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Repeated requests. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class IdempotencyTest {
    private final AtomicInteger runs = new AtomicInteger();

    private ASAPServer.Builder counting(ASAPServer.Builder builder) {
        return builder.skill("count", task -> task.completed(JsonObject.of("run", runs.incrementAndGet())))
                .skill("busy", task -> {
                    runs.incrementAndGet();
                    throw ProtocolException.builder(new ErrorCode("asap:skill/busy", -32040), "busy")
                            .recoverable(true)
                            .build();
                })
                .skill("refuse", task -> {
                    runs.incrementAndGet();
                    throw ProtocolException.builder(new ErrorCode("asap:skill/rejected", -32040), "no")
                            .build();
                })
                .skill("crash", task -> {
                    runs.incrementAndGet();
                    throw new IllegalStateException("boom");
                });
    }

    private static JsonObject keyed(String skill, String key) {
        return TestRequests.withKey(TestRequests.task(skill, JsonObject.empty()), key);
    }

    @Test
    void repetition_getsTheFirstAnswerByteForByte() throws IOException {
        try (TestAgent agent = TestAgent.start(this::counting)) {
            JsonObject first = agent.post(keyed("count", "k"));

            assertThat(agent.post(keyed("count", "k")).toString()).isEqualTo(first.toString());
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void repetitionWithTheNonceOfTheFirst_isAnsweredNotRefused() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> counting(builder).nonceCheck(true))) {
            JsonObject request =
                    TestRequests.withEnvelope(keyed("count", "k"), "extensions", JsonObject.of("nonce", "n"));

            agent.post(request);

            assertThat(agent.post(request).has("result")).isTrue();
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void repetitionWithOtherIds_getsTheFirstAnswerTiedToThem() throws IOException {
        try (TestAgent agent = TestAgent.start(this::counting)) {
            agent.post(keyed("count", "k"));
            JsonObject again = TestRequests.withEnvelope(keyed("count", "k"), "id", "envelope-2")
                    .with("id", "req-2");

            JsonObject answer = agent.post(again);

            assertThat(answer.getString("id")).isEqualTo("req-2");
            JsonObject envelope = answer.getObject("result").getObject("envelope");
            assertThat(envelope.getString("correlation_id")).isEqualTo("envelope-2");
            assertThat(envelope.getObject("payload").getObject("result")).isEqualTo(JsonObject.of("run", 1));
        }
    }

    @Test
    void keyInTheHeader_countsLikeOneInTheParams() throws IOException {
        try (TestAgent agent = TestAgent.start(this::counting)) {
            agent.post(keyed("count", "k"));
            RequestBody body = RequestBody.create(
                    TestRequests.task("count", JsonObject.empty()).toBytes(), null);
            try (Response response = agent.http
                    .newCall(new Request.Builder()
                            .url(agent.server.url() + "/asap")
                            .header("X-Idempotency-Key", "k")
                            .post(body)
                            .build())
                    .execute()) {
                assertThat(response.body().string()).contains("\"run\":1");
            }
        }
    }

    @Test
    void sameKeyForAnotherRequest_isRefused() throws IOException {
        try (TestAgent agent = TestAgent.start(this::counting)) {
            agent.post(keyed("count", "k"));
            JsonObject other = TestRequests.withKey(TestRequests.task("count", JsonObject.of("x", 1)), "k");

            JsonObject error = agent.post(other).getObject("error");

            assertThat(error.getInt("code")).isEqualTo(-32004);
            assertThat(error.getObject("data").getString("code")).isEqualTo("asap:protocol/idempotency_conflict");
            assertThat(error.getObject("data").getBoolean("recoverable")).isFalse();
        }
    }

    @Test
    void sameKeyOfAnotherSender_isAnotherKey() throws IOException {
        try (TestAgent agent = TestAgent.start(this::counting)) {
            agent.post(keyed("count", "k"));
            agent.post(TestRequests.withEnvelope(keyed("count", "k"), "sender", "urn:asap:agent:somebody-else"));

            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void failuresThatARetryMayCure_areNotRemembered_refusalsAre() throws IOException {
        try (TestAgent agent = TestAgent.start(this::counting)) {
            for (String skill : List.of("busy", "crash")) {
                runs.set(0);
                agent.post(keyed(skill, skill));
                agent.post(keyed(skill, skill));
                assertThat(runs).as(skill).hasValue(2);
            }
            runs.set(0);
            JsonObject refusal = agent.post(keyed("refuse", "r"));
            assertThat(agent.post(keyed("refuse", "r"))).isEqualTo(refusal);
            assertThat(agent.post(keyed("refuse", "r").with("id", 5)).getInt("id"))
                    .isEqualTo(5);
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void answer_isForgottenAfterItsLifetime() throws IOException {
        SettableClock clock = SettableClock.at(Instant.parse("2026-01-02T03:04:05Z"));
        try (TestAgent agent = TestAgent.start(builder -> counting(builder)
                .clock(clock)
                .idempotency(IdempotencyOptions.defaults().withLifetime(Duration.ofMinutes(1))))) {
            agent.post(keyed("count", "k"));
            clock.advance(Duration.ofSeconds(59));
            agent.post(keyed("count", "k"));
            assertThat(runs).hasValue(1);
            clock.advance(Duration.ofSeconds(1));
            agent.post(keyed("count", "k"));
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void oldestAnswers_giveWay() throws IOException {
        try (TestAgent agent = TestAgent.start(builder ->
                counting(builder).idempotency(IdempotencyOptions.defaults().withMaxAnswers(2)))) {
            for (String key : List.of("a", "b", "c", "b", "c", "a")) {
                agent.post(keyed("count", key));
            }
            assertThat(runs).hasValue(4);
        }
        runs.set(0);
        try (TestAgent agent = TestAgent.start(builder ->
                counting(builder).idempotency(IdempotencyOptions.defaults().withMaxBytes(100)))) {
            agent.post(keyed("count", "a"));
            agent.post(keyed("count", "a"));
            assertThat(runs).as("larger than all that may be kept").hasValue(2);
        }
    }

    @Test
    void switchedOff_everyRequestRuns() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> counting(builder).idempotency(null))) {
            agent.post(keyed("count", "k"));
            agent.post(keyed("count", "k"));
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void repetitionWhileTheFirstRuns_waitsForItsAnswer() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent = TestAgent.start(builder -> builder.skill("slow", task -> {
            entered.countDown();
            release.await();
            return task.completed(JsonObject.of("run", runs.incrementAndGet()));
        }))) {
            List<CompletableFuture<JsonObject>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(later(agent, keyed("slow", "k")));
            }
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
            release.countDown();

            for (CompletableFuture<JsonObject> answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS).has("result")).isTrue();
            }
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void repetitionThatWaitsTooLong_isToldToComeBack() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent = TestAgent.start(builder -> builder.idempotency(
                        IdempotencyOptions.defaults().withMaxWait(Duration.ofMillis(1)))
                .skill("slow", task -> {
                    entered.countDown();
                    release.await();
                    return task.completed(JsonObject.empty());
                }))) {
            CompletableFuture<JsonObject> first = later(agent, keyed("slow", "k"));
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

            JsonObject error = agent.post(keyed("slow", "k")).getObject("error");

            assertThat(error.getInt("code")).isEqualTo(-32005);
            assertThat(error.getObject("data").getBoolean("recoverable")).isTrue();
            release.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS).has("result")).isTrue();
        }
    }

    private static CompletableFuture<JsonObject> later(TestAgent agent, JsonObject request) {
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                answer.complete(agent.post(request));
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        thread.start();
        return answer;
    }

    @Test
    void options_sayWhatIsWrongWithThem() {
        assertThatThrownBy(() -> IdempotencyOptions.defaults().withLifetime(Duration.ZERO))
                .hasMessageContaining("lifetime");
        assertThatThrownBy(() -> IdempotencyOptions.defaults().withMaxWait(Duration.ofDays(400)))
                .hasMessageContaining("maxWait");
        assertThatThrownBy(() -> IdempotencyOptions.defaults().withMaxAnswers(0))
                .hasMessageContaining("maxAnswers must be at least 1, got 0");
        assertThatThrownBy(() -> IdempotencyOptions.defaults().withMaxBytes(0)).hasMessageContaining("maxBytes");
    }
}
