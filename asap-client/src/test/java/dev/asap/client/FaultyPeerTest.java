// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.Http2Error;
import dev.asap.testkit.Http2Faults;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a peer does, a call ends in time with an answer or with an exception of ours, leaves nothing behind, and the client
 * goes on working.
 */
class FaultyPeerTest extends FaultTesting {
    private final OkHttpClient http2 = new OkHttpClient.Builder()
            .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
            .build();

    @AfterEach
    void closeHttp2() {
        http2.connectionPool().evictAll();
    }

    private ASAPClient.Builder builder() {
        return Peer.client(peer.url())
                .readTimeout(Duration.ofMillis(500))
                .callTimeout(Duration.ofSeconds(3))
                .maxResponseBytes(100_000);
    }

    static Stream<Arguments> faultsOfAnyVersion() {
        return Stream.of(
                arguments(Fault.none(), SUCCESS),
                arguments(Fault.delay(SHORT), SUCCESS),
                arguments(Fault.delayBody(SHORT), SUCCESS),
                arguments(Fault.slowly(20, Duration.ofMillis(1)), SUCCESS),
                arguments(Fault.gzip(), SUCCESS),
                arguments(Fault.closeAfterAnswer(), SUCCESS),
                arguments(Fault.closeOnNextRequest(), SUCCESS),
                arguments(Fault.wrongRpcId(), SUCCESS),
                arguments(Fault.delay(FOREVER), UnknownOutcomeException.class),
                arguments(Fault.delayBody(FOREVER), UnknownOutcomeException.class),
                arguments(Fault.noAnswer(), UnknownOutcomeException.class),
                arguments(Fault.stallMidBody(), UnknownOutcomeException.class),
                arguments(Fault.resetUnread(), RACE),
                arguments(Fault.resetBeforeAnswer(), UnknownOutcomeException.class),
                arguments(Fault.resetMidHeaders(), UnknownOutcomeException.class),
                arguments(Fault.resetMidBody(), UnknownOutcomeException.class),
                arguments(Fault.resetAfterBytes(100), UnknownOutcomeException.class),
                arguments(Fault.closeBeforeAnswer(), UnknownOutcomeException.class),
                arguments(Fault.closeMidHeaders(), UnknownOutcomeException.class),
                arguments(Fault.truncateBody(10), UnknownOutcomeException.class),
                arguments(Fault.chunkedWithoutEnd(), UnknownOutcomeException.class),
                arguments(Fault.garbage(), UnknownOutcomeException.class),
                arguments(Fault.status(503), ConnectionException.class),
                arguments(Fault.endlessHeaders(), UnknownOutcomeException.class),
                arguments(Fault.endlessBody(), ResponseTooLargeException.class),
                arguments(Fault.gzipBomb(100_000_000), ResponseTooLargeException.class),
                arguments(Fault.corruptGzip(), RemoteErrorException.class),
                arguments(Fault.gzipWithWrongChecksum(), RemoteErrorException.class),
                arguments(Fault.encodedBody("br", new byte[] {1, 2, 3}), RemoteErrorException.class),
                arguments(Fault.wrongCorrelation(), CorrelationException.class),
                arguments(Fault.answer(Answer.json("[")), RemoteErrorException.class),
                arguments(Fault.change(usual -> usual.withBody("{}")), RemoteErrorException.class));
    }

    static Stream<Arguments> faultsOfHttp1() {
        return Stream.concat(
                faultsOfAnyVersion(),
                Stream.of(
                        arguments(Fault.chunked(), SUCCESS),
                        arguments(Fault.duplicateAnswer(), SUCCESS),
                        arguments(Fault.informational(103, 1), SUCCESS),
                        arguments(Fault.informational(103, 2), SUCCESS),
                        arguments(Fault.readNothing(), UnknownOutcomeException.class),
                        arguments(Fault.contentLengthOffBy(10), UnknownOutcomeException.class),
                        arguments(Fault.contentLengthOffBy(-10), RemoteErrorException.class)));
    }

    static Stream<Arguments> faultsOfHttp2() {
        return Stream.concat(
                faultsOfAnyVersion(),
                Stream.of(
                        arguments(Fault.informational(103, 1), SUCCESS),
                        arguments(Fault.duplicateAnswer(), SUCCESS),
                        arguments(Fault.contentLengthOffBy(10), SUCCESS),
                        arguments(Fault.contentLengthOffBy(-10), UnknownOutcomeException.class),
                        arguments(Http2Faults.goAwayBelow(Http2Error.NO_ERROR), ConnectionException.class),
                        arguments(Http2Faults.goAwayAbove(Http2Error.NO_ERROR), SUCCESS),
                        arguments(
                                Http2Faults.goAwayAbove(Http2Error.NO_ERROR).and(Fault.closeBeforeAnswer()),
                                UnknownOutcomeException.class),
                        arguments(Http2Faults.resetStream(Http2Error.REFUSED_STREAM), ConnectionException.class),
                        arguments(Http2Faults.resetStream(Http2Error.INTERNAL_ERROR), UnknownOutcomeException.class),
                        arguments(Http2Faults.resetStream(Http2Error.CANCEL), UnknownOutcomeException.class),
                        arguments(
                                Http2Faults.resetStreamMidBody(Http2Error.INTERNAL_ERROR),
                                UnknownOutcomeException.class)));
    }

    @Test
    void faults_thatThereAre_areAllMet() {
        requireEachMet(
                Stream.concat(faultsOfHttp1(), faultsOfHttp2()), Set.of(), List.of(Fault.class, Http2Faults.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp1")
    void send_overHttp1_endsAsItShould(Fault fault, Class<?> expected) {
        try (ASAPClient client = builder().build()) {
            peer.next(fault);
            requireOutcome(outcomeOfSend(client), expected);
            requireRecovery(() -> requireEcho(client.send(Peer.message())));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp1")
    void sendAsync_overHttp1_endsAsItShould(Fault fault, Class<?> expected) {
        try (ASAPClient client = builder().build()) {
            peer.next(fault);
            requireOutcome(outcomeOf(() -> requireEcho(join(client.sendAsync(Peer.message())))), expected);
            requireRecovery(() -> requireEcho(client.send(Peer.message())));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp2")
    void send_overHttp2_endsAsItShould(Fault fault, Class<?> expected) {
        try (ASAPClient client = builder().okHttpClient(http2).build()) {
            peer.next(fault);
            requireOutcome(outcomeOfSend(client), expected);
            requireRecovery(() -> requireEcho(client.send(Peer.message())));
        }
    }

    /** In a race, the connection was lost before the request went out, or after. */
    private static void requireOutcome(Class<?> actual, Class<?> expected) {
        requireOutcome(actual, expected, ConnectionException.class, UnknownOutcomeException.class);
    }

    @Test
    void send_answerThatDripsForever_endsWithTheTimeOfTheCall() {
        try (ASAPClient client = builder().callTimeout(Duration.ofMillis(700)).build()) {
            peer.next(Fault.slowly(1, SHORT));
            assertThat(outcomeOfSend(client)).isEqualTo(UnknownOutcomeException.class);
            requireRecovery(() -> requireEcho(client.send(Peer.message())));
        }
    }

    private static Class<?> outcomeOfSend(ASAPClient client) {
        return outcomeOf(() -> requireEcho(client.send(Peer.message())));
    }

    private static void requireEcho(Envelope answer) {
        assertThat(((TaskResponse) answer.payload()).result()).isEqualTo(JsonObject.of("text", "hello"));
    }

    /** Whatever the peer does once, the second attempt has the answer; a lost answer is one of those by permission. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp1")
    void send_withRepetition_survivesOneFault(Fault fault, Class<?> expected) {
        boolean canBeRepeated = List.of(UnknownOutcomeException.class, ConnectionException.class, RACE)
                .contains(expected);
        try (ASAPClient client = builder()
                .retry(RetryPolicy.defaults()
                        .withDelays(Duration.ofMillis(1), Duration.ofMillis(1))
                        .withRepeatUnknownOutcome(true))
                .build()) {
            peer.next(fault);
            assertThat(outcomeOfSend(client)).isEqualTo(canBeRepeated ? SUCCESS : expected);
            assertThat(client.stats().runningCalls()).isZero();
            assertThat(client.stats().busySlots()).isZero();
        }
    }

    @Test
    void send_refusedConnection_failsUntilThePeerIsBack() {
        try (ASAPClient client = builder().build()) {
            peer.refuseConnections();
            assertThat(outcomeOfSend(client)).isEqualTo(ConnectionException.class);
            peer.acceptConnections();
            assertThat(outcomeOfSend(client)).isEqualTo(SUCCESS);
        }
    }

    @Test
    void send_staleConnection_failsOnceAndIsNotRepeated() {
        try (ASAPClient client = builder().build()) {
            peer.next(Fault.closeOnNextRequest());
            assertThat(outcomeOfSend(client)).isEqualTo(SUCCESS);
            assertThat(outcomeOfSend(client)).isEqualTo(UnknownOutcomeException.class);
            assertThat(peer.requestCount()).isEqualTo(1);
            assertThat(outcomeOfSend(client)).isEqualTo(SUCCESS);
            assertThat(peer.connectionCount()).isEqualTo(2);
        }
    }

    @Test
    void send_largeRequestThatNobodyReads_endsInTime() {
        try (ASAPClient client = builder()
                .writeTimeout(Duration.ofMillis(300))
                .compression(Compression.off())
                .build()) {
            peer.next(Fault.readNothing());
            Envelope large = Envelope.of(
                    Peer.CALLER,
                    Peer.ECHO,
                    TaskRequest.of("c", "s", JsonObject.of("text", "x".repeat(32 * 1024 * 1024))));
            assertThat(catchThrowableOfType(RequestTimeoutException.class, () -> client.send(large)))
                    .isNotNull();
        }
    }

    @Test
    void send_unavailablePeer_tellsHowLongToWait() {
        try (ASAPClient client = builder().build()) {
            peer.next(Fault.answer(Answer.of(503).withHeader("Retry-After", "7")));
            assertThat(catchThrowableOfType(ConnectionException.class, () -> client.send(Peer.message())))
                    .satisfies(e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)));
        }
    }

    @Test
    void close_whileThePeerIsSilent_cutsTheCallOff() {
        peer.next(Fault.noAnswer());
        CompletableFuture<Envelope> answer;
        try (ASAPClient client = ASAPClient.builder(peer.url()).build()) {
            answer = client.sendAsync(Peer.message());
            await().until(() -> peer.requestCount() == 1);
        }
        assertThat(answer).isCompletedExceptionally();
        peer.requireNoConnections();
    }

    @Test
    void documents_areHad() {
        try (ASAPClient client = builder().build()) {
            assertThat(client.getManifest().endpoints().asap()).isEqualTo(peer.url() + "/asap");
            assertThat(client.healthCheck().isHealthy()).isTrue();
        }
    }
}
