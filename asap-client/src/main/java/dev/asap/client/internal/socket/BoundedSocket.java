// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.io.IOException;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Sink;
import okio.Socket;
import okio.Source;

/**
 * A connection to a WebSocket peer on which the sizes of incoming messages are watched: read from the frames' headers as the bytes
 * pass by, before the payload is collected anywhere. Not thread-safe, like what it wraps.
 */
public final class BoundedSocket implements Socket {
    /** Gets to know what arrives; called by the thread that reads. */
    public interface Monitor {
        /** Bytes have arrived, of whatever kind of frame. */
        void onBytes();

        /** A message begins, or goes on, that is larger than allowed. What the peer sends from now on is thrown away. */
        void onTooLarge();
    }

    private final Socket socket;
    private final Source source;

    /**
     * Watches a connection.
     *
     * @param socket the connection, from the first byte after the handshake on
     * @param maxMessageBytes the size that a message may have, all its frames together
     * @param monitor gets to know
     */
    public BoundedSocket(Socket socket, long maxMessageBytes, Monitor monitor) {
        this.socket = socket;
        this.source = new BoundedSource(socket.getSource(), maxMessageBytes, monitor);
    }

    @Override
    public Source getSource() {
        return source;
    }

    @Override
    public Sink getSink() {
        return socket.getSink();
    }

    @Override
    public void cancel() {
        socket.cancel();
    }

    private static final class BoundedSource extends ForwardingSource {
        private static final int CHUNK = 8192;

        private static final int OPCODE = 0x0f;
        private static final int CONTINUATION = 0;
        private static final int CONTROL_FLAG = 0x08;
        private static final int LENGTH = 0x7f;
        private static final int LENGTH_IN_2_BYTES = 126;
        private static final int LENGTH_IN_8_BYTES = 127;

        private final long maxMessageBytes;
        private final Monitor monitor;

        /** How many bytes of the current frame's payload are still to come; in between a header is read. */
        private long payloadLeft;

        private int headerBytesRead;
        private int opcode;
        private int lengthBytesLeft;
        private long length;
        private long messageBytes;

        BoundedSource(Source source, long maxMessageBytes, Monitor monitor) {
            super(source);
            this.maxMessageBytes = maxMessageBytes;
            this.monitor = monitor;
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            long count = super.read(sink, byteCount);
            if (count > 0) {
                monitor.onBytes();
                if (!isWithinBounds(sink, count)) {
                    monitor.onTooLarge();
                    throwAwayTheRest();
                    throw new IOException("a message is larger than " + maxMessageBytes + " bytes");
                }
            }
            return count;
        }

        /** Looks at the last bytes of a buffer. */
        private boolean isWithinBounds(Buffer buffer, long count) {
            long end = buffer.size();
            long position = end - count;
            while (position < end) {
                if (payloadLeft > 0) {
                    long passed = Math.min(payloadLeft, end - position);
                    payloadLeft -= passed;
                    position += passed;
                } else {
                    if (isHeaderComplete(buffer.getByte(position) & 0xff) && !isMessageWithinBounds()) {
                        return false;
                    }
                    position++;
                }
            }
            return true;
        }

        /** Takes in the next byte of a header: opcode, length, and where that says so more of the length. */
        private boolean isHeaderComplete(int next) {
            if (headerBytesRead == 0) {
                opcode = next & OPCODE;
                headerBytesRead = 1;
                return false;
            }
            if (headerBytesRead == 1) {
                headerBytesRead = 2;
                length = next & LENGTH;
                lengthBytesLeft = length == LENGTH_IN_2_BYTES ? 2 : length == LENGTH_IN_8_BYTES ? 8 : 0;
                if (lengthBytesLeft > 0) {
                    length = 0;
                }
            } else {
                length = length << 8 | next;
                lengthBytesLeft--;
            }
            return lengthBytesLeft == 0;
        }

        private boolean isMessageWithinBounds() {
            headerBytesRead = 0;
            payloadLeft = length;
            boolean control = (opcode & CONTROL_FLAG) != 0;
            if (!control) {
                messageBytes = opcode == CONTINUATION ? messageBytes : 0;
                // Not a sum that could overflow; a length below zero has its highest bit set.
                if (length < 0 || length > maxMessageBytes - messageBytes) {
                    return false;
                }
                messageBytes += length;
            }
            return length >= 0;
        }

        /** So that the peer, which may have much more to say, gets to read why the connection ends. */
        private void throwAwayTheRest() throws IOException {
            Buffer rest = new Buffer();
            while (super.read(rest, CHUNK) >= 0) {
                rest.clear();
            }
        }
    }
}
