// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.Afterwards;
import dev.asap.testkit.Delivery.Cut;
import dev.asap.testkit.Delivery.End;
import dev.asap.testkit.Delivery.Pace;
import dev.asap.testkit.Fault.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * The server's side of a WebSocket: answers the messages one after the other. Belongs to one thread, so that a ping waits for
 * the answer before it.
 */
final class WebSocketConnection {
    static final int TEXT = 0x1;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;

    private static final int CONTINUATION = 0x0;
    private static final int PONG = 0xa;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int LENGTH_BITS = 0x7f;
    private static final int OPCODE_BITS = 0xf;
    private static final int MASK_BYTES = 4;

    /** Up to here the length is in the second byte; then it takes two bytes more, or eight. */
    private static final int SHORT = 125;

    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MOST_OF_TWO_BYTES = 0xffff;

    private static final byte[] NO_BYTES = {};
    private static final byte[] BLANKS = blanks();

    private final PeerConnection connection;
    private final Script script;
    private final ReceivedRequest handshake;

    WebSocketConnection(PeerConnection connection, Script script, ReceivedRequest handshake) {
        this.connection = connection;
        this.script = script;
        this.handshake = handshake;
    }

    /** Answers messages until the connection ends; what the delivery of the handshake asks for comes first. */
    void serve(Delivery first) throws IOException {
        if (first.socket != null) {
            first.socket.run(this);
        }
        boolean closing = false;
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (connection.awaitByte()) {
            if (closing) {
                return;
            }
            int start = connection.read();
            byte[] payload = readPayload(message.size());
            int opcode = start & OPCODE_BITS;
            if (opcode == CLOSE) {
                write(CLOSE, payload);
                return;
            } else if (opcode == PING) {
                write(PONG, payload);
            } else if (opcode != PONG) {
                message.writeBytes(payload);
                if ((start & FIN) != 0) {
                    closing = answer(handshake.message(message.toByteArray()));
                    message.reset();
                }
            }
        }
    }

    /** True if the connection is to be closed when the next message arrives. */
    private boolean answer(ReceivedRequest message) throws IOException {
        Delivery delivery = script.take(message, Scope.WEB_SOCKET);
        new MessageExchange(message).send(script.answer(message, delivery), delivery);
        return delivery.afterwards == Afterwards.CLOSE_ON_NEXT_REQUEST;
    }

    /** Sends a whole frame. */
    void write(int opcode, byte[] payload) throws IOException {
        connection.write(frameHead(FIN | opcode, payload.length));
        connection.write(payload);
    }

    /** Sends bytes as they are. */
    void writeRaw(byte[] bytes) throws IOException {
        connection.write(bytes);
    }

    /** Sends a text frame of so many blanks. */
    void writeBlanks(long length) throws IOException {
        connection.write(frameHead(FIN | TEXT, length));
        for (long left = length; left > 0; left -= BLANKS.length) {
            connection.write(Arrays.copyOf(BLANKS, (int) Math.min(left, BLANKS.length)));
        }
    }

    /** Reads whatever comes without a reaction, until the client hangs up; then ends the connection. */
    void awaitEnd() throws IOException {
        connection.awaitEnd();
        connection.close();
    }

    /** Ends the connection without the frame that should come before. */
    void drop() {
        connection.close();
    }

    private byte[] readPayload(int before) throws IOException {
        int second = connection.read();
        long length = second & LENGTH_BITS;
        if (length == TWO_BYTES) {
            length = ByteBuffer.wrap(connection.read(Short.BYTES)).getShort() & MOST_OF_TWO_BYTES;
        } else if (length == EIGHT_BYTES) {
            length = ByteBuffer.wrap(connection.read(Long.BYTES)).getLong();
        }
        if ((second & MASKED) == 0 || length < 0 || length > PeerConnection.MAX_BODY_BYTES - before) {
            throw new ProtocolException(
                    "a client's message must be masked and have " + PeerConnection.MAX_BODY_BYTES + " bytes at most");
        }
        byte[] mask = connection.read(MASK_BYTES);
        byte[] payload = connection.read((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % MASK_BYTES];
        }
        return payload;
    }

    private static byte[] frameHead(int start, long length) {
        ByteBuffer head = ByteBuffer.allocate(2 + Long.BYTES).put((byte) start);
        if (length <= SHORT) {
            head.put((byte) length);
        } else if (length <= MOST_OF_TWO_BYTES) {
            head.put((byte) TWO_BYTES).putShort((short) length);
        } else {
            head.put((byte) EIGHT_BYTES).putLong(length);
        }
        return Arrays.copyOf(head.array(), head.position());
    }

    private static byte[] blanks() {
        byte[] blanks = new byte[64 * 1024];
        Arrays.fill(blanks, (byte) ' ');
        return blanks;
    }

    private final class MessageExchange extends Exchange {
        private final ReceivedRequest message;

        MessageExchange(ReceivedRequest message) {
            this.message = message;
        }

        @Override
        byte[] head(Answer answer, Delivery delivery) {
            int length = answer.body().length;
            return length == 0 ? NO_BYTES : frameHead(FIN | TEXT, length);
        }

        @Override
        byte[] body(Answer answer, Delivery delivery) {
            return answer.body();
        }

        @Override
        byte[] tail(Answer answer, Delivery delivery) {
            return NO_BYTES;
        }

        @Override
        void announce(Delivery delivery) throws IOException {
            Optional<byte[]> acknowledgement = EchoAgent.acknowledgement(message);
            if (delivery.acknowledged && acknowledgement.isPresent()) {
                write(TEXT, acknowledgement.get());
            }
            if (delivery.socket != null) {
                delivery.socket.run(WebSocketConnection.this);
            }
        }

        @Override
        void writeHead(byte[] bytes, Pace pace) throws IOException {
            connection.write(bytes, pace);
        }

        @Override
        void writeBody(byte[] bytes, Pace pace) throws IOException {
            connection.write(bytes, pace);
        }

        /** There are no headers; a message without end it is, in frames. */
        @Override
        void writeEndlessHead() throws IOException {
            writeEndlessBody(Pace.FULL);
        }

        @Override
        void writeEndlessBody(Pace pace) throws IOException {
            byte[] goOn = frameHead(CONTINUATION, BLANKS.length);
            connection.write(frameHead(TEXT, BLANKS.length));
            connection.write(BLANKS, pace);
            while (true) {
                connection.write(goOn);
                connection.write(BLANKS, pace);
            }
        }

        @Override
        void pause(Duration length) throws IOException {
            connection.pause(length);
        }

        /** Silence before an answer is about that answer; silence within it leaves no way to say anything else. */
        @Override
        void end(End end, Delivery delivery) throws IOException {
            Cut cut = delivery.cut;
            boolean unanswered = cut != null && cut.place().of(1, 1, 1) == 0;
            if (end == End.SILENCE && unanswered) {
                return;
            }
            if (end == End.RESET) {
                connection.reset();
                return;
            }
            if (end == End.SILENCE) {
                connection.awaitEnd();
            }
            connection.close();
        }
    }
}
