// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.ASAPClient;
import dev.asap.client.CallOptions;
import dev.asap.client.RetryPolicy;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.economics.sla.WatchedAgent;
import dev.asap.economics.sla.WindowFigures;
import dev.asap.error.RemoteErrorException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.page.PageRequest;
import dev.asap.server.ASAPServer;
import dev.asap.server.DelegationGuard;
import dev.asap.server.KeySetSource;
import dev.asap.server.OAuth2;
import dev.asap.server.RateLimit;
import dev.asap.server.TaskContext;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAWindow;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Metering, service levels and delegations together, over real sockets and with a time that the test moves. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class ServiceLevelsTest {
    private static final AgentUrn PLATFORM = AgentUrn.of("urn:asap:agent:platform");
    private static final AgentUrn BOSS = AgentUrn.of("urn:asap:agent:boss");
    private static final AgentUrn WORKER = AgentUrn.of("urn:asap:agent:worker");
    private static final SLADefinition PROMISES = new SLADefinition("99%", 60_000L, "1%", null);
    private static final Duration STEP = Duration.ofSeconds(5);

    private final Ed25519PrivateKey issuer = Ed25519PrivateKey.generate();
    private final Ed25519PrivateKey bossKey = Ed25519PrivateKey.generate();
    private final OkHttpClient http = new OkHttpClient();
    private final Storage storage = Storage.open("memory", StorageSettings.defaults());

    // Behind the server's own clock, so that what is stored is in the windows that end now.
    private final SettableClock clock = SettableClock.at(Instant.now().minusSeconds(1800));
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void close() {
        storage.close();
        http.connectionPool().evictAll();
        http.dispatcher().executorService().shutdown();
    }

    private static Manifest.Builder manifest(AgentUrn id) {
        return Manifest.builder(id, "Agent", "1.0.0", Endpoint.of("http://agent.example/asap"));
    }

    private ASAPServer startPlatform(UnaryOperator<ASAPServer.Builder> options) {
        return options.apply(ASAPServer.builder(manifest(PLATFORM).sla(PROMISES).build())
                        .storage(storage)
                        .rateLimit(RateLimit.none())
                        .usageRoutes(true)
                        .slaRoutes(true)
                        .slaMonitor(monitor -> monitor.manual(true)
                                .probeExecutor(Runnable::run)
                                .clock(clock)
                                .ticker(nanos::get)
                                .logged(false))
                        .skill("work", ServiceLevelsTest::work))
                .start();
    }

    private static TaskResponse work(TaskContext task) throws InterruptedException {
        Thread.sleep(task.input().getLong("ms", 0));
        return task.input().getBoolean("fail", false)
                ? task.failed(JsonObject.empty())
                : task.completed(JsonObject.empty());
    }

    /** With OAuth2, and delegations that it signs for the boss and holds tasks to. */
    private ASAPServer startPlatformWithDelegations() {
        String keySet = JsonObject.of("keys", List.of(issuer.publicKey().toJwk().with("kid", "k")))
                .toString();
        return startPlatform(server -> server.oauth2(
                        OAuth2.keys(KeySetSource.of(keySet)).build())
                .delegationKeys(agent -> agent.equals(BOSS.value()) ? Optional.of(bossKey) : Optional.empty())
                .delegationGuard(DelegationGuard.of(
                        agent -> agent.equals(BOSS.value()) ? Optional.of(bossKey.publicKey()) : Optional.empty())));
    }

    private String accessToken(AgentUrn subject) {
        JsonObject claims = JsonObject.of(
                "sub",
                subject.value(),
                "exp",
                Instant.now().plusSeconds(600).getEpochSecond(),
                "scope",
                "asap:read asap:execute",
                OAuth2.DEFAULT_IDENTITY_CLAIM,
                PLATFORM.value());
        String signed = base64(JsonObject.of("alg", "EdDSA", "kid", "k").toBytes()) + "." + base64(claims.toBytes());
        return signed + "." + base64(issuer.sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private JsonObject rest(ASAPServer server, String path, AgentUrn caller, @Nullable JsonObject body)
            throws IOException {
        Request.Builder request =
                new Request.Builder().url(server.url() + path).header("Authorization", "Bearer " + accessToken(caller));
        if (body != null) {
            request.post(RequestBody.create(body.toBytes(), MediaType.get("application/json")));
        }
        try (Response response = http.newCall(request.build()).execute()) {
            assertThat(response.isSuccessful()).as(path).isTrue();
            return JsonObject.parse(response.body().bytes());
        }
    }

    /** Subscribes to all breaches; the queue gets the answer first. */
    private BlockingQueue<JsonObject> subscribe(ASAPServer server, AgentUrn caller) throws InterruptedException {
        BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
        Request request = new Request.Builder()
                .url(server.url() + "/asap/ws")
                .header("Authorization", "Bearer " + accessToken(caller))
                .build();
        WebSocket socket = http.newWebSocket(request, new WebSocketListener() {
            @Override
            public void onMessage(WebSocket webSocket, String text) {
                frames.add(JsonObject.parse(text));
            }

            @Override
            public void onClosing(WebSocket webSocket, int code, String reason) {
                webSocket.close(code, reason);
            }
        });
        assertThat(socket.send("{\"jsonrpc\":\"2.0\",\"method\":\"sla.subscribe\",\"id\":1}"))
                .isTrue();
        assertThat(next(frames).has("result")).isTrue();
        return frames;
    }

    private static JsonObject next(BlockingQueue<JsonObject> frames) throws InterruptedException {
        JsonObject frame = frames.poll(20, TimeUnit.SECONDS);
        assertThat(frame).as("a frame within 20 s").isNotNull();
        return frame;
    }

    private static SLAMonitor monitor(ASAPServer server) {
        return server.slaMonitor().orElseThrow();
    }

    /** Lets time go by for the monitor, with a tick every five seconds. */
    private void pass(Duration length, ASAPServer server) {
        for (long i = length.dividedBy(STEP); i > 0; i--) {
            jump(STEP, server);
        }
    }

    private void jump(Duration length, ASAPServer server) {
        clock.advance(length);
        nanos.addAndGet(length.toNanos());
        monitor(server).tick();
    }

    private List<SLABreach> breaches() {
        return storage.sla()
                .queryBreaches(SLABreachFilter.all(), PageRequest.first())
                .items();
    }

    @Test
    @DisplayName("3.5.1 the figures of service are those of the metered tasks")
    void figures_areThoseOfTheMeteredTasks() throws Exception {
        try (ASAPServer platform = startPlatform(server -> server);
                ASAPClient client = ASAPClient.builder(platform.url()).build()) {
            for (int i = 0; i < 40; i++) {
                JsonObject input = JsonObject.of("ms", i % 20, "fail", i % 10 == 3);
                client.request(BOSS, PLATFORM, TaskRequest.of("c", "work", input));
            }
            JsonObject usage = rest(platform, "/usage", BOSS, null);
            long[] durations = usage.getArray("data").stream()
                    .map(JsonValue::asObject)
                    .mapToLong(event -> event.getLong("duration_ms"))
                    .toArray();
            pass(Duration.ofMinutes(1), platform);

            assertThat(durations).hasSize(40);
            WindowFigures figures =
                    monitor(platform).figures(PLATFORM.value(), SLAWindow.HOUR).orElseThrow();
            assertThat(figures.latency().p95()).isEqualTo(SLAFormulas.p95(durations));
            SLAMetrics period = storage.sla()
                    .queryMetrics(SLAMetricsFilter.all(), PageRequest.first())
                    .items()
                    .get(0);
            assertThat(period.latencyP95Ms()).isEqualTo(SLAFormulas.p95(durations));
            assertThat(period.tasksCompleted()).isEqualTo(36);
            assertThat(period.tasksFailed()).isEqualTo(4);
            assertThat(period.errorRatePercent()).isEqualTo(10);
            assertThat(breaches()).extracting(SLABreach::breachType).containsExactly(BreachType.ERROR_RATE);
        }
    }

    @Test
    @DisplayName("3.5.2 an agent that is down breaks its promise of availability, and keeps it again later")
    void remoteAgent_thatIsDown_isABreach_untilItHasBeenUpForLong() throws Exception {
        try (Storage remotes = Storage.open("memory", StorageSettings.defaults());
                ASAPServer platform = startPlatform(server -> server)) {
            ASAPServer.Builder remote =
                    ASAPServer.builder(manifest(WORKER).build()).storage(remotes);
            int port;
            try (ASAPServer first = remote.start()) {
                port = first.port();
            }
            try (ASAPClient client = ASAPClient.builder("http://127.0.0.1:" + port)
                    .retry(RetryPolicy.never())
                    .build()) {
                monitor(platform)
                        .add(new WatchedAgent(
                                WORKER.value(),
                                PROMISES,
                                () -> client.healthCheck().isHealthy()));
                try (ASAPServer up = remote.port(port).start()) {
                    assertThat(up.port()).isEqualTo(port);
                    pass(Duration.ofMinutes(5), platform);
                }
                assertThat(breaches()).isEmpty();

                pass(Duration.ofMinutes(1), platform);
                assertThat(breaches()).singleElement().satisfies(breach -> {
                    assertThat(breach.agentId()).isEqualTo(WORKER.value());
                    assertThat(breach.breachType()).isEqualTo(BreachType.AVAILABILITY);
                    assertThat(breach.isOpen()).isTrue();
                });

                try (ASAPServer upAgain = remote.port(port).start()) {
                    assertThat(upAgain.port()).isEqualTo(port);
                    pass(Duration.ofMinutes(1), platform);
                    assertThat(breaches()).singleElement().matches(SLABreach::isOpen, "is open");
                    jump(Duration.ofHours(2), platform);
                    pass(Duration.ofMinutes(1), platform);
                }
                assertThat(breaches()).singleElement().matches(breach -> !breach.isOpen(), "is over");
            }
        }
    }

    @Test
    @DisplayName("3.5.3 a delegate's service is watched by itself, and shows on what was delegated to it")
    void delegatesBreach_showsOnItsDelegation() throws Exception {
        boolean[] up = {true};
        try (ASAPServer platform = startPlatformWithDelegations()) {
            String id = idOf(delegate(platform, 5));
            String other = idOf(rest(
                            platform,
                            "/asap/delegations",
                            BOSS,
                            JsonObject.of("delegate", "urn:asap:agent:idle", "scopes", List.of("*")))
                    .getString("token"));
            monitor(platform).add(new WatchedAgent(WORKER.value(), PROMISES, () -> up[0]));
            BlockingQueue<JsonObject> frames = subscribe(platform, BOSS);
            pass(Duration.ofMinutes(2), platform);
            up[0] = false;
            pass(Duration.ofMinutes(1), platform);

            JsonObject notice = next(frames).getObject("params");
            assertThat(notice.getObject("breach").getString("agent_id")).isEqualTo(WORKER.value());
            assertThat(notice.getObject("delegations")).isEqualTo(JsonObject.of("total", 1, "ids", List.of(id)));
            String breach = notice.getObject("breach").getString("id");
            assertThat(rest(platform, "/asap/delegations/" + id, BOSS, null).getObject("sla_breaches"))
                    .isEqualTo(JsonObject.of("total", 1, "ids", List.of(breach)));
            assertThat(rest(platform, "/asap/delegations/" + other, BOSS, null).has("sla_breaches"))
                    .isFalse();
            assertThat(monitor(platform)
                            .figures(PLATFORM.value(), SLAWindow.HOUR)
                            .orElseThrow()
                            .uptimePercent())
                    .isEqualTo(100);

            up[0] = true;
            jump(Duration.ofHours(2), platform);
            pass(Duration.ofMinutes(1), platform);
            assertThat(next(frames).getObject("params").getObject("breach").getString("id"))
                    .isEqualTo(breach);
            assertThat(rest(platform, "/asap/delegations/" + id, BOSS, null).has("sla_breaches"))
                    .isFalse();
        }
    }

    private String delegate(ASAPServer platform, int maxTasks) throws IOException {
        JsonObject order =
                JsonObject.of("delegate", WORKER.value(), "scopes", List.of("task.execute"), "max_tasks", maxTasks);
        return rest(platform, "/asap/delegations", BOSS, order).getString("token");
    }

    private static String idOf(String token) {
        return JsonObject.parse(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]))
                .getString("jti");
    }

    @Test
    @DisplayName("3.5.4 delegated, executed, metered, watched, and refused beyond the limit")
    void delegatedTasks_areMeteredWatchedAndLimited() throws Exception {
        try (ASAPServer platform = startPlatformWithDelegations();
                ASAPClient worker = ASAPClient.builder(platform.url())
                        .bearerToken(accessToken(WORKER))
                        .build()) {
            String token = delegate(platform, 5);
            BlockingQueue<JsonObject> frames = subscribe(platform, BOSS);
            CallOptions withToken = CallOptions.defaults().withHeader(DelegationGuard.HEADER, token);
            for (int i = 1; i <= 5; i++) {
                TaskRequest task = TaskRequest.of("c", "work", JsonObject.of("fail", i == 5));
                Envelope answer = worker.send(Envelope.of(WORKER, PLATFORM, task), withToken);
                assertThat(answer.payload()).isInstanceOf(TaskResponse.class);
            }
            pass(Duration.ofMinutes(1), platform);

            JsonObject usage = rest(platform, "/usage", BOSS, null);
            assertThat(usage.getArray("data").stream()
                            .map(event -> event.asObject().getString("consumer_id")))
                    .hasSize(5)
                    .containsOnly(WORKER.value());
            JsonObject status = rest(platform, "/sla?window=1h", BOSS, null)
                    .getArray("data")
                    .get(0)
                    .asObject();
            assertThat(status.getString("agent_id")).isEqualTo(PLATFORM.value());
            assertThat(status.getObject("metrics").getLong("tasks_completed")).isEqualTo(4);
            assertThat(status.getDouble("compliance_percent")).isEqualTo(75);
            JsonObject breach = next(frames).getObject("params").getObject("breach");
            assertThat(breach.getString("breach_type")).isEqualTo("error_rate");
            assertThat(breach.getString("actual")).isEqualTo("20.0%");

            TaskRequest sixth = TaskRequest.of("c", "work", JsonObject.empty());
            assertThat(refusal(worker, Envelope.of(WORKER, PLATFORM, sixth), withToken))
                    .contains("Delegation task limit exceeded");
            assertThat(rest(platform, "/usage", BOSS, null).getArray("data").size())
                    .isEqualTo(5);
        }
    }

    private static String refusal(ASAPClient client, Envelope message, CallOptions options) {
        try {
            return "answered: " + client.send(message, options).payload();
        } catch (RemoteErrorException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
