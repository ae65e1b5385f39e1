// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static java.util.Objects.requireNonNull;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.testkit.Delivery.Afterwards;
import dev.asap.testkit.Delivery.End;
import dev.asap.testkit.Delivery.Endless;
import dev.asap.testkit.Delivery.Pace;
import dev.asap.testkit.Delivery.Place;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A way in which a {@link FaultyPeer} answers wrongly, late or not at all. Immutable and thread-safe.
 *
 * <pre>{@code
 * peer.next(Fault.resetAfterBytes(100), Fault.delay(Duration.ofMillis(50)).and(Fault.status(503)), Fault.none());
 * }</pre>
 *
 * <p>Faults of different kinds add up with {@link #and}; of two that say the same thing (how fast, where it stops), the latter
 * counts. They work over HTTP/1.1, over HTTP/2 and, with a message as the request and its answer as a text message, over a
 * WebSocket, as far as there is such a thing; what is for one of them alone is in {@link Http2Faults} and {@link
 * WebSocketFaults}. Bytes are counted from the first byte of the status line (HTTP/2: of the frame with the headers; WebSocket:
 * of the frame). {@link #toString()} is the call that made the fault, to name parameterised tests with.
 */
public final class Fault {
    /** What a fault takes to work. */
    enum Scope {
        ANY,
        HTTP2,
        WEB_SOCKET,
        /** Works before the request is read, and on nothing else. */
        UNREAD
    }

    private static final Place MID_HEAD = (head, body, tail) -> head / 2;
    private static final Place MID_BODY = (head, body, tail) -> head + body / 2;
    private static final Place BEFORE_TAIL = (head, body, tail) -> head + body;

    private static final int MAX_INFORMATIONAL = 199;
    private static final long MAX_BOMB = 4L << 30;

    /** No protocol begins like this: no text, an HTTP/2 frame of 16 MB, a WebSocket frame with every reserved bit set. */
    private static final byte[] GARBAGE = {
        (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xfe, 0x00, 0x0d, 0x0a, 0x0d, 0x0a, (byte) 0x80, 0x7f, 0x01, 0x02
    };

    private final String name;
    private final Scope scope;
    private final Consumer<Delivery> shape;

    private Fault(String name, Scope scope, Consumer<Delivery> shape) {
        this.name = name;
        this.scope = scope;
        this.shape = shape;
    }

    static Fault of(String name, Scope scope, Consumer<Delivery> shape) {
        return new Fault(name, scope, shape);
    }

    private static Fault of(String name, Consumer<Delivery> shape) {
        return new Fault(name, Scope.ANY, shape);
    }

    /**
     * This fault and another one.
     *
     * @throws IllegalArgumentException if the two cannot meet: one works before the request is read, or one needs HTTP/2 and the
     *     other a WebSocket
     */
    public Fault and(Fault other) {
        boolean meet = scope == other.scope || scope == Scope.ANY || other.scope == Scope.ANY;
        if (!meet || scope == Scope.UNREAD || other.scope == Scope.UNREAD) {
            throw new IllegalArgumentException(
                    this + " and " + other + " cannot meet; script them one after the other");
        }
        return new Fault(
                name + ".and(" + other + ")", scope == Scope.ANY ? other.scope : scope, shape.andThen(other.shape));
    }

    // Nothing wrong, or another answer.

    /** Nothing is wrong. */
    public static Fault none() {
        return of("none()", delivery -> {});
    }

    /** This answer instead of what the peer would say. */
    public static Fault answer(Answer answer) {
        requireNonNull(answer, "answer");
        return of("answer(" + answer + ")", delivery -> delivery.rewrite((request, usual) -> answer));
    }

    /** This HTTP status, without headers and body. */
    public static Fault status(int status) {
        return of("status(" + status + ")", delivery -> delivery.rewrite((request, usual) -> Answer.of(status)));
    }

    /** The peer's answer, changed; the function has to be thread-safe. */
    public static Fault change(UnaryOperator<Answer> change) {
        requireNonNull(change, "change");
        return of("change(…)", delivery -> delivery.rewrite((request, usual) -> change.apply(usual)));
    }

    /** An answer that names another message as the one that it answers. Works on JSON-RPC with an envelope. */
    public static Fault wrongCorrelation() {
        return of(
                "wrongCorrelation()",
                delivery -> delivery.rewrite((request, usual) -> usual.withBody(withWrongCorrelation(usual.body()))));
    }

    /** An answer with the JSON-RPC id of another request. Works on JSON-RPC. */
    public static Fault wrongRpcId() {
        return of(
                "wrongRpcId()",
                delivery -> delivery.rewrite((request, usual) -> usual.withBody(JsonObject.parse(usual.body())
                        .with("id", "not-what-was-asked")
                        .toBytes())));
    }

    private static byte[] withWrongCorrelation(byte[] body) {
        JsonObject rpc = JsonObject.parse(body);
        JsonObject result = rpc.getObject("result");
        JsonValue envelope = result.getObject("envelope").with("correlation_id", "not-what-was-asked");
        return rpc.with("result", result.with("envelope", envelope)).toBytes();
    }

    // Late, slow, silent.

    /** The answer begins this much later. Ends early where the client hangs up, as all waiting does. */
    public static Fault delay(Duration delay) {
        requireNotNegative(delay);
        return of("delay(" + delay + ")", delivery -> delivery.beforeHead = delay);
    }

    /** The body begins this much later than the headers. */
    public static Fault delayBody(Duration delay) {
        requireNotNegative(delay);
        return of("delayBody(" + delay + ")", delivery -> delivery.beforeBody = delay);
    }

    /**
     * The answer drips: so many bytes at a time, with a pause before each. Over HTTP/2 that goes for the body.
     *
     * @throws IllegalArgumentException if {@code bytes} is below 1
     */
    public static Fault slowly(int bytes, Duration pause) {
        requireNotNegative(pause);
        Pace pace = new Pace(atLeast("bytes", bytes, 1), pause);
        return of("slowly(" + bytes + ", " + pause + ")", delivery -> delivery.pace = pace);
    }

    /** The request is read and never answered. */
    public static Fault noAnswer() {
        return of("noAnswer()", delivery -> delivery.nothing(End.SILENCE));
    }

    /** The peer falls silent in the middle of the body. */
    public static Fault stallMidBody() {
        return of("stallMidBody()", delivery -> delivery.cut(MID_BODY, End.SILENCE));
    }

    /**
     * The connection is accepted and nothing is read from it, so that a large request does not get through. The request is not
     * recorded. The connection is open until the peer closes it ({@link FaultyPeer#close}, {@link FaultyPeer#dropConnections}):
     * who does not read does not notice that the client hung up.
     */
    public static Fault readNothing() {
        return of("readNothing()", Scope.UNREAD, delivery -> delivery.nothing(End.SILENCE));
    }

    // Broken off.

    /** The connection is reset when the request's first byte arrives. The request is not recorded. */
    public static Fault resetUnread() {
        return of("resetUnread()", Scope.UNREAD, delivery -> delivery.nothing(End.RESET));
    }

    /** The connection is reset when the request has been read. */
    public static Fault resetBeforeAnswer() {
        return of("resetBeforeAnswer()", delivery -> delivery.nothing(End.RESET));
    }

    /** The connection is reset in the middle of the headers. */
    public static Fault resetMidHeaders() {
        return of("resetMidHeaders()", delivery -> delivery.cut(MID_HEAD, End.RESET));
    }

    /** The connection is reset in the middle of the body. */
    public static Fault resetMidBody() {
        return of("resetMidBody()", delivery -> delivery.cut(MID_BODY, End.RESET));
    }

    /**
     * The connection is reset after this many bytes of the answer, or behind a shorter one. On some systems the client may lose
     * bytes that it had not read by then.
     */
    public static Fault resetAfterBytes(int bytes) {
        atLeast("bytes", bytes, 0);
        return of("resetAfterBytes(" + bytes + ")", delivery -> delivery.cut((head, body, tail) -> bytes, End.RESET));
    }

    /** The connection ends in good order when the request has been read. */
    public static Fault closeBeforeAnswer() {
        return of("closeBeforeAnswer()", delivery -> delivery.nothing(End.CLOSE));
    }

    /** The connection ends in good order in the middle of the headers. */
    public static Fault closeMidHeaders() {
        return of("closeMidHeaders()", delivery -> delivery.cut(MID_HEAD, End.CLOSE));
    }

    /** The connection ends in good order after this many bytes of the body, which is announced in full. */
    public static Fault truncateBody(int bytes) {
        atLeast("bytes", bytes, 0);
        return of(
                "truncateBody(" + bytes + ")",
                delivery -> delivery.cut((head, body, tail) -> head + Math.min(bytes, body), End.CLOSE));
    }

    /** The body comes in chunks, and the last chunk, which ends it, does not come: the connection ends. */
    public static Fault chunkedWithoutEnd() {
        return of("chunkedWithoutEnd()", delivery -> {
            delivery.chunked = true;
            delivery.cut(BEFORE_TAIL, End.CLOSE);
        });
    }

    // Spoiled.

    /** Bytes that belong to no protocol, instead of the answer; then the connection ends. */
    public static Fault garbage() {
        return of("garbage()", delivery -> delivery.garbage = GARBAGE);
    }

    /** These bytes instead of the answer, whatever they are; then the connection ends. Copies the array. */
    public static Fault garbage(byte[] bytes) {
        byte[] copy = bytes.clone();
        return of("garbage(" + copy.length + " bytes)", delivery -> delivery.garbage = copy);
    }

    /** The body comes in chunks, which is nothing wrong. */
    public static Fault chunked() {
        return of("chunked()", delivery -> delivery.chunked = true);
    }

    /**
     * {@code Content-Length} tells so many bytes more than the body has, or fewer where the number is negative. The connection
     * stays open: for more the client waits, and fewer leave bytes that stand before the next answer.
     */
    public static Fault contentLengthOffBy(int bytes) {
        return of("contentLengthOffBy(" + bytes + ")", delivery -> delivery.lengthError = bytes);
    }

    /** The answer is sent twice. */
    public static Fault duplicateAnswer() {
        return of("duplicateAnswer()", delivery -> delivery.copies = 2);
    }

    /** Headers without end, until the client hangs up. */
    public static Fault endlessHeaders() {
        return of("endlessHeaders()", delivery -> delivery.endless = Endless.HEAD);
    }

    /** The body is followed by blanks without end, until the client hangs up. */
    public static Fault endlessBody() {
        return of("endlessBody()", delivery -> {
            delivery.chunked = true;
            delivery.endless = Endless.BODY;
        });
    }

    /**
     * So many answers with an informational status before the real one.
     *
     * @throws IllegalArgumentException if {@code status} is not 100 to 199 or {@code count} is below 1
     */
    public static Fault informational(int status, int count) {
        if (status < 100 || status > MAX_INFORMATIONAL) {
            throw new IllegalArgumentException("status must be 100 to 199, got " + status);
        }
        atLeast("count", count, 1);
        return of("informational(" + status + ", " + count + ")", delivery -> {
            delivery.informationalStatus = status;
            delivery.informationalCount = count;
        });
    }

    // Compressed.

    /** The body is compressed with gzip, which is nothing wrong. */
    public static Fault gzip() {
        return of("gzip()", delivery -> encode(delivery, GzipBodies::gzip));
    }

    /**
     * The body is small, and inflates to this many blanks before the answer itself: read to its end, the answer is right.
     *
     * @throws IllegalArgumentException if it is not 1 byte to 4 GiB
     */
    public static Fault gzipBomb(long inflatedBytes) {
        if (inflatedBytes < 1 || inflatedBytes > MAX_BOMB) {
            throw new IllegalArgumentException("inflatedBytes must be 1 to " + MAX_BOMB + ", got " + inflatedBytes);
        }
        return of(
                "gzipBomb(" + inflatedBytes + ")",
                delivery -> encode(delivery, body -> GzipBodies.bomb(inflatedBytes, body)));
    }

    /** The body begins like gzip and cannot be inflated. */
    public static Fault corruptGzip() {
        return of("corruptGzip()", delivery -> encode(delivery, GzipBodies::corrupt));
    }

    /** The body is gzip that inflates to the answer, and its checksum is wrong. */
    public static Fault gzipWithWrongChecksum() {
        return of("gzipWithWrongChecksum()", delivery -> encode(delivery, GzipBodies::withWrongChecksum));
    }

    /** These bytes as the body, in an encoding such as {@code br} that the peer does not make itself. Copies the array. */
    public static Fault encodedBody(String contentEncoding, byte[] body) {
        byte[] copy = body.clone();
        return of(
                "encodedBody(" + contentEncoding + ", " + copy.length + " bytes)",
                delivery -> delivery.rewrite((request, usual) ->
                        usual.withHeader("Content-Encoding", contentEncoding).withBody(copy)));
    }

    private static void encode(Delivery delivery, UnaryOperator<byte[]> encoding) {
        delivery.rewrite((request, usual) ->
                usual.withHeader("Content-Encoding", "gzip").withBody(encoding.apply(usual.body())));
    }

    // The connection afterwards.

    /** The connection ends behind the answer, which does not say so. */
    public static Fault closeAfterAnswer() {
        return of("closeAfterAnswer()", delivery -> delivery.afterwards = Afterwards.CLOSE);
    }

    /**
     * The connection stays open behind the answer, and is closed as soon as the next request begins to arrive: what happens when
     * a server gives up an idle connection at the wrong moment. The request that it hits is not recorded and takes no fault.
     */
    public static Fault closeOnNextRequest() {
        return of("closeOnNextRequest()", delivery -> delivery.afterwards = Afterwards.CLOSE_ON_NEXT_REQUEST);
    }

    Scope scope() {
        return scope;
    }

    Delivery toDelivery() {
        Delivery delivery = new Delivery();
        shape.accept(delivery);
        return delivery;
    }

    /** The call that made it. */
    @Override
    public String toString() {
        return name;
    }

    static int atLeast(String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(what + " must be " + least + " or more, got " + value);
        }
        return value;
    }

    private static void requireNotNegative(Duration pause) {
        if (pause.isNegative()) {
            throw new IllegalArgumentException("a pause must not be negative, got " + pause);
        }
    }
}
