// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import dev.asap.model.TaskStream;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.Http2Error;
import dev.asap.testkit.Http2Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a peer does, a stream ends in time, in good order or with an exception of ours, however it is read; it leaves nothing
 * behind, and the client goes on working.
 */
class FaultyPeerStreamTest extends FaultTesting {
    private static final StreamOptions LIMITS = StreamOptions.defaults()
            .withFirstByteTimeout(Duration.ofMillis(500))
            .withIdleTimeout(Duration.ofMillis(500))
            .withTotalTimeout(Duration.ofSeconds(2))
            .withMaxEventBytes(100_000);

    /** Faults of JSON-RPC answers, which streams are not made of; {@link #wrongCorrelation} is the same for them. */
    private static final Set<String> NOT_OF_STREAMS = Set.of("wrongRpcId", "wrongCorrelation");

    private final OkHttpClient http2 = new OkHttpClient.Builder()
            .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
            .build();

    @AfterEach
    void closeHttp2() {
        http2.connectionPool().evictAll();
    }

    private ASAPClient.Builder builder() {
        return Peer.client(peer.url()).maxResponseBytes(100_000);
    }

    private static Fault wrongCorrelation() {
        return Fault.change(answer -> answer.withBody(answer.text().replace("\"m-1\"", "\"not-what-was-asked\"")));
    }

    /** Blanks without end where the first event should come. */
    private static Fault endlessEvent() {
        return Fault.answer(Answer.of(200).withHeader("Content-Type", "text/event-stream"))
                .and(Fault.endlessBody());
    }

    static Stream<Arguments> faultsOfAnyVersion() {
        return Stream.of(
                arguments(Fault.none(), SUCCESS),
                arguments(Fault.delay(SHORT), SUCCESS),
                arguments(Fault.delayBody(SHORT), SUCCESS),
                arguments(Fault.slowly(20, Duration.ofMillis(1)), SUCCESS),
                arguments(Fault.closeAfterAnswer(), SUCCESS),
                arguments(Fault.closeOnNextRequest(), SUCCESS),
                arguments(Fault.informational(103, 1), SUCCESS),
                arguments(Fault.duplicateAnswer(), SUCCESS),
                arguments(Fault.delay(FOREVER), RequestTimeoutException.class),
                arguments(Fault.delayBody(FOREVER), RequestTimeoutException.class),
                arguments(Fault.noAnswer(), RequestTimeoutException.class),
                arguments(Fault.stallMidBody(), RequestTimeoutException.class),
                arguments(Fault.slowly(1, Duration.ofMillis(50)), RequestTimeoutException.class),
                arguments(Fault.resetUnread(), ConnectionException.class),
                arguments(Fault.resetBeforeAnswer(), ConnectionException.class),
                arguments(Fault.resetMidHeaders(), ConnectionException.class),
                arguments(Fault.resetMidBody(), RACE),
                arguments(Fault.resetAfterBytes(20), ConnectionException.class),
                arguments(Fault.closeBeforeAnswer(), ConnectionException.class),
                arguments(Fault.closeMidHeaders(), ConnectionException.class),
                arguments(Fault.truncateBody(10), StreamBrokenException.class),
                arguments(Fault.garbage(), ConnectionException.class),
                arguments(Fault.garbage(new byte[] {0}), ConnectionException.class),
                arguments(Fault.endlessHeaders(), ConnectionException.class),
                arguments(endlessEvent(), EventTooLargeException.class),
                arguments(Fault.status(503), ConnectionException.class),
                arguments(Fault.answer(Answer.json("[")), RemoteErrorException.class),
                arguments(wrongCorrelation(), CorrelationException.class),
                arguments(Fault.gzip(), RemoteErrorException.class),
                arguments(Fault.gzipBomb(100_000_000), RemoteErrorException.class),
                arguments(Fault.corruptGzip(), RemoteErrorException.class),
                arguments(Fault.gzipWithWrongChecksum(), RemoteErrorException.class),
                arguments(Fault.encodedBody("br", new byte[] {1, 2, 3}), RemoteErrorException.class));
    }

    static Stream<Arguments> faultsOfHttp1() {
        return Stream.concat(
                faultsOfAnyVersion(),
                Stream.of(
                        arguments(Fault.chunked(), SUCCESS),
                        arguments(Fault.chunkedWithoutEnd(), SUCCESS),
                        arguments(Fault.endlessBody(), SUCCESS),
                        arguments(Fault.contentLengthOffBy(10), SUCCESS),
                        arguments(Fault.contentLengthOffBy(-10), StreamBrokenException.class),
                        arguments(Fault.readNothing(), RequestTimeoutException.class)));
    }

    static Stream<Arguments> faultsOfHttp2() {
        return Stream.concat(
                faultsOfAnyVersion(),
                Stream.of(
                        arguments(Fault.contentLengthOffBy(10), SUCCESS),
                        arguments(Fault.contentLengthOffBy(-10), StreamBrokenException.class),
                        arguments(Http2Faults.goAwayBelow(Http2Error.NO_ERROR), ConnectionException.class),
                        arguments(Http2Faults.goAwayAbove(Http2Error.NO_ERROR), SUCCESS),
                        arguments(
                                Http2Faults.goAwayAbove(Http2Error.NO_ERROR).and(Fault.closeBeforeAnswer()),
                                ConnectionException.class),
                        arguments(Http2Faults.resetStream(Http2Error.REFUSED_STREAM), ConnectionException.class),
                        arguments(Http2Faults.resetStream(Http2Error.INTERNAL_ERROR), ConnectionException.class),
                        arguments(Http2Faults.resetStream(Http2Error.CANCEL), ConnectionException.class),
                        arguments(
                                Http2Faults.resetStreamMidBody(Http2Error.INTERNAL_ERROR), StreamBrokenException.class),
                        arguments(Http2Faults.resetStreamMidBody(Http2Error.CANCEL), StreamBrokenException.class)));
    }

    @Test
    void faults_thatThereAre_areAllMet() {
        requireEachMet(
                Stream.concat(faultsOfHttp1(), faultsOfHttp2()),
                NOT_OF_STREAMS,
                List.of(Fault.class, Http2Faults.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp1")
    void stream_overHttp1_endsAsItShould(Fault fault, Class<?> expected) {
        requireEnd(builder(), fault, FaultyPeerStreamTest::readAll, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp2")
    void stream_overHttp2_endsAsItShould(Fault fault, Class<?> expected) {
        requireEnd(builder().okHttpClient(http2), fault, FaultyPeerStreamTest::readAll, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp1")
    void publisher_overHttp1_endsAsItShould(Fault fault, Class<?> expected) {
        requireEnd(builder(), fault, FaultyPeerStreamTest::subscribe, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp2")
    void publisher_overHttp2_endsAsItShould(Fault fault, Class<?> expected) {
        requireEnd(builder().okHttpClient(http2), fault, FaultyPeerStreamTest::subscribe, expected);
    }

    /** Reads a stream to its end. */
    @FunctionalInterface
    private interface Reading {
        List<Envelope> read(ASAPClient client);
    }

    private void requireEnd(ASAPClient.Builder builder, Fault fault, Reading reading, Class<?> expected) {
        try (ASAPClient client = builder.build()) {
            peer.next(fault);
            requireOutcome(outcomeOf(() -> requireText(reading.read(client))), expected);
            requireNothingRuns(client);
            requireRecovery(() -> requireText(reading.read(client)));
            requireNothingRuns(client);
        }
    }

    /** In a race, what had come of the answer was read before the connection was lost, or it was lost with it. */
    private static void requireOutcome(Class<?> actual, Class<?> expected) {
        requireOutcome(actual, expected, ConnectionException.class, StreamBrokenException.class);
    }

    /** Who has seen enough leaves nothing behind either, whatever would have come. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfHttp1")
    void stream_closedBeforeItsEnd_leavesNothing(Fault fault, Class<?> expected) {
        try (ASAPClient client = builder().build()) {
            peer.next(fault);
            Class<?> begun =
                    outcomeOf(() -> client.stream(Peer.message(), LIMITS).close());
            if (begun != SUCCESS) {
                requireOutcome(begun, expected);
            }
            requireNothingRuns(client);
        }
    }

    @Test
    void stream_refusedConnection_failsUntilThePeerIsBack() {
        try (ASAPClient client = builder().build()) {
            peer.refuseConnections();
            assertThat(outcomeOf(() -> readAll(client))).isEqualTo(ConnectionException.class);
            assertThat(outcomeOf(() -> subscribe(client))).isEqualTo(ConnectionException.class);
            peer.acceptConnections();
            requireText(readAll(client));
            requireText(subscribe(client));
        }
    }

    private static List<Envelope> readAll(ASAPClient client) {
        List<Envelope> all = new ArrayList<>();
        try (EnvelopeStream stream = client.stream(Peer.message(), LIMITS)) {
            stream.forEach(all::add);
        }
        return all;
    }

    private static List<Envelope> subscribe(ASAPClient client) {
        OneByOne subscriber = new OneByOne();
        client.publisher(Peer.message(), LIMITS).subscribe(subscriber);
        return join(subscriber.end);
    }

    /** Asks for the next envelope when it has the one before. */
    private static final class OneByOne implements Flow.Subscriber<Envelope> {
        final CompletableFuture<List<Envelope>> end = new CompletableFuture<>();
        private final List<Envelope> all = new ArrayList<>();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            subscription.request(1);
        }

        @Override
        public void onNext(Envelope envelope) {
            all.add(envelope);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(all);
        }
    }

    private static void requireText(List<Envelope> answer) {
        assertThat(answer.stream()
                        .map(each -> ((TaskStream) each.payload()).chunk())
                        .collect(Collectors.joining()))
                .isEqualTo("{\"text\":\"hello\"}");
    }

    private static void requireNothingRuns(ASAPClient client) {
        StreamFixture.soon().untilAsserted(() -> {
            assertThat(client.stats().runningCalls()).isZero();
            assertThat(client.stats().busySlots()).isZero();
        });
    }
}
