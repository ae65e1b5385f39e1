// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.asap.json.JsonObject;
import java.io.IOException;
import java.util.List;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What a server logs of requests, and of routes that are open. */
@Timeout(60)
class AccessLogTest {
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger requests = (Logger) LoggerFactory.getLogger(AccessLog.class);
    private final Logger server = (Logger) LoggerFactory.getLogger(ASAPServer.class);
    private final Level level = requests.getLevel();

    @BeforeEach
    void listen() {
        lines.start();
        requests.addAppender(lines);
        requests.setAdditive(false);
        requests.setLevel(Level.DEBUG);
        server.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        requests.detachAppender(lines);
        requests.setAdditive(true);
        requests.setLevel(level);
        server.detachAppender(lines);
    }

    /** The lines of so many requests, without the times that they took. */
    private List<String> logged(int count) {
        await().until(() -> List.copyOf(lines.list).size() >= count);
        return List.copyOf(lines.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .map(line -> line.replaceAll("duration_ms=\\d+\\.\\d\\d", "duration_ms=T"))
                .toList();
    }

    @Test
    void request_isOneLineWithoutQueryOrHeaders() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            agent.postWith(TestAgent.echo(JsonObject.of("secret", "payload")), "Authorization", "Bearer token-1");
            agent.get("/health?token=secret").close();
            agent.get("/nowhere").close();

            assertThat(logged(3))
                    .containsExactly(
                            "asap.server.request method=POST path=/asap status=200 duration_ms=T payload_type=task.request sender=urn:asap:agent:caller",
                            "asap.server.request method=GET path=/health status=200 duration_ms=T payload_type=none sender=none",
                            "asap.server.request method=GET path=/nowhere status=404 duration_ms=T payload_type=none sender=none");
        }
    }

    @Test
    void textOfCallers_cannotLookLikeAnotherMember() throws IOException {
        try (TestAgent agent = TestAgent.start()) {
            agent.post(TestAgent.call("a\nstatus=200 b" + "c".repeat(200), JsonObject.empty()));

            assertThat(logged(1).get(0))
                    .contains(" payload_type=a?status=200_bc")
                    .contains("c… sender=");
        }
    }

    @Test
    void stream_isLoggedWhenItHasEnded() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.streamingSkill("echo", (task, stream) -> {
                    stream.chunk("a");
                    assertThat(lines.list).isEmpty();
                }));
                Response response = agent.exchange("POST", "/asap/stream", TestAgent.echo(JsonObject.empty()))) {
            assertThat(response.body().string().split("\n\n")).hasSize(2);

            assertThat(logged(1))
                    .containsExactly(
                            "asap.server.request method=POST path=/asap/stream status=200 duration_ms=T payload_type=task.request sender=urn:asap:agent:caller");
        }
    }

    @Test
    void nothing_isLoggedAboveDebug() throws IOException {
        requests.setLevel(Level.INFO);
        try (TestAgent agent = TestAgent.start()) {
            agent.post(TestAgent.echo(JsonObject.empty()));
        }
        assertThat(lines.list).isEmpty();
    }

    @Test
    void openOperatorRoutes_areWarnedOfAtTheStart() {
        try (TestAgent agent = TestAgent.start(
                builder -> builder.usageRoutes(true).slaRoutes(true).auditRoutes(true))) {
            assertThat(agent.server.port()).isPositive();
            assertThat(logged(3))
                    .anyMatch(line -> line.startsWith("usageRoutes is on and nobody is asked who they are at /usage"))
                    .anyMatch(line -> line.startsWith("slaRoutes is on"))
                    .anyMatch(line -> line.startsWith("auditRoutes is on"));
        }
    }

    @Test
    void protectedOperatorRoutes_areNot() {
        OAuth2 oauth2 = OAuth2.keys(KeySetSource.of("{\"keys\":[]}"))
                .operatorRoutes(true)
                .build();
        try (TestAgent agent = TestAgent.start(builder ->
                builder.oauth2(oauth2).usageRoutes(true).slaRoutes(true).auditRoutes(true))) {
            assertThat(agent.server.port()).isPositive();
        }
        assertThat(lines.list).isEmpty();
    }
}
