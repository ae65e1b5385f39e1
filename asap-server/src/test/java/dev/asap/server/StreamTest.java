// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.model.CustomPayload;
import dev.asap.model.PayloadType;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Answers in pieces. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class StreamTest {
    private static Response stream(TestAgent agent, JsonObject request) throws IOException {
        return agent.exchange("POST", "/asap/stream", RequestBody.create(request.toBytes(), null));
    }

    private static JsonObject task(String skill) {
        return TestRequests.task(skill, JsonObject.empty());
    }

    private static List<JsonObject> events(String body) {
        return Stream.of(body.split("\n\n"))
                .filter(event -> !event.isEmpty())
                .map(event -> {
                    assertThat(event).startsWith("data: {").doesNotContain("\n");
                    return JsonObject.parse(event.substring("data: ".length()));
                })
                .toList();
    }

    @Test
    void pieces_areEventsInTheFormOfTheProtocol() throws IOException {
        for (OkHttpClient http : List.of(new OkHttpClient(), TestAgent.h2cClient())) {
            try (TestAgent agent = TestAgent.start(
                            builder -> builder.streamingSkill("write", (task, stream) -> {
                                stream.chunk("žluť 🐎, \\ \"x\": ", 0.5);
                                stream.chunk("b");
                                stream.end("c\n");
                            }),
                            http);
                    Response response = stream(agent, task("write"))) {
                String body = response.body().string();

                assertThat(response.header("Content-Type")).isEqualTo("text/event-stream; charset=utf-8");
                assertThat(response.header("Cache-Control")).isEqualTo("no-cache");
                assertThat(response.header("ASAP-Version")).isEqualTo("2.2");
                assertThat(body).endsWith("\n\n").matches(text -> text.chars().allMatch(c -> c < 127));
                assertThat(body)
                        .contains("\"payload\": {\"chunk\": \"\\u017elu\\u0165 \\ud83d\\udc0e, \\\\ \\\"x\\\": \","
                                + " \"progress\": 0.5, \"final\": false, \"status\": \"working\"}");
                List<JsonObject> events = events(body);
                assertThat(events).hasSize(3).allSatisfy(event -> {
                    assertThat(event.getString("payload_type")).isEqualTo("TaskStream");
                    assertThat(event.getString("correlation_id")).isEqualTo("envelope-1");
                });
                assertThat(events.get(2).getObject("payload"))
                        .isEqualTo(
                                JsonObject.of("chunk", "c\n", "progress", 1.0, "final", true, "status", "completed"));
            }
        }
    }

    @Test
    void lastPiece_isSentForAHandlerThatForgotIt() throws IOException {
        try (TestAgent agent =
                TestAgent.start(builder -> builder.streamingSkill("some", (task, stream) -> stream.chunk("a"))
                        .streamingSkill("none", (task, stream) -> {}))) {
            for (String skill : List.of("some", "none")) {
                try (Response response = stream(agent, task(skill))) {
                    List<JsonObject> events = events(response.body().string());
                    JsonObject last = events.get(events.size() - 1).getObject("payload");
                    assertThat(last.getBoolean("final")).isTrue();
                    assertThat(last.getString("chunk")).isEmpty();
                }
            }
        }
    }

    @Test
    void typedHandler_sendsAnyPayloadButNothingAfterTheLast() throws IOException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (TestAgent agent = TestAgent.start(builder ->
                        builder.onStream(PayloadType.TASK_REQUEST, TaskRequest.class, (request, context, stream) -> {
                            stream.send(CustomPayload.of("weather.part", JsonObject.of("storm", true)));
                            stream.send(TaskStream.last("", TaskStatus.FAILED));
                            assertThat(stream.isOpen()).isFalse();
                            try {
                                stream.chunk("too late");
                            } catch (IllegalStateException e) {
                                thrown.set(e);
                            }
                        }));
                Response response = stream(agent, task("any"))) {
            assertThat(events(response.body().string()))
                    .extracting(event -> event.getString("payload_type"))
                    .containsExactly("weather.part", "TaskStream");
            assertThat(thrown.get()).hasMessageContaining("last piece");
        }
    }

    @Test
    void failureBeforeTheFirstPiece_isAnOrdinaryAnswer() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.streamingSkill("refuse", (task, stream) -> {
                    throw ProtocolException.builder(new ErrorCode("asap:skill/rejected", -32040), "no")
                            .build();
                })
                .streamingSkill("crash", (task, stream) -> {
                    throw new IllegalStateException("secret");
                }))) {
            assertThat(error(agent, task("refuse"))).isEqualTo(-32040);
            assertThat(error(agent, task("crash"))).isEqualTo(-32603);
            assertThat(error(agent, task("nobody"))).isEqualTo(-32010);
            assertThat(error(agent, TestAgent.call("task.cancel", JsonObject.of("task_id", "t"))))
                    .isEqualTo(-32012);
            assertThat(error(agent, TestRequests.withEnvelope(task("crash"), "timestamp", "2020-01-01T00:00:00Z")))
                    .isEqualTo(-32002);
            assertThat(error(agent, JsonObject.of("method", "x", "params", JsonObject.empty(), "id", 1)))
                    .isEqualTo(-32601);
        }
        try (TestAgent unary = TestAgent.start()) {
            assertThat(error(unary, task("echo"))).isEqualTo(-32012);
        }
    }

    private static int error(TestAgent agent, JsonObject request) throws IOException {
        try (Response response = stream(agent, request)) {
            assertThat(response.code()).isEqualTo(200);
            assertThat(response.header("Content-Type")).isEqualTo("application/json");
            assertThat(response.header("ASAP-Version")).isEqualTo("2.2");
            String body = response.body().string();
            assertThat(body).doesNotContain("secret");
            return JsonObject.parse(body).getObject("error").getInt("code");
        }
    }

    @Test
    void overload_isRefusedBeforeTheStreamBegins() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (TestAgent agent =
                TestAgent.start(builder -> builder.maxConcurrentHandlers(1).streamingSkill("slow", (task, stream) -> {
                    stream.chunk("a");
                    entered.countDown();
                    release.await();
                }))) {
            try (Response first = stream(agent, task("slow"))) {
                assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
                try (Response second = stream(agent, task("slow"))) {
                    assertThat(second.code()).isEqualTo(503);
                    assertThat(second.header("Content-Type")).isEqualTo("application/json");
                }
                release.countDown();
                assertThat(events(first.body().string())).hasSize(2);
            }
        }
    }

    @Test
    void failureBehindTheFirstPiece_endsTheBodyWithoutALastOne() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.streamingSkill("half", (task, stream) -> {
                    stream.chunk("a");
                    throw new IllegalStateException("secret");
                }));
                Response response = stream(agent, task("half"))) {
            assertThat(events(response.body().string())).hasSize(1);
        }
    }

    @Test
    void pieces_goOutAtOnce() throws IOException {
        CountDownLatch seen = new CountDownLatch(1);
        try (TestAgent agent = TestAgent.start(builder -> builder.streamingSkill("wait", (task, stream) -> {
                    stream.chunk("a");
                    seen.await();
                    stream.end("b");
                }));
                Response response = stream(agent, task("wait"))) {
            assertThat(response.body().source().readUtf8Line()).contains("\"chunk\": \"a\"");
            seen.countDown();
            assertThat(response.body().source().readUtf8()).contains("\"chunk\": \"b\"");
        }
    }

    @Test
    void silenceOfTheHandler_isNotTheSilenceOfThePeer() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        for (OkHttpClient http : List.of(new OkHttpClient(), TestAgent.h2cClient())) {
            try (TestAgent agent = TestAgent.start(
                            builder -> builder.idleTimeout(Duration.ofMillis(300))
                                    .streamingSkill("think", (task, stream) -> {
                                        stream.chunk("a");
                                        assertThat(never.await(1000, TimeUnit.MILLISECONDS))
                                                .isFalse();
                                        stream.end("b");
                                    })
                                    .skill("think", task -> {
                                        assertThat(never.await(1000, TimeUnit.MILLISECONDS))
                                                .isFalse();
                                        return task.completed(JsonObject.empty());
                                    }),
                            http);
                    Response response = stream(agent, task("think"))) {
                assertThat(events(response.body().string())).hasSize(2);
                assertThat(agent.post(task("think")).has("result")).isTrue();
            }
        }
    }

    @Test
    void callerThatLeaves_isNoticedAtTheNextPiece() throws IOException {
        for (OkHttpClient http : List.of(new OkHttpClient(), TestAgent.h2cClient())) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            AtomicBoolean open = new AtomicBoolean(true);
            try (TestAgent agent = TestAgent.start(
                    builder -> builder.streamingSkill("endless", (task, stream) -> {
                        try {
                            while (true) {
                                stream.chunk("x".repeat(1000));
                            }
                        } catch (StreamClosedException e) {
                            open.set(stream.isOpen());
                            thrown.set(e);
                            throw e;
                        }
                    }),
                    http)) {
                try (Response response = stream(agent, task("endless"))) {
                    assertThat(response.body().source().readUtf8Line()).contains("xxx");
                }
                await().until(() -> thrown.get() != null);
                assertThat(open).isFalse();
                try (Response page = agent.get("/asap/metrics")) {
                    assertThat(page.body().string()).contains("stream_closed");
                }
            }
        }
    }

    @Test
    void callerThatReadsNothing_isGivenUpAfterTheIdleTimeout() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (TestAgent agent = TestAgent.start(builder -> builder.idleTimeout(Duration.ofMillis(300))
                        .streamingSkill("endless", (task, stream) -> {
                            try {
                                while (true) {
                                    stream.chunk("x".repeat(100_000));
                                }
                            } catch (StreamClosedException e) {
                                thrown.set(e);
                                throw e;
                            }
                        }));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.server.port())) {
            byte[] body = task("endless").toBytes();
            socket.getOutputStream()
                    .write(("POST /asap/stream HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            await().until(() -> thrown.get() != null);
        }
    }

    @Test
    void callerThatReadsNothingOverHttp2_isGivenUpToo() throws IOException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (TestAgent agent = TestAgent.start(
                        builder -> builder.idleTimeout(Duration.ofMillis(300))
                                .streamingSkill("endless", (task, stream) -> {
                                    try {
                                        while (true) {
                                            stream.chunk("x".repeat(100_000));
                                        }
                                    } catch (StreamClosedException e) {
                                        thrown.set(e);
                                        throw e;
                                    }
                                }),
                        TestAgent.h2cClient());
                Response response = stream(agent, task("endless"))) {
            assertThat(response.code()).isEqualTo(200);
            await().until(() -> thrown.get() != null);
        }
    }

    @Test
    void closingServer_tellsHandlersAndCutsOffThoseThatDoNotListen() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch polite = new CountDownLatch(1);
        TestAgent agent = TestAgent.start(builder -> builder.streamingSkill("polite", (task, stream) -> {
                    while (stream.isOpen()) {
                        stream.chunk("x");
                        Thread.onSpinWait();
                    }
                    stream.end("bye");
                    polite.countDown();
                })
                .streamingSkill("deaf", (task, stream) -> {
                    try {
                        while (true) {
                            stream.chunk("x".repeat(1000));
                        }
                    } catch (StreamClosedException e) {
                        thrown.set(e);
                        throw e;
                    }
                }));
        try (agent) {
            Response first = stream(agent, task("polite"));
            Response second = stream(agent, task("deaf"));
            Thread reader = new Thread(() -> {
                try (first) {
                    assertThat(first.body().string()).contains("bye");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            reader.start();
            agent.server.close(Duration.ofMillis(1500));
            assertThat(polite.await(20, TimeUnit.SECONDS)).isTrue();
            await().until(() -> thrown.get() != null);
            reader.join();
            second.close();
        }
    }

    @Test
    void secondStreamingHandlerForTheSame_isRefusedAtOnce() {
        ASAPServer.Builder builder = ASAPServer.builder(TestAgent.manifest())
                .streamingSkill("s", (task, stream) -> {})
                .onStream(PayloadType.TASK_REQUEST, TaskRequest.class, (request, context, stream) -> {});

        assertThatThrownBy(() -> builder.streamingSkill("s", (task, stream) -> {}))
                .hasMessageContaining("'s' has a streaming handler already");
        assertThatThrownBy(() ->
                        builder.onStream(PayloadType.TASK_REQUEST, TaskRequest.class, (request, context, stream) -> {}))
                .hasMessageContaining("has a streaming handler already");
    }
}
