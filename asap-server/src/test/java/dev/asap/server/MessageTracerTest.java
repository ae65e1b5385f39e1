// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.TaskNotFoundException;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tracer is told of messages, in whatever way they come. */
@Timeout(60)
class MessageTracerTest {
    /** Writes down what it is told, and marks answers. */
    private static final class Recorder implements MessageTracer {
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public Trace begin(Envelope message, String payloadType, Headers headers) {
            events.add("begin " + payloadType + " " + headers.get("traceparent"));
            Thread thread = Thread.currentThread();
            return new Trace() {
                @Override
                public Envelope outgoing(Envelope answer) {
                    return answer.toBuilder()
                            .extensions(JsonObject.of("marked", true))
                            .build();
                }

                @Override
                public void failed(String errorType) {
                    events.add("failed " + errorType);
                }

                @Override
                public void end() {
                    events.add(thread == Thread.currentThread() ? "end" : "end in another thread");
                }
            };
        }
    }

    private final Recorder recorder = new Recorder();

    private TestAgent start(UnaryOperator<ASAPServer.Builder> options) {
        return TestAgent.start(builder -> options.apply(builder.tracer(recorder)));
    }

    @Test
    void message_isFollowedToItsAnswer() throws IOException {
        try (TestAgent agent = start(builder -> builder)) {
            JsonObject answer = agent.postWith(TestAgent.echo(JsonObject.empty()), "traceparent", "t");

            assertThat(recorder.events).containsExactly("begin task.request t", "end");
            assertThat(answer.getObject("result").getObject("envelope").getObject("extensions"))
                    .isEqualTo(JsonObject.of("marked", true));
        }
    }

    @Test
    void failures_areNamedAsTheMetricsNameThem() throws IOException {
        UnaryOperator<ASAPServer.Builder> failing = builder -> builder.skill("crash", task -> {
                    throw new IllegalArgumentException("expected by the test");
                })
                .skill("lost", task -> {
                    throw new TaskNotFoundException("t-1");
                });
        try (TestAgent agent = start(failing)) {
            for (String skill : List.of("crash", "lost", "nobody")) {
                agent.post(TestAgent.call(
                        "task.request",
                        JsonObject.of("conversation_id", "c", "skill_id", skill, "input", JsonObject.empty())));
            }
            agent.post(TestAgent.call("made.up", JsonObject.empty()));

            assertThat(recorder.events)
                    .containsExactly(
                            "begin task.request null",
                            "failed internal_error",
                            "end",
                            "begin task.request null",
                            "failed asap:task/not_found",
                            "end",
                            "begin task.request null",
                            "failed asap:skill/not_found",
                            "end",
                            "begin other null",
                            "failed asap:transport/handler_not_found",
                            "end");
        }
    }

    @Test
    void whatIsNotLetIn_isNotFollowed() throws IOException {
        try (TestAgent agent = start(builder -> builder)) {
            agent.post("not json");
            agent.post(TestAgent.call("task.request", JsonObject.empty()));

            assertThat(recorder.events).isEmpty();
        }
    }

    @Test
    void messagesOfABatch_areFollowedEach() throws IOException {
        try (TestAgent agent = start(builder -> builder)) {
            JsonObject call = TestAgent.echo(JsonObject.empty());
            try (Response response = agent.exchange(
                    "POST", "/asap", RequestBody.create(JsonArray.of(call, call).toString(), null))) {
                assertThat(response.code()).isEqualTo(200);
            }

            assertThat(recorder.events)
                    .containsExactlyInAnyOrder("begin task.request null", "begin task.request null", "end", "end");
        }
    }

    @Test
    void streamedAnswer_isFollowedToItsLastPiece() throws IOException {
        UnaryOperator<ASAPServer.Builder> streaming =
                builder -> builder.streamingSkill("echo", (task, stream) -> stream.chunk("a"));
        try (TestAgent agent = start(streaming);
                Response response = agent.exchange(
                        "POST", "/asap/stream", TestAgent.echo(JsonObject.empty()), "traceparent", "t")) {
            String events = response.body().string();

            assertThat(events.split("\n\n")).hasSize(2).allMatch(event -> event.contains("\"marked\": true"));
            assertThat(recorder.events).containsExactly("begin task.request t", "end");
        }
    }

    @Test
    void socket_hasNoTraceForItsMessages() throws Exception {
        try (TestAgent agent = start(builder -> builder);
                TestSocket socket = TestSocket.open(agent)) {
            socket.send(TestAgent.echo(JsonObject.empty()));
            assertThat(socket.next().has("result")).isTrue();

            assertThat(recorder.events).containsExactly("begin task.request null", "end");
        }
    }

    @Test
    void tracerThatFails_doesNoHarm() throws IOException {
        MessageTracer broken = (message, type, headers) -> new MessageTracer.Trace() {
            @Override
            public Envelope outgoing(Envelope answer) {
                throw new IllegalStateException("expected by the test");
            }

            @Override
            public void end() {
                throw new IllegalStateException("expected by the test");
            }
        };
        MessageTracer brokenAtOnce = (message, type, headers) -> {
            throw new IllegalStateException("expected by the test");
        };
        for (MessageTracer tracer : List.of(broken, brokenAtOnce)) {
            try (TestAgent agent = TestAgent.start(builder -> builder.tracer(tracer))) {
                assertThat(agent.payload(TestAgent.echo(JsonObject.empty())).getString("status"))
                        .isEqualTo("completed");
            }
        }
    }
}
