// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.client.AttemptFailure.Answered;
import dev.asap.client.AttemptFailure.Conclusive;
import dev.asap.client.AttemptFailure.NotSent;
import dev.asap.client.AttemptFailure.OutcomeUnknown;
import dev.asap.client.AttemptFailure.Refused;
import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.ErrorCode;
import dev.asap.error.MalformedEnvelopeException;
import dev.asap.error.ProtocolException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests are named after the rows of the protocol's rules for repeating; how the client follows them is in {@link ASAPClientRetryTest}. */
class RetryTableTest {
    private static final String URL = "https://agent.example/asap";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final OptionalLong NO_DEADLINE = OptionalLong.empty();

    private static final NotSent CONNECT_ERROR = new NotSent(new ConnectionException("cannot connect", URL, null));
    private static final NotSent POOL_TIMEOUT = new NotSent(timeout("poolTimeout"));
    private static final OutcomeUnknown READ_TIMEOUT = new OutcomeUnknown(timeout("readTimeout"));
    private static final OutcomeUnknown RESET = new OutcomeUnknown(new ConnectionException("reset", URL, null));

    private final RetryRules careful = rules(3, false);
    private final RetryRules repeating = rules(3, true);

    private static RetryRules rules(int maxAttempts, boolean repeatUnknownOutcome) {
        return new RetryRules(maxAttempts, Backoff.standard(() -> 0), LIMIT, repeatUnknownOutcome);
    }

    private static RequestTimeoutException timeout(String option) {
        return new RequestTimeoutException("timed out: " + option, Duration.ofSeconds(60), null);
    }

    private static Answered answered(int status, @Nullable Duration retryAfter) {
        return new Answered(
                status, ConnectionException.ofStatus("HTTP " + status, URL, status, retryAfter), retryAfter);
    }

    private static RemoteErrorException remote(ErrorCode code, boolean recoverable, @Nullable Duration retryAfter) {
        return new RemoteErrorException(
                ProtocolException.builder(code, "no").recoverable(recoverable).retryAfter(retryAfter),
                code.rpcCode(),
                null);
    }

    private static Refused refused(boolean recoverable, @Nullable Duration retryAfter) {
        return new Refused(remote(ErrorCode.THREAD_POOL_EXHAUSTED, recoverable, retryAfter));
    }

    private Optional<Duration> first(AttemptFailure failure) {
        return careful.waitAfter(failure, 1, NO_DEADLINE);
    }

    @Test
    void connectError_isRepeatedWithBackoff() {
        assertThat(first(CONNECT_ERROR)).contains(Duration.ofSeconds(1));
        assertThat(careful.waitAfter(CONNECT_ERROR, 2, NO_DEADLINE)).contains(Duration.ofSeconds(2));
    }

    @Test
    void timeoutBeforeTheRequestWasSent_isRepeatedWithBackoff() {
        assertThat(first(new NotSent(timeout("connectTimeout")))).contains(Duration.ofSeconds(1));
        assertThat(first(new NotSent(timeout("writeTimeout")))).contains(Duration.ofSeconds(1));
        assertThat(first(POOL_TIMEOUT)).contains(Duration.ofSeconds(1));
    }

    @Test
    void readTimeout_isRepeatedOnlyIfMessagesMayBe() {
        assertThat(first(READ_TIMEOUT)).isEmpty();
        assertThat(repeating.waitAfter(READ_TIMEOUT, 2, NO_DEADLINE)).contains(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 599})
    void serverFailure_isRepeatedWithBackoff(int status) {
        assertThat(first(answered(status, null))).contains(Duration.ofSeconds(1));
        assertThat(careful.waitAfter(answered(status, null), 2, NO_DEADLINE)).contains(Duration.ofSeconds(2));
    }

    @Test
    void serverFailure_withRetryAfterHeader_waitsThatLong() {
        assertThat(first(answered(503, Duration.ofSeconds(7)))).contains(Duration.ofSeconds(7));
        assertThat(first(answered(503, Duration.ZERO))).contains(Duration.ZERO);
        assertThat(first(answered(503, LIMIT))).contains(LIMIT);
        assertThat(first(answered(503, LIMIT.plusMillis(1)))).isEmpty();
    }

    @Test
    void serverFailure_withAnErrorThatSaysWhen_waitsForTheHeaderAlone() {
        RemoteErrorException busy = remote(ErrorCode.THREAD_POOL_EXHAUSTED, true, Duration.ofSeconds(1));
        assertThat(careful.waitAfter(new Answered(503, busy, null), 2, NO_DEADLINE))
                .contains(Duration.ofSeconds(2));
    }

    @Test
    void http429_waitsRetryAfterElseBackoff() {
        assertThat(first(answered(429, Duration.ofMillis(1500)))).contains(Duration.ofMillis(1500));
        assertThat(careful.waitAfter(answered(429, null), 2, NO_DEADLINE)).contains(Duration.ofSeconds(2));
    }

    @Test
    void http429_askingToWaitLongerThanTheLimit_failsAtOnceAndSaysSo() {
        Answered answer = answered(429, Duration.ofSeconds(61));
        assertThat(first(answer)).isEmpty();
        assertThat(answer.exception().retryAfter()).contains(Duration.ofSeconds(61));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 408, 413, 415, 428, 430, 499})
    void otherHttp4xx_isNotRepeated(int status) {
        assertThat(first(answered(status, null))).isEmpty();
        assertThat(first(answered(status, Duration.ofSeconds(1)))).isEmpty();
    }

    @Test
    void jsonRpcError_recoverableAndSayingWhen_waitsExactlyThatLong() {
        assertThat(first(refused(true, Duration.ofMillis(250)))).contains(Duration.ofMillis(250));
        assertThat(careful.waitAfter(refused(true, Duration.ofMillis(250)), 2, NO_DEADLINE))
                .contains(Duration.ofMillis(250));
        assertThat(first(refused(true, LIMIT.plusMillis(1)))).isEmpty();
    }

    @Test
    void jsonRpcError_lackingOneOfTheTwo_isNotRepeated() {
        assertThat(first(refused(true, null))).isEmpty();
        assertThat(first(refused(false, Duration.ofMillis(250)))).isEmpty();
        assertThat(first(refused(false, null))).isEmpty();
    }

    @Test
    void jsonRpcError_staleTimestamp_isRepeatedSinceTheTimestampIsSetAnew() {
        RemoteErrorException stale = remote(ErrorCode.INVALID_TIMESTAMP, true, Duration.ofSeconds(5));
        assertThat(first(new Refused(stale))).contains(Duration.ofSeconds(5));
    }

    @Test
    void undecodableBody_isNotRepeated() {
        assertThat(first(new Conclusive(remote(ErrorCode.REMOTE_ERROR, true, Duration.ZERO))))
                .isEmpty();
    }

    @Test
    void noEnvelopeInResult_isNotRepeated() {
        assertThat(first(new Conclusive(remote(ErrorCode.REMOTE_ERROR, false, null))))
                .isEmpty();
    }

    @Test
    void otherInputOutputError_isRepeatedOnlyIfMessagesMayBe() {
        assertThat(first(RESET)).isEmpty();
        assertThat(repeating.waitAfter(RESET, 1, NO_DEADLINE)).contains(Duration.ofSeconds(1));
    }

    @Test
    void envelopeInTheAnswerInvalid_isNotRepeated() {
        AttemptFailure invalid = new Conclusive(new MalformedEnvelopeException("invalid", JsonObject.empty()));
        assertThat(repeating.waitAfter(invalid, 1, NO_DEADLINE)).isEmpty();
    }

    @Test
    void wrongCorrelation_isNotRepeated() {
        AttemptFailure wrong = new Conclusive(new CorrelationException("a", "b"));
        assertThat(repeating.waitAfter(wrong, 1, NO_DEADLINE)).isEmpty();
    }

    @Test
    void attempts_asManyAsAllowed_areTheLast() {
        assertThat(careful.waitAfter(CONNECT_ERROR, 3, NO_DEADLINE)).isEmpty();
        assertThat(careful.waitAfter(answered(429, Duration.ZERO), 3, NO_DEADLINE))
                .isEmpty();
        assertThat(rules(1, true).waitAfter(CONNECT_ERROR, 1, NO_DEADLINE)).isEmpty();
        assertThat(RetryRules.DEFAULT_MAX_ATTEMPTS).isEqualTo(3);
    }

    @Test
    void wait_thatLeavesNoTimeUntilTheDeadline_isNotBegun() {
        long second = Duration.ofSeconds(1).toNanos();
        assertThat(careful.waitAfter(CONNECT_ERROR, 1, OptionalLong.of(second + 1)))
                .contains(Duration.ofSeconds(1));
        assertThat(careful.waitAfter(CONNECT_ERROR, 1, OptionalLong.of(second))).isEmpty();
        assertThat(careful.waitAfter(answered(503, Duration.ZERO), 1, OptionalLong.of(0)))
                .isEmpty();
        assertThat(careful.waitAfter(answered(503, Duration.ZERO), 1, OptionalLong.of(-5)))
                .isEmpty();
        assertThat(careful.waitAfter(refused(true, Duration.ofSeconds(2)), 1, OptionalLong.of(second)))
                .isEmpty();
    }

    @Test
    void backoff_longerThanWhatAPeerMayAskFor_isNotBoundByThat() {
        RetryRules rules = new RetryRules(9, Backoff.standard(() -> 0.5), LIMIT, false);
        assertThat(rules.waitAfter(CONNECT_ERROR, 8, NO_DEADLINE)).contains(Duration.ofSeconds(63));
    }

    @Test
    void rules_impossible_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rules(0, false))
                .withMessage("maxAttempts must be 1 or more, the first included, got 0; 1 repeats nothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetryRules(3, Backoff.standard(() -> 0), Duration.ofMillis(-1), false))
                .withMessage("maxRetryAfter must be 0 or more, got PT-0.001S");
    }
}
