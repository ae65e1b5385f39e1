// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.SocketAct;
import dev.asap.testkit.Fault.Scope;

/**
 * Faults of a WebSocket. Each works where its turn in the script comes: at the handshake, it happens unprompted right after a
 * handshake that succeeds; at a message, before the message is answered, as far as that is possible then.
 *
 * <pre>{@code
 * peer.next(Fault.none(), Fault.none(), WebSocketFaults.close(1011)); // at the second message
 * }</pre>
 *
 * <p>A handshake is refused with {@link Fault#status}, a message left unanswered with {@link Fault#noAnswer}; {@link
 * Fault#slowly}, {@link Fault#garbage} and the others work on a message's frame as they do on a response.
 */
public final class WebSocketFaults {
    /** Every reserved bit and an opcode that there is not. */
    private static final byte[] GARBAGE = {(byte) 0xff, 0x03, 'b', 'a', 'd'};

    private static final byte[] PING_PAYLOAD = {'p', 'i', 'n', 'g'};

    private WebSocketFaults() {}

    /**
     * The peer closes with this code, as in 1011, and waits for the client to hang up.
     *
     * @throws IllegalArgumentException if it is not 0 to 65535
     */
    public static Fault close(int code) {
        if (code < 0 || code > 0xffff) {
            throw new IllegalArgumentException("code must be 0 to 65535, got " + code);
        }
        byte[] payload = {(byte) (code >>> Byte.SIZE), (byte) code};
        return of("close(" + code + ")", socket -> {
            socket.write(WebSocketConnection.CLOSE, payload);
            socket.awaitEnd();
        });
    }

    /** The connection ends without a close frame. */
    public static Fault drop() {
        return of("drop()", WebSocketConnection::drop);
    }

    /** From now on the peer reads and reacts to nothing, neither to pings nor to a close frame. */
    public static Fault silence() {
        return of("silence()", WebSocketConnection::awaitEnd);
    }

    /** A frame that breaks the protocol. */
    public static Fault garbageFrame() {
        return of("garbageFrame()", socket -> socket.writeRaw(GARBAGE));
    }

    /**
     * A text frame of so many blanks.
     *
     * @throws IllegalArgumentException if {@code bytes} is below 1
     */
    public static Fault oversizedFrame(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be 1 or more, got " + bytes);
        }
        return of("oversizedFrame(" + bytes + ")", socket -> socket.writeBlanks(bytes));
    }

    /**
     * So many pings, one right after the other.
     *
     * @throws IllegalArgumentException if {@code count} is below 1
     */
    public static Fault pings(int count) {
        Fault.atLeast("count", count, 1);
        return of("pings(" + count + ")", socket -> {
            for (int i = 0; i < count; i++) {
                socket.write(WebSocketConnection.PING, PING_PAYLOAD);
            }
        });
    }

    /** A message that asks to be acknowledged is answered without being so. */
    public static Fault noAcknowledgement() {
        return Fault.of(
                "WebSocketFaults.noAcknowledgement()", Scope.WEB_SOCKET, delivery -> delivery.acknowledged = false);
    }

    private static Fault of(String name, SocketAct act) {
        return Fault.of("WebSocketFaults." + name, Scope.WEB_SOCKET, delivery -> delivery.socket = act);
    }
}
