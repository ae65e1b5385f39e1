// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.internal.socket.SocketListener;
import dev.asap.server.internal.socket.SocketSession;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One socket, step by step: the engine, the threads and the time are driven by hand. */
class SocketConnectionTest {
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);

    private final Storage storage = Storage.open("memory", StorageSettings.defaults());
    private final Session session = new Session();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final AtomicLong nanos = new AtomicLong();
    private final List<SocketListener> ended = new ArrayList<>();

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    private Semaphore reading = new Semaphore(0);
    private Runnable during = () -> {};

    /** What the engine would do is written down. */
    private static final class Session implements SocketSession {
        private final List<String> seen = new ArrayList<>();
        private @Nullable CompletableFuture<?> writing;
        private int reads;

        @Override
        public void readNext() {
            reads++;
        }

        @Override
        public CompletableFuture<?> send(String text) {
            seen.add(text);
            return writing != null ? writing : CompletableFuture.completedFuture(null);
        }

        @Override
        public void close(int code, String reason) {
            seen.add("close " + code + " " + reason);
        }

        @Override
        public void disconnect() {
            seen.add("disconnect");
        }
    }

    private static final class Opener implements HttpRequest {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String path() {
            return SocketHub.PATH;
        }

        @Override
        public @Nullable String query() {
            return null;
        }

        @Override
        public @Nullable String header(String name) {
            return name.equals("Authorization") ? "Bearer alice" : null;
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1";
        }

        @Override
        public long announcedLength() {
            return -1;
        }

        @Override
        public byte[] body() {
            return new byte[0];
        }
    }

    /** Knows whoever has a header, and nobody by the name of Mallory. */
    private static class Access implements MessageAccess {
        @Override
        public Caller authenticate(HttpRequest request) {
            assertThat(request.header("Authorization")).isEqualTo("Bearer alice");
            return Caller.ANYONE;
        }

        @Override
        public void admit(Caller caller, Envelope envelope) {
            if (envelope.sender().value().endsWith("mallory")) {
                throw ProtocolException.builder(new ErrorCode("asap:auth/other", -32050), "not you")
                        .build();
            }
        }
    }

    private SocketConnection connect(MessageAccess access) {
        Handlers handlers = new Handlers();
        handlers.addSkill("echo", task -> {
            during.run();
            return task.completed(task.input());
        });
        handlers.addStreamingSkill("stream", (task, output) -> during.run());
        Clock clock = Clock.systemUTC();
        ServerMetrics metrics = new ServerMetrics(ServerMetrics.UNOBSERVED);
        MessagePipeline pipeline = new MessagePipeline(
                TestAgent.URN,
                handlers.frozen(null),
                storage,
                access,
                new ReplayGuard(clock, false),
                new HandlerSlots(0),
                new MessageRecords(TestAgent.URN, null, null, TaskWatcher.NONE, metrics, clock, () -> "id"),
                null,
                metrics,
                MessageTracer.NONE,
                clock,
                false);
        SocketOptions options =
                SocketOptions.defaults().withHeartbeat(HEARTBEAT).withMaxWaitingBreaches(2);
        SocketConnection.Shared shared = new SocketConnection.Shared(
                pipeline,
                access,
                work::add,
                reading,
                options,
                new BreachBroadcaster(null, null, clock),
                clock,
                nanos::get);
        SocketOutbox outbox = new SocketOutbox(session, options.maxWaitingBreaches(), Duration.ofSeconds(1));
        return new SocketConnection(shared, new Opener(), session, outbox, ended::add);
    }

    private void runAll() {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
    }

    @Test
    void everyMessage_isJudgedByTheRequestThatOpenedTheSocket() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        connection.onText(TestAgent.echo(JsonObject.empty()).toString());
        connection.onText(
                TestRequests.withEnvelope(TestAgent.echo(JsonObject.empty()), "sender", "urn:asap:agent:mallory")
                        .toString());
        runAll();

        assertThat(session.seen).hasSize(2);
        assertThat(session.seen.get(0)).contains("\"result\"");
        assertThat(session.seen.get(1)).contains("-32050");
    }

    @Test
    void socketOfAStranger_isClosedUnread() {
        SocketConnection connection = connect(new Access() {
            @Override
            public Optional<String> refusal(HttpRequest handshake) {
                return Optional.of("Invalid token");
            }
        });
        connection.begin();

        assertThat(session.seen).containsExactly("close 4401 Invalid token");
    }

    @Test
    void accessThatFails_endsTheSocket() {
        SocketConnection connection = connect(new Access() {
            @Override
            public Optional<String> refusal(HttpRequest handshake) {
                throw new IllegalStateException("no keys");
            }
        });
        connection.begin();

        assertThat(session.seen).containsExactly("close 1001 ");
    }

    @Test
    void message_isAnsweredInTheThreadThatReadIt() {
        reading = new Semaphore(1);
        SocketConnection connection = connect(new Access());
        connection.begin();

        connection.onText(TestAgent.echo(JsonObject.empty()).toString());

        assertThat(session.seen).singleElement().asString().contains("completed");
        assertThat(session.reads).isEqualTo(2);
        assertThat(work).isEmpty();
        assertThat(reading.availablePermits()).isEqualTo(1);
    }

    @Test
    void message_isLeftToOtherThreadsWhenTooManyAnswerThatRead() {
        reading = new Semaphore(1);
        SocketConnection busy = connect(new Access());
        SocketConnection other = connect(new Access());
        busy.begin();
        other.begin();
        String message = TestAgent.echo(JsonObject.empty()).toString();
        during = () -> {
            during = () -> {};
            other.onText(message);
            assertThat(work).hasSize(1);
        };

        busy.onText(message);

        assertThat(session.seen).hasSize(1);
        runAll();
        assertThat(session.seen).hasSize(2);
    }

    @Test
    void stream_isLeftToOtherThreadsAndWhatFollowsWaitsForIt() {
        reading = new Semaphore(1);
        SocketConnection connection = connect(new Access());
        connection.begin();
        String stream = TestRequests.task("stream", JsonObject.empty()).toString();
        String message = TestAgent.echo(JsonObject.of("text", "behind")).toString();

        connection.onText(stream);
        connection.onText(message);

        assertThat(session.seen).isEmpty();
        assertThat(work).hasSize(1);
        assertThat(session.reads).as("read ahead").isEqualTo(3);
        runAll();
        assertThat(session.seen).last().asString().contains("behind");
    }

    @Test
    void peerWhoseMessageIsBeingAnswered_isNotTakenForSilent() {
        reading = new Semaphore(1);
        SocketConnection connection = connect(new Access());
        connection.begin();
        during = () -> {
            nanos.addAndGet(10 * HEARTBEAT.toNanos());
            connection.heartbeat();
        };

        connection.onText(TestAgent.echo(JsonObject.empty()).toString());
        connection.heartbeat();

        assertThat(session.seen).filteredOn(frame -> frame.startsWith("close")).isEmpty();
        nanos.addAndGet(4 * HEARTBEAT.toNanos());
        connection.heartbeat();
        assertThat(session.seen).last().isEqualTo("close 1001 No sign of life");
    }

    @Test
    void messagesThatWait_areBounded() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        String message = TestAgent.echo(JsonObject.empty()).toString();
        for (int i = 0; i < 16; i++) {
            assertThat(session.reads).as("asked for message %d", i).isEqualTo(i + 1);
            connection.onText(message);
        }
        assertThat(session.reads).as("no more is asked for while 16 wait").isEqualTo(16);

        runAll();

        assertThat(session.seen).hasSize(10 + 2);
        assertThat(session.seen.get(10)).contains("Rate limit exceeded");
        assertThat(session.seen.get(11)).isEqualTo("close 1008 ");
    }

    @Test
    void largeMessages_areReadOneByOne() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        connection.onText(
                TestAgent.echo(JsonObject.of("text", "x".repeat(300_000))).toString());
        assertThat(session.reads).isEqualTo(1);
        runAll();
        assertThat(session.reads).isEqualTo(2);
    }

    @Test
    void silentPeer_isSaidGoodbyeToAndThenCutOff() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        for (int i = 1; i <= 3; i++) {
            nanos.addAndGet(HEARTBEAT.toNanos());
            connection.heartbeat();
            assertThat(session.seen).hasSize(i).last().isEqualTo("{\"type\":\"ping\"}");
        }
        nanos.addAndGet(HEARTBEAT.toNanos());
        connection.heartbeat();
        assertThat(session.seen).last().isEqualTo("close 1001 No sign of life");
        connection.heartbeat();
        connection.heartbeat();
        assertThat(session.seen).last().isEqualTo("disconnect");
        connection.onClosed();
        assertThat(ended).containsExactly(connection);
    }

    @Test
    void pong_isASignOfLife() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        for (int i = 0; i < 10; i++) {
            nanos.addAndGet(HEARTBEAT.toNanos());
            connection.heartbeat();
            connection.onText("{\"type\":\"pong\"}");
            runAll();
        }
        assertThat(session.seen).hasSize(10).containsOnly("{\"type\":\"ping\"}");
    }

    @Test
    void peerThatReadsNothing_getsOnePingAndLosesItsSubscription() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        session.writing = new CompletableFuture<>();
        connection.heartbeat();
        connection.heartbeat();
        connection.heartbeat();
        assertThat(session.seen).as("one is being written, one waits").hasSize(1);

        connection.notice("one");
        connection.notice("two");
        connection.notice("three");

        assertThat(session.seen).last().isEqualTo("close 1013 Too many breaches wait");
    }

    @Test
    void idleSocket_isClosedAtOnceWhenTheServerCloses() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        connection.drain();
        assertThat(session.seen).containsExactly("close 1001 Server shutting down");
        connection.onText(TestAgent.echo(JsonObject.empty()).toString());
        assertThat(work).isEmpty();
    }

    @Test
    void busySocket_answersFirstWhenTheServerCloses() {
        SocketConnection connection = connect(new Access());
        connection.begin();
        connection.onText(TestAgent.echo(JsonObject.empty()).toString());
        connection.drain();
        assertThat(session.seen).isEmpty();
        runAll();
        assertThat(session.seen).hasSize(2);
        assertThat(session.seen.get(0)).contains("\"result\"");
        assertThat(session.seen.get(1)).isEqualTo("close 1001 Server shutting down");
    }
}
