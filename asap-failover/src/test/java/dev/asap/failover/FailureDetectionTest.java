// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.asap.client.ASAPClient;
import dev.asap.client.RetryPolicy;
import dev.asap.codec.ASAPCodec;
import dev.asap.failover.FailureDetector.ConditionChange;
import dev.asap.model.HealthStatus;
import dev.asap.store.memory.InMemorySnapshotStore;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.LeakChecks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** FO-10 and FO-17: when an agent counts as failed. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class FailureDetectionTest {
    private final List<ConditionChange> changes = new ArrayList<>();
    private ProbeResult next = ProbeResult.healthy();
    private long now;

    private FailureDetector.Builder detector() {
        return FailureDetector.builder(() -> next).nanoTime(() -> now).onChange(changes::add);
    }

    private AgentCondition pollAfter(FailureDetector detector, Duration step, ProbeResult result) {
        now += step.toNanos();
        next = result;
        return detector.poll();
    }

    private static final ProbeResult FAILED = ProbeResult.failed("connection refused");
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    @DisplayName("FO-17 failure is declared at the Nth failure in a row, not before")
    void detector_nFailuresInARow_isDown() {
        try (FailureDetector detector = detector().failures(3).build()) {
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.UP);
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.UP);
            assertThat(changes).isEmpty();
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.DOWN);
            assertThat(changes).containsExactly(new ConditionChange(AgentCondition.DOWN, "connection refused"));
        }
    }

    @Test
    @DisplayName("FO-17 one good answer begins the count anew")
    void detector_successBetween_startsAgain() {
        try (FailureDetector detector = detector().failures(2).build()) {
            for (int i = 0; i < 20; i++) {
                assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.UP);
                assertThat(pollAfter(detector, SECOND, ProbeResult.healthy())).isEqualTo(AgentCondition.UP);
            }
            assertThat(changes).isEmpty();
        }
    }

    @Test
    @DisplayName("FO-17 failures that lie too far apart are none")
    void detector_failuresBeyondTheWindow_isUp() {
        try (FailureDetector detector =
                detector().failures(3).window(Duration.ofSeconds(10)).build()) {
            pollAfter(detector, SECOND, FAILED);
            pollAfter(detector, SECOND, FAILED);
            // Eleven seconds after the first: the row of three is too long.
            assertThat(pollAfter(detector, Duration.ofSeconds(10), FAILED)).isEqualTo(AgentCondition.UP);
            // But the last three, within eleven seconds less one, are not.
            pollAfter(detector, SECOND, FAILED);
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.DOWN);
        }
    }

    @Test
    @DisplayName("FO-17 recovery needs as much patience")
    void detector_nSuccessesInARow_isUpAgain() {
        try (FailureDetector detector = detector().failures(1).successes(2).build()) {
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.DOWN);
            assertThat(pollAfter(detector, SECOND, ProbeResult.healthy())).isEqualTo(AgentCondition.DOWN);
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.DOWN);
            assertThat(pollAfter(detector, SECOND, ProbeResult.healthy())).isEqualTo(AgentCondition.DOWN);
            assertThat(pollAfter(detector, SECOND, ProbeResult.healthy())).isEqualTo(AgentCondition.UP);
            assertThat(changes)
                    .extracting(ConditionChange::condition)
                    .containsExactly(AgentCondition.DOWN, AgentCondition.UP);
        }
    }

    @Test
    void detector_unknownResult_neitherCountsNorEndsARow() {
        try (FailureDetector detector = detector().failures(2).build()) {
            pollAfter(detector, SECOND, FAILED);
            assertThat(pollAfter(detector, SECOND, ProbeResult.unknown("HTTP 404")))
                    .isEqualTo(AgentCondition.UP);
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.DOWN);
        }
    }

    @Test
    void detector_probeThrows_countsAsFailure() {
        try (FailureDetector detector = FailureDetector.builder(() -> {
                    throw new IllegalStateException("no route");
                })
                .failures(1)
                .onChange(changes::add)
                .build()) {
            assertThat(detector.poll()).isEqualTo(AgentCondition.DOWN);
            assertThat(changes.get(0).reason()).contains("no route");
        }
    }

    @Test
    void detector_listenerThrows_keepsItsCondition() {
        try (FailureDetector detector = detector()
                .failures(1)
                .onChange(change -> {
                    throw new IllegalStateException("listener");
                })
                .build()) {
            assertThat(pollAfter(detector, SECOND, FAILED)).isEqualTo(AgentCondition.DOWN);
        }
    }

    @Test
    void detector_started_pollsUntilClosed() {
        AtomicInteger probes = new AtomicInteger();
        FailureDetector detector = FailureDetector.builder(() -> {
                    probes.incrementAndGet();
                    return FAILED;
                })
                .interval(Duration.ofMillis(1))
                .build();
        detector.start();
        detector.start();
        await().until(() -> detector.condition() == AgentCondition.DOWN);
        detector.close();
        detector.close();
        LeakChecks.requireNoThreads();
        assertThat(probes.get()).isGreaterThanOrEqualTo(3);
        assertThatThrownBy(detector::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void builder_impossibleSettings_areRefused() {
        assertThatThrownBy(() -> detector().failures(0)).hasMessage("failures must be 1 to 1000, got 0");
        assertThatThrownBy(() -> detector().interval(Duration.ZERO)).hasMessageContaining("interval must be positive");
        assertThatThrownBy(() -> detector()
                        .failures(11)
                        .interval(Duration.ofSeconds(1))
                        .window(Duration.ofSeconds(5))
                        .build())
                .hasMessage("window must be at least PT10S for 11 probes with pauses of PT1S, got PT5S");
    }

    @Test
    @DisplayName("FO-10 a healthy agent is healthy, one that is gone has failed")
    void probe_agentDies_fails() {
        try (TestWorker worker = TestWorker.start("worker-1", new InMemorySnapshotStore())) {
            HealthProbe probe = HealthProbe.of(worker.client);
            assertThat(probe.probe().verdict()).isEqualTo(ProbeResult.Verdict.HEALTHY);
            worker.die();
            assertThat(probe.probe().verdict()).isEqualTo(ProbeResult.Verdict.FAILED);
        }
    }

    @Test
    @DisplayName(
            "FO-10 statuses from 500 on, time-outs, broken connections and garbage are failures; others say nothing")
    void probe_faults_areToldApart() {
        try (FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = ASAPClient.builder(peer.url())
                        .retry(RetryPolicy.never())
                        .readTimeout(Duration.ofMillis(300))
                        .build()) {
            HealthProbe probe = HealthProbe.of(client);
            for (Fault fault : List.of(
                    Fault.status(500),
                    Fault.status(503),
                    Fault.noAnswer(),
                    Fault.resetBeforeAnswer(),
                    Fault.answer(Answer.json("not json")))) {
                peer.next(fault);
                assertThat(probe.probe().verdict()).as(fault.toString()).isEqualTo(ProbeResult.Verdict.FAILED);
            }
            for (int status : new int[] {401, 404, 429}) {
                peer.next(Fault.status(status));
                assertThat(probe.probe().verdict()).as("HTTP " + status).isEqualTo(ProbeResult.Verdict.UNKNOWN);
            }
            HealthStatus unhealthy = new HealthStatus(HealthStatus.UNHEALTHY, "urn:asap:agent:x", "1", "0.1", 1, null);
            peer.next(Fault.answer(
                    Answer.json(ASAPCodec.strict().write(unhealthy)).withStatus(503)));
            assertThat(probe.probe()).isEqualTo(ProbeResult.failed("the agent says that it is unhealthy"));
        }
    }

    @Test
    void probe_closedClient_saysNothing() {
        ASAPClient client = TestWorker.client("http://127.0.0.1:9");
        client.close();
        assertThat(HealthProbe.of(client).probe().verdict()).isEqualTo(ProbeResult.Verdict.UNKNOWN);
    }
}
