// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.client.AttemptFailure.Answered;
import dev.asap.client.AttemptFailure.Conclusive;
import dev.asap.client.AttemptFailure.NotSent;
import dev.asap.client.AttemptFailure.OutcomeUnknown;
import dev.asap.client.AttemptFailure.Refused;
import dev.asap.client.CircuitBreaker.Permit;
import dev.asap.client.CircuitBreaker.State;
import dev.asap.error.CircuitOpenException;
import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests are named after the rows of the protocol's table of events, and of what is recorded; how the client follows them is in {@link
 * ASAPClientRetryTest}.
 */
class BreakerTableTest {
    private static final String PEER = "https://agent.example";
    private static final Duration OPEN_FOR = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final HandTicker ticker = new HandTicker();
    private final CircuitBreaker breaker = new CircuitBreaker(3, OPEN_FOR, ticker);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.acquire(PEER).failure();
        }
    }

    private void open() {
        fail(3);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    private Permit probe() {
        open();
        ticker.advance(OPEN_FOR);
        return breaker.acquire(PEER);
    }

    private void assertRefused() {
        assertThatExceptionOfType(CircuitOpenException.class).isThrownBy(() -> breaker.acquire(PEER));
    }

    @Test
    void failure_belowThreshold_countsAndStaysClosed() {
        fail(2);
        assertThat(breaker.consecutiveFailures()).isEqualTo(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void failure_closedAndThresholdReached_opens() {
        fail(3);
        assertThat(breaker.consecutiveFailures()).isEqualTo(3);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void failure_halfOpen_opensForTheWholeTimeAgain() {
        probe().failure();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.consecutiveFailures()).isEqualTo(4);
        ticker.advance(OPEN_FOR.minus(MOMENT));
        assertRefused();
        ticker.advance(MOMENT);
        breaker.acquire(PEER).success();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void success_closed_setsCounterToZero() {
        fail(2);
        breaker.acquire(PEER).success();
        assertThat(breaker.consecutiveFailures()).isZero();
        fail(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void success_halfOpen_closes() {
        probe().success();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.consecutiveFailures()).isZero();
        fail(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void attempt_openAndTimeNotOver_isRefused() {
        open();
        ticker.advance(OPEN_FOR.minus(MOMENT));
        assertThatExceptionOfType(CircuitOpenException.class)
                .isThrownBy(() -> breaker.acquire(PEER))
                .withMessage("Circuit open for https://agent.example after 3 failures in a row")
                .matches(CircuitOpenException::retryable);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void refusal_whileOpen_saysHowLongItStaysOpen() {
        open();
        ticker.advance(Duration.ofMillis(1).minus(MOMENT));
        assertThatExceptionOfType(CircuitOpenException.class)
                .isThrownBy(() -> breaker.acquire(PEER))
                .satisfies(refusal -> assertThat(refusal.retryAfter()).contains(OPEN_FOR));
        ticker.advance(Duration.ofSeconds(58));
        assertThatExceptionOfType(CircuitOpenException.class)
                .isThrownBy(() -> breaker.acquire(PEER))
                .satisfies(refusal -> assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(2)));
    }

    @Test
    void refusal_whileTheOneCallIsUnderWay_saysNoTime() {
        Permit probe = probe();
        ticker.advance(Duration.ofSeconds(1));
        assertThatExceptionOfType(CircuitOpenException.class)
                .isThrownBy(() -> breaker.acquire(PEER))
                .satisfies(refusal -> assertThat(refusal.retryAfter()).contains(Duration.ZERO));
        probe.close();
    }

    @Test
    void attempt_openAndTimeOverSinceLastFailure_turnsHalfOpenWithOnePermit() {
        fail(2);
        ticker.advance(OPEN_FOR);
        fail(1);
        ticker.advance(OPEN_FOR.minus(MOMENT));
        assertRefused();
        ticker.advance(MOMENT);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        breaker.acquire(PEER);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void attempt_halfOpenAndPermitTaken_isRefused() {
        Permit probe = probe();
        ticker.advance(OPEN_FOR);
        assertRefused();
        probe.success();
        breaker.acquire(PEER).success();
    }

    @Test
    void attempt_halfOpenAndPermitGivenBack_takesIt() {
        probe().close();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.consecutiveFailures()).isEqualTo(3);
        try (Permit next = breaker.acquire(PEER)) {
            assertRefused();
            next.success();
        }
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void permit_closedWithoutOutcome_changesNothing() {
        fail(2);
        breaker.acquire(PEER).close();
        assertThat(breaker.consecutiveFailures()).isEqualTo(2);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void permit_settledTwice_countsOnce() {
        Permit failed = breaker.acquire(PEER);
        failed.failure();
        failed.failure();
        failed.success();
        failed.close();
        assertThat(breaker.consecutiveFailures()).isEqualTo(1);

        Permit closed = breaker.acquire(PEER);
        closed.close();
        closed.failure();
        assertThat(breaker.consecutiveFailures()).isEqualTo(1);
    }

    @Test
    void permit_givenBackTwice_freesOnlyItsOwn() {
        Permit first = probe();
        first.close();
        Permit second = breaker.acquire(PEER);
        first.close();
        assertRefused();
        second.close();
    }

    @Test
    void lateSuccess_ofCallBegunBeforeOpening_neitherClosesNorCounts() {
        Permit early = breaker.acquire(PEER);
        open();
        early.success();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.consecutiveFailures()).isEqualTo(3);
    }

    @Test
    void lateFailure_ofCallBegunBeforeOpening_doesNotKeepOpenLonger() {
        Permit early = breaker.acquire(PEER);
        open();
        ticker.advance(OPEN_FOR.minus(MOMENT));
        early.failure();
        assertThat(breaker.consecutiveFailures()).isEqualTo(3);
        ticker.advance(MOMENT);
        breaker.acquire(PEER).success();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lateOutcome_ofCallBegunBeforeOpening_doesNotDecideForProbe(boolean success) {
        Permit early = breaker.acquire(PEER);
        Permit probe = probe();
        if (success) {
            early.success();
        } else {
            early.failure();
        }
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertRefused();
        probe.success();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void lateClose_ofCallBegunBeforeOpening_freesNoPermit() {
        Permit early = breaker.acquire(PEER);
        Permit probe = probe();
        early.close();
        assertRefused();
        probe.close();
    }

    @Test
    void lateFailure_afterBreakerClosedAgain_isNotCounted() {
        Permit early = breaker.acquire(PEER);
        probe().success();
        early.failure();
        assertThat(breaker.consecutiveFailures()).isZero();
    }

    @Test
    void reset_open_closesAndForgets() {
        open();
        breaker.reset();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.consecutiveFailures()).isZero();
        breaker.acquire(PEER).success();
    }

    @Test
    void reset_whileCallRuns_ignoresItsOutcome() {
        Permit running = probe();
        breaker.reset();
        running.failure();
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.consecutiveFailures()).isZero();
    }

    /** What a breaker is told of a call's end. */
    @Nested
    class Recorded {
        private static final AttemptFailure UNREACHABLE =
                new NotSent(new ConnectionException("cannot connect", PEER, null));

        @Test
        void finalServerFailureOr429OrAnyOther4xx_isAFailure() {
            for (int status : new int[] {500, 503, 429, 400, 404, 415}) {
                AttemptFailure failure =
                        new Answered(status, ConnectionException.ofStatus("no", PEER, status, null), null);
                assertThat(halfOpenAfter(failure)).as("HTTP %d", status).isEqualTo(State.OPEN);
            }
        }

        @Test
        void finalConnectErrorOrTimeout_isAFailure() {
            assertThat(halfOpenAfter(UNREACHABLE)).isEqualTo(State.OPEN);
            assertThat(halfOpenAfter(new NotSent(timeout("poolTimeout")))).isEqualTo(State.OPEN);
            assertThat(halfOpenAfter(new OutcomeUnknown(timeout("readTimeout"))))
                    .isEqualTo(State.OPEN);
        }

        @Test
        void lostConnection_isAFailure() {
            assertThat(halfOpenAfter(new OutcomeUnknown(new ConnectionException("reset", PEER, null))))
                    .isEqualTo(State.OPEN);
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void anyJsonRpcAnswer_isASuccess(boolean recoverable) {
            ErrorCode code = ErrorCode.THREAD_POOL_EXHAUSTED;
            RemoteErrorException error = new RemoteErrorException(
                    ProtocolException.builder(code, "no").recoverable(recoverable), code.rpcCode(), null);
            assertThat(halfOpenAfter(new Refused(error))).isEqualTo(State.CLOSED);
        }

        @Test
        void correlationErrorOrUnusableAnswer_isNeitherAndGivesThePermitBack() {
            assertThat(halfOpenAfter(new Conclusive(new CorrelationException("a", "b"))))
                    .isEqualTo(State.HALF_OPEN);
            breaker.acquire(PEER).success();
            assertThat(breaker.state()).isEqualTo(State.CLOSED);
        }

        private RequestTimeoutException timeout(String option) {
            return new RequestTimeoutException("timed out: " + option, OPEN_FOR, null);
        }

        /** The state of a half-open breaker after this failure. */
        private State halfOpenAfter(AttemptFailure failure) {
            breaker.reset();
            try (Permit probe = probe()) {
                failure.settle(probe);
            }
            return breaker.state();
        }
    }

    @Test
    void of_usualSettings_opensAfterFiveFailures() {
        CircuitBreaker usual = CircuitBreaker.of(CircuitBreaker.DEFAULT_THRESHOLD, CircuitBreaker.DEFAULT_OPEN_FOR);
        for (int i = 0; i < 5; i++) {
            assertThat(usual.state()).isEqualTo(State.CLOSED);
            usual.acquire(PEER).failure();
        }
        assertThat(usual).hasToString("CircuitBreaker[OPEN, consecutiveFailures=5]");
        assertThat(CircuitBreaker.DEFAULT_OPEN_FOR).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void of_impossibleSettings_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CircuitBreaker.of(0, OPEN_FOR))
                .withMessage("threshold must be 1 or more failures in a row, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CircuitBreaker.of(1, Duration.ZERO))
                .withMessage("openFor must be 1 ms to 24 days, got PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CircuitBreaker.of(1, Duration.ofDays(25)))
                .withMessage("openFor must be 1 ms to 24 days, got PT600H");
    }
}
