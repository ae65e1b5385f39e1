// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays of requests. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class BatchTest {
    private static String batch(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> TestRequests.withId(TestAgent.echo(JsonObject.of("i", i)), i)
                        .toString())
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static List<JsonObject> answers(TestAgent agent, byte[] body, String... headers) throws IOException {
        Request.Builder request =
                new Request.Builder().url(agent.server.url() + "/asap").post(RequestBody.create(body, null));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try (Response response = agent.http.newCall(request.build()).execute()) {
            assertThat(response.code()).isEqualTo(200);
            JsonArray array = JsonObject.parse("{\"all\":" + response.body().string() + "}")
                    .getArray("all");
            return array.values().stream().map(JsonValue::asObject).toList();
        }
    }

    private static List<JsonObject> answers(TestAgent agent, String body) throws IOException {
        return answers(agent, body.getBytes(StandardCharsets.UTF_8));
    }

    private static int code(JsonObject answer) {
        return answer.getObject("error").getInt("code");
    }

    @Test
    void answers_comeInTheOrderOfTheRequests() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            List<JsonObject> answers = answers(agent, batch(50));

            assertThat(answers).hasSize(50);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).getInt("id")).isEqualTo(i);
                assertThat(answers.get(i)
                                .getObject("result")
                                .getObject("envelope")
                                .getObject("payload")
                                .getObject("result")
                                .getObject("echoed")
                                .getInt("i"))
                        .isEqualTo(i);
            }
        }
    }

    @Test
    void compressedBatch_isAnsweredLikeAPlainOne() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            byte[] body = TestRequests.gzip(batch(3).getBytes(StandardCharsets.UTF_8));

            assertThat(answers(agent, body, "Content-Encoding", "gzip")).hasSize(3);
        }
    }

    @Test
    void elements_areWorkedOnAtOnce() throws IOException {
        CyclicBarrier together = new CyclicBarrier(4);
        try (TestAgent agent = TestAgent.start(builder -> builder.skill("meet", task -> {
            together.await(20, TimeUnit.SECONDS);
            return task.completed(JsonObject.empty());
        }))) {
            String one = TestRequests.task("meet", JsonObject.empty()).toString();

            assertThat(answers(agent, "[" + String.join(",", one, one, one, one) + "]"))
                    .allSatisfy(answer -> assertThat(answer.has("result")).isTrue());
        }
    }

    @Test
    void batchOfMany_doesNotRunMoreThanItsWidthAtOnce() throws IOException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (TestAgent agent =
                TestAgent.start(builder -> builder.maxBatchSize(200).skill("count", task -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    running.decrementAndGet();
                    return task.completed(JsonObject.empty());
                }))) {
            String one = TestRequests.task("count", JsonObject.empty()).toString();

            assertThat(answers(agent, "[" + String.join(",", java.util.Collections.nCopies(200, one)) + "]"))
                    .hasSize(200);
            assertThat(most.get()).isBetween(1, BatchAnswers.WIDTH);
        }
    }

    @Test
    void emptyAndOversizedBatches_areRefusedAsAWhole() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.maxBatchSize(3))) {
            assertThat(agent.post("[]").getObject("error").getObject("data").getString("reason"))
                    .isEqualTo("empty batch");
            assertThat(agent.post(" [ ] ").getObject("error").getObject("data").getString("reason"))
                    .isEqualTo("empty batch");
            assertThat(agent.post(batch(4)).getObject("error").getObject("data").getString("reason"))
                    .isEqualTo("batch size 4 exceeds max 3");
            assertThat(answers(agent, batch(3))).hasSize(3);
        }
        assertThatThrownBy(() -> ASAPServer.builder(TestAgent.manifest()).maxBatchSize(0))
                .hasMessageContaining("maxBatchSize");
    }

    @Test
    void elementsThatAreNoRequests_areAnsweredInTheirPlaces() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            String good = TestAgent.echo(JsonObject.of("text", "a,]}\\\"b[{")).toString();
            List<JsonObject> answers = answers(
                    agent,
                    "[1,\"x,]\",null, [" + good + "] ,{},{\"method\":\"x\",\"params\":{},\"id\":7}," + good + "]");

            assertThat(answers.stream().limit(6).map(BatchTest::code))
                    .containsExactly(-32600, -32600, -32600, -32600, -32600, -32601);
            assertThat(answers.get(0).toString())
                    .isEqualTo(
                            "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32600,\"message\":\"Invalid request\",\"data\":null},\"id\":null}");
            assertThat(answers.get(6).has("result")).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "[1", "[1,", "[1,]", "[,1]", "[1]x", "[1] [2]", "[{\"a\":]", "[tru]", "[\"", "[}]", "[NaN]"
            })
    void arrayThatIsNoJson_isOneParseError(String body) throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            assertThat(code(agent.post(body))).as(body).isEqualTo(-32700);
        }
    }

    @Test
    void crashingElement_doesNotAffectTheOthers() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.skill("crash", task -> {
            throw new IllegalStateException("secret");
        }))) {
            List<JsonObject> answers = answers(
                    agent,
                    "[" + TestRequests.task("crash", JsonObject.empty()) + "," + TestAgent.echo(JsonObject.empty())
                            + "]");

            assertThat(code(answers.get(0))).isEqualTo(-32603);
            assertThat(answers.get(0).toString()).doesNotContain("secret");
            assertThat(answers.get(1).has("result")).isTrue();
        }
    }

    @Test
    void overload_isAJsonRpcErrorOfItsElement() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent =
                TestAgent.start(builder -> builder.maxConcurrentHandlers(1).skill("slow", task -> {
                    entered.countDown();
                    release.await();
                    return task.completed(JsonObject.empty());
                }))) {
            Thread first = new Thread(() -> {
                try {
                    agent.post(TestRequests.task("slow", JsonObject.empty()));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            first.start();
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

            List<JsonObject> answers = answers(agent, batch(2));

            assertThat(answers).allSatisfy(answer -> {
                assertThat(code(answer)).isEqualTo(-32031);
                assertThat(answer.has("id")).isTrue();
            });
            release.countDown();
            first.join();
        }
    }
}
