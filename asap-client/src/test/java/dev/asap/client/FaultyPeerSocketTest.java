// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.asap.ASAPException;
import dev.asap.error.ConnectionException;
import dev.asap.error.CorrelationException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.testkit.Answer;
import dev.asap.testkit.Fault;
import dev.asap.testkit.WebSocketFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a peer does at the handshake or to a message, a call over a socket ends in time, with its answer or with an exception of
 * ours; it leaves nothing behind, and its place is free for the next one.
 */
class FaultyPeerSocketTest extends FaultTesting {
    /** Has place for one call: who leaves a trace is in the way of the next one. A silent peer is soon given up. */
    private ASAPSocket.Builder builder() {
        return ASAPSocket.builder(peer.url())
                .openTimeout(Duration.ofMillis(500))
                .receiveTimeout(Duration.ofMillis(500))
                .closeTimeout(Duration.ofMillis(100))
                .staleLimit(Duration.ofMillis(800))
                .maxResponseBytes(100_000)
                .maxCalls(1);
    }

    private SocketPool pool() {
        return SocketPool.builder()
                .sockets(url -> builder().build())
                .maxPerUrl(1)
                .acquireTimeout(Duration.ofMillis(500))
                .build();
    }

    /**
     * A message was sent, and nobody knows what became of it.
     *
     * @param cause the class of the exception that tells why
     */
    private record Unknown(Class<?> cause) {}

    private static final Unknown LOST = new Unknown(ConnectionException.class);
    private static final Unknown UNANSWERED = new Unknown(RequestTimeoutException.class);

    /** The connection ends by itself after the handshake: while the message is sent, or before. */
    private static final List<Object> LOST_OR_NOT_SENT = List.of(LOST, ConnectionException.class);

    /** What the peer sends unasked ends the connection while a call waits that can be told why, or before. */
    private static final List<Object> IN_A_RACE =
            List.of(LOST, ConnectionException.class, ResponseTooLargeException.class);

    static Stream<Arguments> faultsOfTheHandshake() {
        return Stream.of(
                arguments(Fault.none(), SUCCESS),
                arguments(Fault.delay(SHORT), SUCCESS),
                arguments(Fault.delayBody(SHORT), SUCCESS),
                arguments(Fault.slowly(20, Duration.ofMillis(1)), SUCCESS),
                arguments(Fault.chunked(), SUCCESS),
                arguments(Fault.truncateBody(10), LOST_OR_NOT_SENT),
                arguments(Fault.delay(FOREVER), RequestTimeoutException.class),
                arguments(Fault.delayBody(FOREVER), UNANSWERED),
                arguments(Fault.noAnswer(), RequestTimeoutException.class),
                arguments(Fault.stallMidBody(), UNANSWERED),
                arguments(Fault.slowly(1, Duration.ofMillis(50)), RequestTimeoutException.class),
                arguments(Fault.readNothing(), RequestTimeoutException.class),
                arguments(Fault.resetUnread(), ConnectionException.class),
                arguments(Fault.resetBeforeAnswer(), ConnectionException.class),
                arguments(Fault.resetMidHeaders(), ConnectionException.class),
                arguments(Fault.resetMidBody(), LOST_OR_NOT_SENT),
                arguments(Fault.resetAfterBytes(100), ConnectionException.class),
                arguments(Fault.closeBeforeAnswer(), ConnectionException.class),
                arguments(Fault.closeMidHeaders(), ConnectionException.class),
                arguments(Fault.closeAfterAnswer(), LOST_OR_NOT_SENT),
                arguments(Fault.chunkedWithoutEnd(), LOST_OR_NOT_SENT),
                arguments(Fault.garbage(), ConnectionException.class),
                arguments(Fault.garbage(new byte[] {0}), ConnectionException.class),
                arguments(Fault.duplicateAnswer(), LOST_OR_NOT_SENT),
                arguments(Fault.endlessHeaders(), ConnectionException.class),
                arguments(Fault.endlessBody(), LOST_OR_NOT_SENT),
                arguments(Fault.status(503), ConnectionException.class),
                arguments(Fault.answer(Answer.json("[")), ConnectionException.class),
                arguments(
                        Fault.change(answer -> answer.withHeader("Sec-WebSocket-Accept", "x")),
                        ConnectionException.class),
                arguments(WebSocketFaults.close(1011), LOST_OR_NOT_SENT),
                arguments(WebSocketFaults.drop(), LOST_OR_NOT_SENT),
                arguments(WebSocketFaults.silence(), UNANSWERED),
                arguments(WebSocketFaults.garbageFrame(), LOST_OR_NOT_SENT),
                arguments(WebSocketFaults.oversizedFrame(100_001), RACE),
                arguments(WebSocketFaults.pings(3), SUCCESS),
                arguments(WebSocketFaults.noAcknowledgement(), SUCCESS),
                arguments(Fault.informational(103, 1), SUCCESS),
                arguments(Fault.contentLengthOffBy(10), SUCCESS),
                arguments(Fault.closeOnNextRequest(), SUCCESS),
                arguments(Fault.gzip(), SUCCESS),
                arguments(Fault.gzipBomb(100_000_000), SUCCESS),
                arguments(Fault.corruptGzip(), SUCCESS),
                arguments(Fault.gzipWithWrongChecksum(), SUCCESS),
                arguments(Fault.encodedBody("br", new byte[] {1, 2, 3}), SUCCESS));
    }

    static Stream<Arguments> faultsOfAMessage() {
        return Stream.of(
                arguments(Fault.none(), SUCCESS),
                arguments(Fault.delay(SHORT), SUCCESS),
                arguments(Fault.delayBody(SHORT), SUCCESS),
                arguments(Fault.slowly(20, Duration.ofMillis(1)), SUCCESS),
                arguments(Fault.closeAfterAnswer(), SUCCESS),
                arguments(Fault.closeOnNextRequest(), SUCCESS),
                arguments(Fault.duplicateAnswer(), SUCCESS),
                arguments(WebSocketFaults.pings(3), SUCCESS),
                arguments(WebSocketFaults.noAcknowledgement(), SUCCESS),
                arguments(Fault.delay(FOREVER), UNANSWERED),
                arguments(Fault.delayBody(FOREVER), UNANSWERED),
                arguments(Fault.noAnswer(), UNANSWERED),
                arguments(Fault.readNothing(), UNANSWERED),
                arguments(Fault.stallMidBody(), UNANSWERED),
                arguments(Fault.slowly(10, Duration.ofMillis(50)), UNANSWERED),
                arguments(WebSocketFaults.silence(), UNANSWERED),
                arguments(Fault.wrongRpcId(), UNANSWERED),
                arguments(Fault.answer(Answer.json("[")), UNANSWERED),
                arguments(Fault.status(503), UNANSWERED),
                arguments(Fault.gzip(), UNANSWERED),
                arguments(Fault.gzipBomb(100_000_000), UNANSWERED),
                arguments(Fault.corruptGzip(), UNANSWERED),
                arguments(Fault.gzipWithWrongChecksum(), UNANSWERED),
                arguments(Fault.encodedBody("br", new byte[] {1, 2, 3}), UNANSWERED),
                arguments(Fault.resetUnread(), LOST),
                arguments(Fault.resetBeforeAnswer(), LOST),
                arguments(Fault.resetMidHeaders(), LOST),
                arguments(Fault.resetMidBody(), LOST),
                arguments(Fault.resetAfterBytes(100), LOST),
                arguments(Fault.closeBeforeAnswer(), LOST),
                arguments(Fault.closeMidHeaders(), LOST),
                arguments(Fault.truncateBody(10), LOST),
                arguments(Fault.garbage(), ResponseTooLargeException.class),
                arguments(Fault.garbage(new byte[] {0}), LOST),
                arguments(WebSocketFaults.close(1011), LOST),
                arguments(WebSocketFaults.drop(), LOST),
                arguments(WebSocketFaults.garbageFrame(), LOST),
                arguments(WebSocketFaults.oversizedFrame(100_001), ResponseTooLargeException.class),
                arguments(Fault.endlessHeaders(), ResponseTooLargeException.class),
                arguments(Fault.endlessBody(), SUCCESS),
                arguments(Fault.wrongCorrelation(), CorrelationException.class),
                arguments(
                        Fault.change(answer -> answer.withBody(answer.text().replace("\"envelope\"", "\"other\""))),
                        RemoteErrorException.class));
    }

    /** Faults of JSON-RPC answers, which a handshake is not. */
    private static final Set<String> NOT_OF_HANDSHAKES = Set.of("wrongRpcId", "wrongCorrelation");

    /** Faults of what frames have nothing of. */
    private static final Set<String> NOT_OF_MESSAGES =
            Set.of("chunked", "chunkedWithoutEnd", "contentLengthOffBy", "informational");

    @Test
    void faults_thatThereAre_areAllMet() {
        List<Class<?>> makers = List.of(Fault.class, WebSocketFaults.class);
        requireEachMet(faultsOfTheHandshake(), NOT_OF_HANDSHAKES, makers);
        requireEachMet(faultsOfAMessage(), NOT_OF_MESSAGES, makers);
    }

    /** What an application does with a connected socket. */
    @FunctionalInterface
    private interface Use {
        void of(ASAPSocket socket);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfTheHandshake")
    void send_faultAtTheHandshake_endsAsItShould(Fault fault, Object expected) {
        requireEnd(FaultyPeerSocketTest::send, expected, fault);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfAMessage")
    void sendAsync_faultAtTheMessage_endsAsItShould(Fault fault, Object expected) {
        requireEnd(FaultyPeerSocketTest::sendAsync, expected, Fault.none(), fault);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfAMessage")
    void stream_faultAtTheMessage_endsAsItShould(Fault fault, Object expected) {
        requireEnd(FaultyPeerSocketTest::stream, expected, Fault.none(), fault);
    }

    private void requireEnd(Use use, Object expected, Fault... faults) {
        peer.next(faults);
        try (ASAPSocket socket = builder().build()) {
            requireEndOf(() -> use.of(socket.connect()), expected);
            // Either the connection is lost, or it works; what it may not be is full.
            StreamFixture.soon()
                    .until(() -> socket.state() != SocketState.OPEN || outcomeOf(() -> use.of(socket)) == SUCCESS);
        }
    }

    private static void requireEndOf(Calling call, Object expected) {
        Object end = endOf(call);
        if (expected == RACE) {
            assertThat(end).isIn(IN_A_RACE);
        } else if (expected instanceof List<?> several) {
            assertThat(end).isIn(several);
        } else {
            assertThat(end).isEqualTo(expected);
        }
    }

    private static Object endOf(Calling call) {
        try {
            call.run();
            return SUCCESS;
        } catch (UnknownOutcomeException e) {
            return new Unknown(e.getCause().getClass());
        } catch (ASAPException e) {
            return e.getClass();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfTheHandshake")
    void pool_faultAtTheHandshake_endsAsItShouldAndKeepsItsOnlyPlace(Fault fault, Object expected) {
        requirePlace(expected, fault);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultsOfAMessage")
    void pool_faultAtTheMessage_endsAsItShouldAndKeepsItsOnlyPlace(Fault fault, Object expected) {
        requirePlace(expected, Fault.none(), fault);
    }

    private void requirePlace(Object expected, Fault... faults) {
        peer.next(faults);
        try (SocketPool pool = pool()) {
            requireEndOf(() -> borrow(pool), expected);
            StreamFixture.soon().until(() -> outcomeOf(() -> borrow(pool)) == SUCCESS);
        }
    }

    private void borrow(SocketPool pool) {
        try (SocketPool.Lease lease = pool.acquire(peer.url())) {
            send(lease.socket());
        }
    }

    @Test
    void pool_refusedConnection_failsUntilThePeerIsBack() {
        try (SocketPool pool = pool()) {
            peer.refuseConnections();
            assertThat(outcomeOf(() -> borrow(pool))).isEqualTo(ConnectionException.class);
            assertThat(outcomeOf(() -> borrow(pool))).isEqualTo(ConnectionException.class);
            peer.acceptConnections();
            borrow(pool);
        }
    }

    private static void send(ASAPSocket socket) {
        assertThat(SocketTesting.textOf(socket.send(SocketTesting.plain("m-1"))))
                .isEqualTo("hello");
    }

    private static void sendAsync(ASAPSocket socket) {
        assertThat(SocketTesting.textOf(join(socket.sendAsync(SocketTesting.plain("m-1")))))
                .isEqualTo("hello");
    }

    private static void stream(ASAPSocket socket) {
        try (EnvelopeStream stream = socket.stream(SocketTesting.plain("m-1"))) {
            List<String> texts = new ArrayList<>();
            stream.forEach(answer -> texts.add(SocketTesting.textOf(answer)));
            assertThat(texts).containsExactly("hello");
        }
    }
}
