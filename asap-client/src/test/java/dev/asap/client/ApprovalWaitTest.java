// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.asap.error.ConnectionException;
import dev.asap.identity.AgentStatus;
import dev.asap.identity.Approval;
import dev.asap.identity.ApprovalStatus;
import dev.asap.identity.CapabilityRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asking until someone has approved. Time goes on by as much as is waited. */
@Timeout(60)
class ApprovalWaitTest {
    private static final String PENDING = "{\"agent_id\":\"a\",\"host_id\":\"h\",\"status\":\"pending\",\"approval\":"
            + "{\"method\":\"device_authorization\",\"user_code\":\"7QK2M9ZD\",\"expires_in\":599,\"interval\":5}}";

    private static final List<CapabilityRequest> PAY = List.of(CapabilityRequest.of("pay"));

    private final AccessServer server = new AccessServer();
    private final HandTicker ticker = new HandTicker();
    private final List<Duration> waits = new ArrayList<>();
    private ASAPClient client;
    private AgentAccess access;

    @BeforeEach
    void start() {
        client = server.client().nanoTime(ticker).build();
        access = client.access(AccessServer.registered()).withPauses((next, wait) -> {
            waits.add(wait);
            ticker.advance(wait);
        });
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        ClientTestThreads.assertNoneLeft();
    }

    private static String status(String approvalStatus, String more) {
        return "{\"agent_id\":\"a\",\"host_id\":\"h\",\"status\":\""
                + (approvalStatus.equals("approved") ? "active" : "pending")
                + "\",\"capabilities\":[],\"approval_status\":\"" + approvalStatus + "\"" + more + "}";
    }

    private void answersAlways(MockResponse first, MockResponse others) {
        server.http.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return request.getMethod().equals("POST") ? first : others;
            }
        });
    }

    @Test
    void requestCapability_approvedLater_asksEvery150Milliseconds() {
        List<Approval> shown = new ArrayList<>();
        server.answers(200, PENDING);
        server.answers(200, status("pending", ""));
        server.answers(200, status("pending", ""));
        server.answers(
                200,
                status("approved", ",\"agent_capability_grants\":[{\"capability\":\"pay\",\"status\":\"active\"}]"));

        CapabilityOutcome outcome =
                access.requestCapability(PAY, ApprovalOptions.defaults().withOnPending(shown::add));

        assertThat(outcome).isInstanceOf(CapabilityOutcome.Granted.class);
        assertThat(outcome.grants())
                .singleElement()
                .satisfies(grant -> assertThat(grant.isActive()).isTrue());
        assertThat(waits).containsExactly(Duration.ofMillis(150), Duration.ofMillis(150));
        assertThat(shown).singleElement().satisfies(approval -> {
            assertThat(approval.userCode()).isEqualTo("7QK2M9ZD");
            assertThat(approval.intervalSeconds()).isEqualTo(5);
        });
        assertThat(server.taken().getMethod()).isEqualTo("POST");
        AccessServer.hostTokenOf(server.taken());
    }

    @ParameterizedTest
    @ValueSource(strings = {"denied", "expired", "lost"})
    void requestCapability_notApproved_isDenied(String decision) {
        server.answers(200, PENDING);
        server.answers(200, status(decision, ",\"deny_reason\":\"too much\""));
        assertThat(access.requestCapability("pay"))
                .isEqualTo(new CapabilityOutcome.Denied(List.of(), new ApprovalStatus(decision), "too much"));
        assertThat(waits).isEmpty();
    }

    @Test
    void requestCapability_nobodyDecides_isPendingWhenTheLimitIsOver() {
        answersAlways(Peer.json(200, PENDING), Peer.json(200, status("pending", "")));
        ApprovalOptions options =
                ApprovalOptions.defaults().withInterval(Duration.ofSeconds(2)).withLimit(Duration.ofSeconds(9));
        assertThat(access.requestCapability(PAY, options)).isInstanceOf(CapabilityOutcome.Pending.class);
        assertThat(waits).hasSize(4).containsOnly(Duration.ofSeconds(2));
        assertThat(server.http.getRequestCount()).isEqualTo(6);
    }

    @Test
    void requestCapability_withoutWaiting_isPendingWithWhatToShow() {
        server.answers(200, PENDING);
        CapabilityOutcome outcome =
                access.requestCapability(PAY, ApprovalOptions.defaults().withLimit(Duration.ZERO));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        CapabilityOutcome.Pending.class,
                        pending -> assertThat(pending.approval().userCode()).isEqualTo("7QK2M9ZD"));
        assertThat(server.http.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void awaitApproval_refused_ends(int status) {
        server.answers(200, status("pending", ""));
        server.answers(status, "{\"detail\":\"no\"}");
        AccessRefusedException refused = catchThrowableOfType(
                AccessRefusedException.class, () -> access.awaitApproval(ApprovalOptions.defaults()));
        assertThat(refused.httpStatus()).isEqualTo(status);
        assertThat(refused.reason()).contains("no");
        assertThat(waits).hasSize(1);
    }

    @Test
    void awaitApproval_rateLimited_waitsAsLongAsAskedTo() {
        server.answers(429, "{\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\"}}", "Retry-After", "3");
        server.answers(503, "{\"detail\":\"starting\"}");
        server.answers(200, status("approved", ""));
        AgentStatus status = access.awaitApproval(ApprovalOptions.defaults());
        assertThat(status.isActive()).isTrue();
        assertThat(waits).containsExactly(Duration.ofSeconds(3), Duration.ofMillis(150));
    }

    @Test
    void awaitApproval_askedToWaitBeyondTheLimit_givesWhatIsKnown() {
        server.answers(200, status("pending", ""));
        server.answers(429, "{\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\"}}", "Retry-After", "100");
        assertThat(access.awaitApproval(ApprovalOptions.defaults()).awaitsApproval())
                .isTrue();
        assertThat(waits).hasSize(1);
    }

    @Test
    void awaitApproval_neverTold_failsWithTheLastFailure() {
        answersAlways(Peer.json(200, PENDING), Peer.json(503, "{\"detail\":\"starting\"}"));
        ApprovalOptions options = ApprovalOptions.defaults().withLimit(Duration.ofMillis(300));
        assertThatThrownBy(() -> access.awaitApproval(options)).isInstanceOf(ConnectionException.class);
        assertThat(waits).hasSize(2);
    }

    @Test
    void awaitApproval_noApprovalPending_returnsAtOnce() {
        server.answers(200, "{\"agent_id\":\"a\",\"status\":\"active\"}");
        assertThat(access.awaitApproval(ApprovalOptions.defaults()).isActive()).isTrue();
        assertThat(waits).isEmpty();
    }

    @Test
    void awaitApproval_closedMeanwhile_endsAtOnce() {
        answersAlways(Peer.json(200, PENDING), Peer.json(200, status("pending", "")));
        ApprovalOptions hourly =
                ApprovalOptions.defaults().withInterval(Duration.ofHours(1)).withLimit(Duration.ofHours(9));
        AgentAccess patient = client.access(AccessServer.registered());
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread waiting = new Thread(() ->
                failure.complete(catchThrowableOfType(RuntimeException.class, () -> patient.awaitApproval(hourly))));
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING
                && client.stats().runningCalls() == 1
                && server.http.getRequestCount() == 1);
        client.close();
        assertThat(failure).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void awaitApproval_interrupted_endsAtOnceAndKeepsTheFlag() {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AgentAccess interrupted = client.access(AccessServer.registered());
        server.answers(200, PENDING);
        ApprovalOptions options = ApprovalOptions.defaults()
                .withInterval(Duration.ofHours(1))
                .withLimit(Duration.ofHours(9))
                .withOnPending(approval -> {});
        server.answers(200, status("pending", ""));
        Thread waiting = new Thread(() -> {
            failure.set(
                    catchThrowableOfType(RuntimeException.class, () -> interrupted.requestCapability(PAY, options)));
            if (!Thread.currentThread().isInterrupted()) {
                failure.set(new AssertionError("the flag is lost"));
            }
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING && server.http.getRequestCount() == 2);
        waiting.interrupt();
        await().until(() -> !waiting.isAlive());
        assertThat(failure.get()).isInstanceOf(CallInterruptedException.class);
    }

    @Test
    void options_outOfRange_areRefused() {
        ApprovalOptions options = ApprovalOptions.defaults();
        assertThat(options.interval()).isEqualTo(Duration.ofMillis(150));
        assertThat(options.limit()).isEqualTo(Duration.ofSeconds(90));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withInterval(Duration.ZERO))
                .withMessage("interval must be 1 ms to 24 days, got PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> options.withLimit(Duration.ofMillis(-1)));
    }
}
