// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.economics.sla.WatchedAgent;
import dev.asap.json.JsonObject;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.server.webhook.BreachWebhook;
import dev.asap.server.webhook.WebhookSender;
import dev.asap.server.webhook.WebhookSignature;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAWindow;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Service levels that a server keeps by itself, with a time that the test moves. */
@ExtendWith(LeakChecks.class)
@Timeout(120)
class ServiceLevelTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:30:00Z");
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final String SELF = TestAgent.URN.value();
    private static final String OTHER = "urn:asap:agent:other";
    private static final SLADefinition PROMISES = new SLADefinition("99%", 60_000L, "1%", null);
    private static final Manifest PROMISING = Manifest.builder(
                    TestAgent.URN, "Under test", "1.0.0", Endpoint.of("http://agent.example/asap"))
            .sla(PROMISES)
            .build();
    private static final SocketOptions FREE = SocketOptions.defaults().withMessagesPerSecond(0);

    private final SettableClock clock = SettableClock.at(NOW);
    private final AtomicLong nanos = new AtomicLong();

    private SLAMonitor.Builder byHand(SLAMonitor.Builder monitor) {
        return monitor.manual(true)
                .probeExecutor(Runnable::run)
                .clock(clock)
                .ticker(nanos::get)
                .logged(false);
    }

    private ASAPServer.Builder options(ASAPServer.Builder server) {
        return server.sockets(FREE)
                .clock(clock)
                .slaRoutes(true)
                .slaMonitor(this::byHand)
                .skill("fail", task -> task.failed(JsonObject.empty()))
                .skill("crash", task -> {
                    throw new IllegalStateException("expected");
                })
                .streamingSkill("write", (task, stream) -> stream.end("done"));
    }

    private TestAgent start() {
        return start(server -> server);
    }

    private TestAgent start(UnaryOperator<ASAPServer.Builder> more) {
        return TestAgent.start(PROMISING, server -> more.apply(options(server)));
    }

    private static SLAMonitor monitor(ASAPServer server) {
        return server.slaMonitor().orElseThrow();
    }

    /** Lets time go by, with a tick every five seconds. */
    private void pass(Duration length, ASAPServer server) {
        for (long i = length.dividedBy(STEP); i > 0; i--) {
            jump(STEP, server);
        }
    }

    /** Lets time go by at once, as if nobody had looked at the clock meanwhile. */
    private void jump(Duration length, ASAPServer server) {
        clock.advance(length);
        nanos.addAndGet(length.toNanos());
        monitor(server).tick();
    }

    private static JsonObject task(String skill) {
        return TestRequests.task(skill, JsonObject.empty());
    }

    private static TestSocket subscriber(TestAgent agent, JsonObject params) throws InterruptedException {
        TestSocket socket = TestSocket.open(agent);
        assertThat(socket.call(subscribe(params)).getObject("result")).isEqualTo(JsonObject.of("subscribed", true));
        return socket;
    }

    private static JsonObject subscribe(JsonObject params) {
        return JsonObject.of("jsonrpc", "2.0", "method", "sla.subscribe", "params", params, "id", 1);
    }

    private static JsonObject params(JsonObject notice) {
        assertThat(notice.getString("method")).isEqualTo("sla.breach");
        return notice.getObject("params");
    }

    private static JsonObject breachOf(JsonObject notice) {
        return params(notice).getObject("breach");
    }

    private static SLABreach breach(String id, String agentId, BreachSeverity severity, Instant detectedAt) {
        return new SLABreach(id, agentId, BreachType.LATENCY, "500ms", "700ms", severity, detectedAt, null);
    }

    private static Page<SLABreach> stored(Storage storage) {
        return storage.sla().queryBreaches(SLABreachFilter.all(), PageRequest.first());
    }

    // The monitor.

    @Test
    void monitor_watchesAnAgentThatPromises_andNoOther() {
        try (TestAgent agent = TestAgent.start(PROMISING, server -> server)) {
            assertThat(monitor(agent.server).agents()).containsExactly(SELF);
        }
        try (TestAgent agent = TestAgent.start()) {
            assertThat(agent.server.slaMonitor()).isEmpty();
        }
        try (TestAgent agent = start(server -> server.slaMonitor(null))) {
            assertThat(agent.server.slaMonitor()).isEmpty();
        }
    }

    @Test
    void storageWithoutServiceLevels_isEnoughToServe() throws Exception {
        try (TestAgent agent = start(server -> server.storage(Storage.of(new InMemorySnapshotStore())))) {
            assertThat(agent.server.slaMonitor()).isEmpty();
            assertThat(agent.post(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
        }
    }

    @Test
    void tasks_countHoweverTheyAreAskedForAndEnd() throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = TestSocket.open(agent)) {
            agent.post(TestAgent.echo(JsonObject.empty()));
            agent.post(task("fail"));
            agent.post(task("crash"));
            socket.call(TestAgent.echo(JsonObject.empty()));
            socket.call(task("crash"));
            socket.call(task("write"));
            agent.exchange("POST", "/asap/stream", task("write")).close();
            agent.post(task("nobody-does-this"));

            await().untilAsserted(() -> {
                SLAMetrics figures = monitor(agent.server)
                        .figures(SELF, SLAWindow.HOUR)
                        .orElseThrow()
                        .metrics();
                assertThat(figures.tasksCompleted()).isEqualTo(4);
                assertThat(figures.tasksFailed()).isEqualTo(3);
            });
        }
    }

    @Test
    void breach_isToldWithTheNextEvaluation_onceWhenItBeginsAndOnceWhenItEnds() throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = subscriber(agent, JsonObject.empty())) {
            agent.post(task("fail"));
            pass(Duration.ofSeconds(25), agent.server);
            assertThat(stored(agent.storage).total()).isZero();

            pass(STEP, agent.server);
            JsonObject opened = breachOf(socket.next());
            assertThat(opened.getString("agent_id")).isEqualTo(SELF);
            assertThat(opened.getString("breach_type")).isEqualTo("error_rate");
            assertThat(opened.getString("severity")).isEqualTo("critical");
            assertThat(opened.getString("detected_at")).isEqualTo("2026-03-01T09:30:30Z");
            assertThat(opened.get("resolved_at").isNull()).isTrue();

            pass(Duration.ofMinutes(5), agent.server);
            jump(Duration.ofHours(2), agent.server);
            JsonObject resolved = breachOf(socket.next());
            assertThat(resolved.getString("id")).isEqualTo(opened.getString("id"));
            assertThat(resolved.getString("resolved_at")).isEqualTo("2026-03-01T11:35:30Z");
            assertThat(stored(agent.storage).items()).singleElement().matches(breach -> !breach.isOpen(), "is over");
        }
    }

    @Test
    void failingListeners_keepNobodyFromBeingTold() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        UnaryOperator<ASAPServer.Builder> options = server -> server.slaMonitor(monitor -> byHand(monitor)
                .listener(event -> {
                    throw new IllegalStateException("expected");
                })
                .listener(event -> waitFor(release)));
        try (TestAgent agent = start(options);
                TestSocket socket = subscriber(agent, JsonObject.empty())) {
            agent.post(task("fail"));
            pass(Duration.ofSeconds(30), agent.server);

            assertThat(breachOf(socket.next()).getString("agent_id")).isEqualTo(SELF);
            await().until(() -> monitor(agent.server).status().listenerFailures() == 1);
            release.countDown();
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closingServer_writesThePeriodThatRuns() throws Exception {
        try (TestAgent agent = start()) {
            agent.post(task("echo"));
            pass(Duration.ofSeconds(20), agent.server);
            agent.server.close();

            assertThat(agent.storage
                            .sla()
                            .queryMetrics(SLAMetricsFilter.all(), PageRequest.first())
                            .items())
                    .singleElement()
                    .matches(row -> row.tasksCompleted() == 1
                            && row.periodEnd().equals(NOW.plusSeconds(20))
                            && row.uptimePercent() == 100);
        }
    }

    @Test
    void restartedServer_goesOnWithTheOpenBreach() throws Exception {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults())) {
            String id;
            try (RestAgent agent = RestAgent.start(PROMISING, storage, this::options)) {
                agent.post("/asap", task("fail").toString());
                pass(Duration.ofSeconds(30), agent.server);
                id = stored(storage).items().get(0).id();
            }
            try (RestAgent agent = RestAgent.start(PROMISING, storage, this::options)) {
                pass(Duration.ofMinutes(1), agent.server);

                assertThat(monitor(agent.server).status().openBreaches()).hasSize(1);
                assertThat(stored(storage).items()).singleElement().matches(SLABreach::isOpen, "is open");
                assertThat(stored(storage).items().get(0).id()).isEqualTo(id);
            }
        }
    }

    // What is shown.

    @Test
    void status_hasTheUptimeByTimeOfWatchedAgents() throws Exception {
        boolean[] up = {true};
        try (TestAgent agent = start()) {
            monitor(agent.server).add(new WatchedAgent(OTHER, PROMISES, () -> up[0]));
            Instant before = NOW.minusSeconds(600);
            agent.storage
                    .sla()
                    .recordMetrics(new SLAMetrics("unwatched", before, before.plusSeconds(60), 50, 1, 0, 1, 0));
            pass(Duration.ofMinutes(2), agent.server);
            up[0] = false;
            pass(Duration.ofMinutes(2), agent.server);

            JsonObject answer = JsonObject.parse(text(agent, "/sla?window=1h"));
            for (int i = 0; i < 3; i++) {
                JsonObject status = answer.getArray("data").get(i).asObject();
                String id = status.getString("agent_id");
                assertThat(status.has("uptime_by_time_percent")).as(id).isEqualTo(!id.equals("unwatched"));
                if (id.equals(SELF)) {
                    assertThat(status.getDouble("uptime_by_time_percent")).isEqualTo(100);
                } else if (id.equals(OTHER)) {
                    assertThat(status.getDouble("uptime_by_time_percent")).isBetween(45.0, 55.0);
                }
            }
        }
    }

    private static String text(TestAgent agent, String path) throws IOException {
        try (okhttp3.Response response = agent.get(path)) {
            return response.body().string();
        }
    }

    @Test
    void metrics_tellHowTheMonitorIsDoing() throws Exception {
        try (TestAgent agent = start()) {
            assertThat(text(agent, "/asap/metrics")).contains("\nasap_sla_breaches_open 0");
            agent.post(task("fail"));
            pass(Duration.ofSeconds(30), agent.server);

            assertThat(text(agent, "/asap/metrics"))
                    .contains(
                            "\nasap_sla_breaches_open 1",
                            "\nasap_sla_periods_waiting 0",
                            "\nasap_sla_periods_dropped_total 0",
                            "\nasap_sla_store_failures_total 0",
                            "\nasap_sla_notifications_dropped_total 0");
        }
        try (TestAgent agent = TestAgent.start()) {
            assertThat(text(agent, "/asap/metrics")).doesNotContain("asap_sla_");
        }
    }

    // Who is told.

    @Test
    void selection_byAgentAndSeverity_holdsForEachSubscriber() throws Exception {
        JsonObject critical = JsonObject.of("severity", "critical", "unknown", true);
        try (TestAgent agent = start();
                TestSocket all = subscriber(agent, JsonObject.empty());
                TestSocket ofOther = subscriber(agent, JsonObject.of("agent_id", OTHER));
                TestSocket ofCritical = subscriber(agent, critical);
                TestSocket ofBoth = subscriber(agent, critical.with("agent_id", OTHER))) {
            agent.server.breaches().publish(breach("b1", SELF, BreachSeverity.WARNING, NOW));
            agent.server.breaches().publish(breach("b2", OTHER, BreachSeverity.WARNING, NOW));
            agent.server.breaches().publish(breach("b3", SELF, BreachSeverity.CRITICAL, NOW));
            agent.server.breaches().publish(breach("b4", OTHER, BreachSeverity.CRITICAL, NOW));

            assertThat(ids(all, 4)).containsExactly("b1", "b2", "b3", "b4");
            assertThat(ids(ofOther, 2)).containsExactly("b2", "b4");
            assertThat(ids(ofCritical, 2)).containsExactly("b3", "b4");
            assertThat(ids(ofBoth, 1)).containsExactly("b4");
        }
    }

    private static List<String> ids(TestSocket socket, int count) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(breachOf(socket.next()).getString("id"));
        }
        return ids;
    }

    @Test
    void secondSubscription_takesThePlaceOfTheFirst() throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = subscriber(agent, JsonObject.of("agent_id", OTHER))) {
            assertThat(socket.call(subscribe(JsonObject.of("agent_id", SELF))).has("result"))
                    .isTrue();
            agent.server.breaches().publish(breach("b1", OTHER, BreachSeverity.WARNING, NOW));
            agent.server.breaches().publish(breach("b2", SELF, BreachSeverity.WARNING, NOW));

            assertThat(ids(socket, 1)).containsExactly("b2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"agent_id\":5}",
                "{\"severity\":\"purple\"}",
                "{\"severity\":[]}",
                "{\"since\":\"yesterday\"}",
                "{\"since\":{}}"
            })
    void wrongParameters_areRefused_andSubscribeNobody(String params) throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = TestSocket.open(agent)) {
            JsonObject answer = socket.call(subscribe(JsonObject.parse(params)));

            assertThat(answer.getObject("error").getInt("code")).isEqualTo(-32602);
            assertThat(answer.getInt("id")).isEqualTo(1);
            assertThat(agent.server.breaches().subscribers()).isZero();
            assertThat(socket.call(TestAgent.echo(JsonObject.empty())).has("result"))
                    .isTrue();
        }
    }

    @Test
    void parametersThatAreNoObject_arePassedOver() throws Exception {
        try (TestAgent agent = start();
                TestSocket socket = TestSocket.open(agent)) {
            assertThat(socket.call(JsonObject.of("method", "sla.subscribe", "params", List.of(1), "id", 1))
                            .has("result"))
                    .isTrue();
            assertThat(agent.server.breaches().subscribers()).isEqualTo(1);
        }
    }

    @Test
    void since_tellsStoredBreachesFirst_overSeveralPages() throws Exception {
        try (TestAgent agent = start()) {
            for (int i = 0; i < 250; i++) {
                String of = i % 2 == 0 ? SELF : OTHER;
                agent.storage
                        .sla()
                        .recordBreach(breach("b" + i, of, BreachSeverity.WARNING, NOW.minusSeconds(250 - i)));
            }
            agent.storage.delegations().register(IssuedDelegation.of("del_1", "urn:asap:agent:boss", SELF, NOW));
            JsonObject since = JsonObject.of("since", NOW.minusSeconds(240).toString(), "agent_id", SELF);
            try (TestSocket socket = subscriber(agent, since)) {
                for (int i = 10; i < 250; i += 2) {
                    JsonObject notice = socket.next();
                    assertThat(breachOf(notice).getString("id")).isEqualTo("b" + i);
                    assertThat(params(notice).getObject("delegations"))
                            .isEqualTo(JsonObject.of("total", 1, "ids", List.of("del_1")));
                }
                agent.server.breaches().publish(breach("live", SELF, BreachSeverity.WARNING, NOW));
                assertThat(ids(socket, 1)).containsExactly("live");
            }
        }
    }

    @Test
    void since_isBounded() throws Exception {
        try (TestAgent agent = start()) {
            for (int i = 0; i < BreachBroadcaster.MAX_REPLAYED + 5; i++) {
                agent.storage.sla().recordBreach(breach("b" + i, SELF, BreachSeverity.WARNING, NOW.plusMillis(i)));
            }
            try (TestSocket socket = subscriber(agent, JsonObject.of("since", NOW.toString()))) {
                for (int i = 0; i < BreachBroadcaster.MAX_REPLAYED; i++) {
                    assertThat(breachOf(socket.next()).getString("id")).isEqualTo("b" + i);
                }
                assertThat(socket.call(TestAgent.echo(JsonObject.empty())).has("result"))
                        .isTrue();
            }
        }
    }

    @Test
    void since_countsAsAMessage() throws Exception {
        SocketOptions few = SocketOptions.defaults().withMessagesPerSecond(0.001);
        JsonObject since = JsonObject.of("since", NOW.toString());
        try (TestAgent agent = start(server -> server.sockets(few));
                TestSocket socket = subscriber(agent, since)) {
            assertThat(socket.call(subscribe(JsonObject.empty())).has("result")).isTrue();

            assertThat(socket.call(subscribe(since)).getObject("error").getInt("code"))
                    .isEqualTo(-32001);
            assertThat(socket.nextText()).isEqualTo("closed 1008 ");
        }
    }

    @Test
    void subscriberThatReadsNothing_disturbsNoneOfAThousand() throws Exception {
        SocketOptions room = FREE.withMaxConnections(2000).withMaxWaitingBreaches(10);
        List<RawSubscriber> reading = new ArrayList<>();
        try (TestAgent agent = start(server -> server.sockets(room));
                RawSubscriber stuck = new RawSubscriber(agent, JsonObject.empty())) {
            try {
                for (int i = 1; i < 1000; i++) {
                    reading.add(new RawSubscriber(agent, JsonObject.of("agent_id", SELF)));
                }
                assertThat(agent.server.breaches().subscribers()).isEqualTo(1000);
                agent.server.breaches().publish(breach("first", SELF, BreachSeverity.WARNING, NOW));
                SLABreach large = new SLABreach(
                        "flood",
                        OTHER,
                        BreachType.LATENCY,
                        "y".repeat(1000),
                        "z".repeat(1000),
                        BreachSeverity.WARNING,
                        NOW,
                        null);
                int published = 0;
                while (agent.server.breaches().subscribers() == 1000) {
                    assertThat(published++).isLessThan(100_000);
                    agent.server.breaches().publish(large);
                }
                agent.server.breaches().publish(breach("second", SELF, BreachSeverity.WARNING, NOW));

                for (RawSubscriber each : reading) {
                    assertThat(each.next()).contains("\"first\"");
                    assertThat(each.next()).contains("\"second\"");
                }
                assertThat(stuck.socket.isClosed()).isFalse();
            } finally {
                for (RawSubscriber each : reading) {
                    each.close();
                }
            }
        }
    }

    /** A subscriber without a thread of its own, so that there can be many. */
    private static final class RawSubscriber implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;

        RawSubscriber(TestAgent agent, JsonObject params) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), agent.server.port());
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            String request = String.join(
                    "\r\n",
                    "GET /asap/ws HTTP/1.1",
                    "Host: a",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "",
                    "");
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            byte[] text = subscribe(params).toBytes();
            assertThat(text).hasSizeLessThan(126 * 2);
            // A final text frame with a mask of zeros; its length takes two bytes.
            out.write(new byte[] {(byte) 0x81, (byte) (0x80 | 126), 0, (byte) text.length, 0, 0, 0, 0});
            out.write(text);
            assertThat(next()).contains("\"subscribed\"");
        }

        /** The next text frame, of less than 64 KiB. */
        String next() throws IOException {
            assertThat(in.readUnsignedByte()).isEqualTo(0x81);
            int length = in.readUnsignedByte();
            byte[] text = new byte[length == 126 ? in.readUnsignedShort() : length];
            in.readFully(text);
            return new String(text, StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    // Webhooks.

    @Test
    void webhook_tellsOfTheBeginningAndTheEnd_signed() throws Exception {
        BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
        HttpServer hooks = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hooks.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String signature = exchange.getRequestHeaders().getFirst(WebhookSignature.HEADER);
            if (WebhookSignature.matches(signature, "secret", body)) {
                received.add(JsonObject.parse(body));
            }
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hooks.start();
        URI url = URI.create("http://127.0.0.1:" + hooks.getAddress().getPort() + "/");
        try (WebhookSender sender = WebhookSender.builder()
                        .secret("secret")
                        .allowPlainHttp(true)
                        .allowPrivateAddresses(true)
                        .build();
                TestAgent agent = start(server ->
                        server.slaMonitor(monitor -> byHand(monitor).listener(new BreachWebhook(sender, url))))) {
            agent.post(task("fail"));
            pass(Duration.ofSeconds(30), agent.server);
            JsonObject opened = received.poll(20, TimeUnit.SECONDS);
            jump(Duration.ofHours(2), agent.server);
            JsonObject resolved = received.poll(20, TimeUnit.SECONDS);

            assertThat(opened).isNotNull();
            assertThat(opened.getString("event")).isEqualTo("sla.breach.opened");
            assertThat(opened.getObject("breach").getString("breach_type")).isEqualTo("error_rate");
            assertThat(resolved).isNotNull();
            assertThat(resolved.getString("event")).isEqualTo("sla.breach.resolved");
            assertThat(resolved.getObject("breach").getString("id"))
                    .isEqualTo(opened.getObject("breach").getString("id"));
        } finally {
            hooks.stop(0);
        }
    }
}
