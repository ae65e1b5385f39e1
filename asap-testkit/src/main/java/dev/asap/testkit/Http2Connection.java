// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.Afterwards;
import dev.asap.testkit.Delivery.End;
import dev.asap.testkit.Delivery.Pace;
import dev.asap.testkit.Fault.Scope;
import dev.asap.testkit.ReceivedRequest.Header;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of HTTP/2 on one connection, as much of it as a client needs. One thread reads; each request is answered in a
 * thread of its own.
 */
final class Http2Connection {
    private static final int DATA = 0x0;
    private static final int HEADERS = 0x1;
    private static final int RST_STREAM = 0x3;
    private static final int SETTINGS = 0x4;
    private static final int PING = 0x6;
    private static final int GOAWAY = 0x7;
    private static final int WINDOW_UPDATE = 0x8;
    private static final int CONTINUATION = 0x9;

    private static final int ACK = 0x1;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;
    private static final int PRIORITY = 0x20;

    private static final int INITIAL_WINDOW_SIZE = 0x4;
    private static final int DEFAULT_WINDOW = 65_535;
    private static final int MAX_FRAME_BYTES = 16_384;
    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int FRAME_HEAD_BYTES = 9;
    private static final int PRIORITY_BYTES = 5;
    private static final int SETTING_BYTES = 6;

    private static final byte[] NO_BYTES = {};
    private static final byte[] PREFACE = Http1Connection.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    /** At most 250 requests at a time: MAX_CONCURRENT_STREAMS. */
    private static final byte[] OUR_SETTINGS = {0, 3, 0, 0, 0, (byte) 250};

    private final PeerConnection connection;
    private final Script script;
    private final BiConsumer<String, Runnable> threads;

    private final Hpack hpack = new Hpack();
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream headerBlock = new ByteArrayOutputStream();
    private boolean headersEndStream;
    private @Nullable ReceivedRequest upgraded;
    private volatile boolean closing;

    // Held while frames are written, which must not mix. Ending the connection, which takes no lock, frees its holder.
    private final ReentrantLock writing = new ReentrantLock();

    // Guards how much may be sent, and which streams the client gave up.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long window = DEFAULT_WINDOW;
    private long initialWindow = DEFAULT_WINDOW;

    Http2Connection(PeerConnection connection, Script script, BiConsumer<String, Runnable> threads) {
        this.connection = connection;
        this.script = script;
        this.threads = threads;
    }

    /** Answers the request that asked for HTTP/2, and those that follow. */
    void serveUpgraded(ReceivedRequest request) throws IOException {
        upgraded = request.upgraded();
        serve();
    }

    /** Answers requests until the connection ends. */
    void serve() throws IOException {
        try {
            writeFrame(SETTINGS, 0, 0, OUR_SETTINGS);
            if (!Arrays.equals(connection.read(PREFACE.length), PREFACE)) {
                throw new ProtocolException("not HTTP/2");
            }
            while (connection.isOpen()) {
                readFrame();
            }
        } finally {
            connection.close();
            streams.values().forEach(this::giveUp);
        }
    }

    /** Announces that requests of streams beyond this one are not processed. */
    void writeGoAway(int lastStream, Http2Error error) throws IOException {
        byte[] payload = ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(lastStream)
                .putInt(error.code())
                .array();
        writeFrame(GOAWAY, 0, 0, payload);
    }

    // Reading.

    private void readFrame() throws IOException {
        ByteBuffer head = ByteBuffer.wrap(connection.read(FRAME_HEAD_BYTES));
        int lengthAndType = head.getInt();
        int flags = head.get();
        int stream = head.getInt() & Integer.MAX_VALUE;
        int length = lengthAndType >>> Byte.SIZE;
        if (length > MAX_FRAME_BYTES) {
            throw new ProtocolException("a frame must have " + MAX_FRAME_BYTES + " bytes at most, got " + length);
        }
        byte[] payload = connection.read(length);
        switch (lengthAndType & 0xff) {
            case DATA -> readData(stream, flags, payload);
            case HEADERS -> {
                headersEndStream = (flags & END_STREAM) != 0;
                readHeaders(stream, flags, unpadded(flags, payload));
            }
            case CONTINUATION -> readHeaders(stream, flags, payload);
            case RST_STREAM -> giveUp(streams.get(stream));
            case SETTINGS -> readSettings(flags, payload);
            case PING -> {
                if ((flags & ACK) == 0) {
                    writeFrame(PING, ACK, 0, payload);
                }
            }
            case WINDOW_UPDATE -> widen(stream, ByteBuffer.wrap(payload).getInt());
            default -> {
                // What a server may pass over.
            }
        }
    }

    private static byte[] unpadded(int flags, byte[] payload) throws ProtocolException {
        int start = (flags & PADDED) != 0 ? 1 : 0;
        int padding = start == 1 && payload.length > 0 ? payload[0] & 0xff : 0;
        if ((flags & PRIORITY) != 0) {
            start += PRIORITY_BYTES;
        }
        if (start + padding > payload.length) {
            throw new ProtocolException("a frame is shorter than its padding");
        }
        return Arrays.copyOfRange(payload, start, payload.length - padding);
    }

    private void readHeaders(int id, int flags, byte[] fragment) throws IOException {
        headerBlock.writeBytes(fragment);
        if (headerBlock.size() > MAX_HEAD_BYTES) {
            throw new ProtocolException("headers must have " + MAX_HEAD_BYTES + " bytes at most");
        }
        if ((flags & END_HEADERS) == 0) {
            return;
        }
        List<Header> headers = hpack.read(headerBlock.toByteArray());
        headerBlock.reset();
        if (closing) {
            connection.close();
            return;
        }
        Stream stream = streams.get(id);
        if (stream == null) {
            stream = open(id, headers);
        }
        if (headersEndStream) {
            begin(stream, stream.toRequest());
        }
    }

    private Stream open(int id, List<Header> headers) {
        Stream stream = new Stream(id, headers);
        lock.lock();
        try {
            stream.window = initialWindow;
            streams.put(id, stream);
        } finally {
            lock.unlock();
        }
        return stream;
    }

    private void readData(int id, int flags, byte[] payload) throws IOException {
        // The flag of priority means nothing here.
        byte[] data = unpadded(flags & PADDED, payload);
        if (payload.length > 0) {
            byte[] increment =
                    ByteBuffer.allocate(Integer.BYTES).putInt(payload.length).array();
            writeFrame(WINDOW_UPDATE, 0, 0, increment);
            writeFrame(WINDOW_UPDATE, 0, id, increment);
        }
        Stream stream = streams.get(id);
        if (stream == null) {
            return;
        }
        stream.body.writeBytes(data);
        if (stream.body.size() > PeerConnection.MAX_BODY_BYTES) {
            throw new ProtocolException("a body must have " + PeerConnection.MAX_BODY_BYTES + " bytes at most");
        }
        if ((flags & END_STREAM) != 0) {
            begin(stream, stream.toRequest());
        }
    }

    private void readSettings(int flags, byte[] payload) throws IOException {
        if ((flags & ACK) != 0) {
            return;
        }
        ByteBuffer settings = ByteBuffer.wrap(payload);
        while (settings.remaining() >= SETTING_BYTES) {
            int name = settings.getShort();
            int value = settings.getInt();
            if (name == INITIAL_WINDOW_SIZE) {
                setInitialWindow(value);
            }
        }
        writeFrame(SETTINGS, ACK, 0, NO_BYTES);
        if (upgraded != null) {
            begin(open(upgraded.stream(), List.of()), upgraded);
            upgraded = null;
        }
    }

    private void setInitialWindow(int size) {
        lock.lock();
        try {
            streams.values().forEach(stream -> stream.window += size - initialWindow);
            initialWindow = size;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void widen(int id, int increment) {
        lock.lock();
        try {
            Stream stream = streams.get(id);
            if (id == 0) {
                window += increment;
            } else if (stream != null) {
                stream.window += increment;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waiting of the thread that answers; null where it has answered. */
    private void giveUp(@Nullable Stream stream) {
        lock.lock();
        try {
            if (stream != null) {
                stream.givenUp = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    // Answering.

    private void begin(Stream stream, ReceivedRequest request) {
        Delivery delivery = script.take(request, Scope.HTTP2);
        threads.accept("stream-" + connection.number() + "-" + stream.id, () -> answer(stream, request, delivery));
    }

    private void answer(Stream stream, ReceivedRequest request, Delivery delivery) {
        try {
            Answer answer = script.answer(request, delivery);
            // Before the client can have the answer, so that its next request finds it.
            if (delivery.afterwards == Afterwards.CLOSE_ON_NEXT_REQUEST) {
                closing = true;
            }
            new StreamExchange(stream, request).send(answer, delivery);
        } catch (IOException e) {
            // The client gave up.
        } finally {
            streams.remove(stream.id);
        }
    }

    private void writeFrame(int type, int flags, int stream, byte[] payload) throws IOException {
        writeRaw(frame(type, flags, stream, payload));
    }

    private void writeRaw(byte[] bytes) throws IOException {
        writing.lock();
        try {
            connection.write(bytes);
        } finally {
            writing.unlock();
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(FRAME_HEAD_BYTES + payload.length)
                .putInt((payload.length << Byte.SIZE) | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Headers in as many frames as they need. */
    private static byte[] headerFrames(int stream, byte[] block) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        int type = HEADERS;
        for (int from = 0; from == 0 || from < block.length; from += MAX_FRAME_BYTES) {
            int to = Math.min(from + MAX_FRAME_BYTES, block.length);
            int flags = to == block.length ? END_HEADERS : 0;
            frames.writeBytes(frame(type, flags, stream, Arrays.copyOfRange(block, from, to)));
            type = CONTINUATION;
        }
        return frames.toByteArray();
    }

    /** A request and its answer. */
    private final class Stream {
        private final int id;
        private final List<Header> headers;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        // Guarded by the connection's lock.
        private long window;
        private boolean givenUp;

        Stream(int id, List<Header> headers) {
            this.id = id;
            this.headers = headers;
        }

        ReceivedRequest toRequest() {
            String method = "";
            String path = "";
            List<Header> others = new ArrayList<>();
            for (Header header : headers) {
                switch (header.name()) {
                    case ":method" -> method = header.value();
                    case ":path" -> path = header.value();
                    case ":authority" -> others.add(new Header("host", header.value()));
                    case ":scheme" -> {
                        // There is only one.
                    }
                    default -> others.add(header);
                }
            }
            return ReceivedRequest.of(connection.number(), id, method, path, others, body.toByteArray());
        }
    }

    private final class StreamExchange extends Exchange {
        private final Stream stream;
        private final boolean bodiless;

        StreamExchange(Stream stream, ReceivedRequest request) {
            this.stream = stream;
            this.bodiless = request.method().equals("HEAD");
        }

        @Override
        byte[] head(Answer answer, Delivery delivery) {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            Hpack.write(block, ":status", Integer.toString(answer.status()));
            answer.headers().forEach((name, value) -> Hpack.write(block, name.toLowerCase(Locale.ROOT), value));
            if (!delivery.chunked) {
                int length = Math.max(0, answer.body().length + delivery.lengthError);
                Hpack.write(block, "content-length", Integer.toString(length));
            }
            return headerFrames(stream.id, block.toByteArray());
        }

        @Override
        byte[] body(Answer answer, Delivery delivery) {
            return bodiless ? NO_BYTES : answer.body();
        }

        @Override
        byte[] tail(Answer answer, Delivery delivery) {
            return frame(DATA, END_STREAM, stream.id, NO_BYTES);
        }

        @Override
        void announce(Delivery delivery) throws IOException {
            for (int i = 0; i < delivery.informationalCount; i++) {
                ByteArrayOutputStream block = new ByteArrayOutputStream();
                Hpack.write(block, ":status", Integer.toString(delivery.informationalStatus));
                writeRaw(headerFrames(stream.id, block.toByteArray()));
            }
            if (delivery.http2 != null) {
                delivery.http2.run(Http2Connection.this, stream.id);
            }
        }

        /** At once: between the pieces of a frame nothing else could be sent. */
        @Override
        void writeHead(byte[] bytes, Pace pace) throws IOException {
            if (bytes.length > 0) {
                writeRaw(bytes);
            }
        }

        @Override
        void writeBody(byte[] bytes, Pace pace) throws IOException {
            int most = Math.min(MAX_FRAME_BYTES, pace.bytes());
            for (int from = 0; from < bytes.length; ) {
                pause(pace.interval());
                int length = awaitWindow(Math.min(most, bytes.length - from));
                writeFrame(DATA, 0, stream.id, Arrays.copyOfRange(bytes, from, from + length));
                from += length;
            }
        }

        @Override
        void writeEndlessHead() throws IOException {
            ByteArrayOutputStream block = new ByteArrayOutputStream();
            Hpack.write(block, ":status", "200");
            ByteArrayOutputStream more = new ByteArrayOutputStream();
            Hpack.write(more, "x-endless", "x".repeat(1000));
            byte[] goOn = frame(CONTINUATION, 0, stream.id, more.toByteArray());
            // Nothing may come between these frames.
            writing.lock();
            try {
                connection.write(frame(HEADERS, 0, stream.id, block.toByteArray()));
                while (true) {
                    connection.write(goOn);
                }
            } finally {
                writing.unlock();
            }
        }

        @Override
        void writeEndlessBody(Pace pace) throws IOException {
            byte[] blanks = new byte[MAX_FRAME_BYTES];
            Arrays.fill(blanks, (byte) ' ');
            while (true) {
                writeBody(blanks, pace);
            }
        }

        @Override
        void pause(Duration length) throws IOException {
            long left = PeerConnection.saturatedNanos(length);
            lock.lock();
            try {
                while (left > 0) {
                    requireWanted();
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                throw interrupted();
            } finally {
                lock.unlock();
            }
        }

        /** Waits until something may be sent; returns how much, which counts as sent. */
        private int awaitWindow(int wanted) throws IOException {
            lock.lock();
            try {
                while (window <= 0 || stream.window <= 0) {
                    requireWanted();
                    changed.await();
                }
                int granted = (int) Math.min(wanted, Math.min(window, stream.window));
                window -= granted;
                stream.window -= granted;
                return granted;
            } catch (InterruptedException e) {
                throw interrupted();
            } finally {
                lock.unlock();
            }
        }

        private void requireWanted() throws EOFException {
            if (stream.givenUp) {
                throw new EOFException("the client gave the request up");
            }
        }

        private IOException interrupted() {
            Thread.currentThread().interrupt();
            return new InterruptedIOException("the peer is being closed");
        }

        @Override
        void end(End end, Delivery delivery) throws IOException {
            switch (end) {
                case RESET -> connection.reset();
                case CLOSE -> connection.close();
                case RESET_STREAM ->
                    writeFrame(
                            RST_STREAM,
                            0,
                            stream.id,
                            ByteBuffer.allocate(Integer.BYTES)
                                    .putInt(delivery.streamError.code())
                                    .array());
                case SILENCE -> {
                    // Other streams go on.
                }
            }
        }
    }
}
