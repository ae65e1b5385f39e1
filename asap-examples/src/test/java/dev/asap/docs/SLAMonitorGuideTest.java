// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.ASAPClient;
import dev.asap.economics.sla.BreachDetector;
import dev.asap.economics.sla.BreachEvent;
import dev.asap.economics.sla.BreachListener;
import dev.asap.economics.sla.OpenBreach;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.economics.sla.WatchedAgent;
import dev.asap.economics.sla.WindowFigures;
import dev.asap.id.AgentUrn;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.server.ASAPServer;
import dev.asap.server.webhook.BreachWebhook;
import dev.asap.server.webhook.WebhookSender;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAWindow;
import dev.asap.storage.Storage;
import dev.asap.store.memory.InMemoryStorage;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import dev.asap.testkit.SettableClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the guide to service levels says. */
@ExtendWith(LeakChecks.class)
class SLAMonitorGuideTest {
    private static final String AGENT = "urn:asap:agent:worker";

    private final SLADefinition promises = SLADefinition.builder()
            .availability("99.5%")
            .maxLatencyP95Ms(500)
            .maxErrorRate("1%")
            .build();

    private final BlockingQueue<String> alarms = new LinkedBlockingQueue<>();

    private void runTask() {
        assertThat(promises.supportHours()).isNull();
    }

    @Test
    void monitor_watchesAnAgentOverTheNetwork() {
        String agentId = AGENT;
        try (Storage storage = new InMemoryStorage();
                FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = ASAPClient.builder(peer.url()).build()) {
            SLAMonitor monitor = SLAMonitor.builder(storage.sla())
                    .agent(new WatchedAgent(
                            agentId, promises, () -> client.healthCheck().isHealthy()))
                    .listener(event -> alarms.add(event.breach().breachType() + " of "
                            + event.breach().agentId()))
                    .start();

            long began = System.nanoTime();
            boolean failed = false;
            try {
                runTask();
            } catch (RuntimeException e) {
                failed = true;
                throw e;
            } finally {
                monitor.taskEnded(agentId, System.nanoTime() - began, failed);
            }

            WindowFigures lastDay = monitor.figures(agentId, SLAWindow.DAY).orElseThrow();
            double uptime = lastDay.uptimePercent();
            long p99 = lastDay.latency().p99();
            double compliance = lastDay.compliancePercent(promises);

            SLAMonitor.Status status = monitor.status();
            List<OpenBreach> open = status.openBreaches();

            monitor.close();
            assertThat(lastDay.metrics().tasksCompleted()).isEqualTo(1);
            assertThat(uptime).isEqualTo(100);
            assertThat(p99).isLessThan(500);
            assertThat(compliance).isEqualTo(100);
            assertThat(open).isEmpty();
        }
    }

    @Test
    void monitor_watchesWhatComesAndGoes() {
        try (Storage storage = new InMemoryStorage();
                SLAMonitor monitor =
                        SLAMonitor.builder(storage.sla()).manual(true).start()) {
            String agentId = AGENT;
            monitor.add(new WatchedAgent(agentId, promises, () -> true));
            monitor.remove(agentId);

            assertThat(monitor.agents()).isEmpty();
        }
    }

    @Test
    void server_keepsServiceLevelsByItself() {
        String agentId = AGENT;
        URI url = URI.create("https://hooks.example/breaches");
        Manifest manifest = Manifest.builder(
                        AgentUrn.of("urn:asap:agent:promising"),
                        "Promising",
                        "1.0.0",
                        Endpoint.of("http://a.example/asap"))
                .sla(promises)
                .build();
        try (WebhookSender sender = WebhookSender.builder().build()) {
            ASAPServer server = ASAPServer.builder(manifest)
                    .slaMonitor(monitor ->
                            monitor.evaluationPeriod(Duration.ofSeconds(10)).listener(new BreachWebhook(sender, url)))
                    .start();
            server.slaMonitor().orElseThrow().add(new WatchedAgent(agentId, promises, () -> true));

            assertThat(server.slaMonitor().orElseThrow().agents())
                    .containsExactlyInAnyOrder("urn:asap:agent:promising", AGENT);
            server.close();
        }
    }

    @Test
    void detector_judgesFiguresOfYourOwn() throws InterruptedException {
        Instant now = Instant.parse("2026-03-01T09:00:00Z");
        String agentId = AGENT;
        SLAMetrics measured = new SLAMetrics(agentId, now.minusSeconds(3600), now, 99.9, 1502, 0.5, 199, 1);
        try (Storage storage = new InMemoryStorage()) {
            BreachListener listener = event -> {
                if (event instanceof BreachEvent.Resolved) {
                    alarms.add("over: " + event.breach().id());
                } else {
                    alarms.add(event.breach().severity() + ": " + event.breach().actual());
                }
            };
            try (BreachDetector detector =
                    BreachDetector.builder(storage.sla()).listener(listener).build()) {
                List<BreachEvent> events = detector.check(agentId, promises, measured);

                assertThat(events).hasSize(1);
            }
            assertThat(alarms.poll(30, TimeUnit.SECONDS)).isEqualTo("critical: 1502ms");
        }
    }

    @Test
    void monitor_isMovedByHandInATest() throws InterruptedException {
        SettableClock clock = SettableClock.at("2026-03-01T09:00:00Z");
        try (Storage storage = new InMemoryStorage();
                SLAMonitor monitor = SLAMonitor.builder(storage.sla())
                        .manual(true)
                        .clock(clock)
                        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                        .probeExecutor(Runnable::run)
                        .agent(new WatchedAgent(AGENT, promises, () -> false))
                        .listener(
                                event -> alarms.add(event.breach().breachType().value()))
                        .start()) {
            for (int i = 0; i < 8; i++) {
                clock.advance(Duration.ofSeconds(15));
                monitor.tick();
            }
            assertThat(alarms.poll(30, TimeUnit.SECONDS)).isEqualTo("availability");
        }
    }
}
