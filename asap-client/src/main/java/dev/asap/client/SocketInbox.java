// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.Frame;
import dev.asap.client.internal.socket.FrameReader;
import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.validation.ValidationException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each frame that a socket receives to where it belongs. Used by the thread that reads; takes the session's lock only to look
 * things up.
 */
final class SocketInbox {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPSocket.class);

    private static final byte[] PONG = "{\"type\":\"pong\"}".getBytes(StandardCharsets.UTF_8);

    private final SocketOptions options;
    private final PeerAddress address;
    private final JsonRpcCodec codec;
    private final SocketConnections connections;
    private final SocketCalls calls;
    private final SocketPushes pushes;
    private final ReentrantLock lock;

    SocketInbox(
            SocketOptions options,
            JsonRpcCodec codec,
            SocketConnections connections,
            SocketCalls calls,
            SocketPushes pushes,
            ReentrantLock lock) {
        this.options = options;
        this.address = options.address();
        this.codec = codec;
        this.connections = connections;
        this.calls = calls;
        this.pushes = pushes;
        this.lock = lock;
    }

    void onFrame(SocketLink from, byte[] utf8) {
        Frame frame = FrameReader.read(utf8);
        if (frame instanceof Frame.Answer answer) {
            onAnswer(from, answer);
        } else if (frame instanceof Frame.Ack ack) {
            calls.acknowledged(ack.ack().originalEnvelopeId());
            pushes.ack(ack.ack(), utf8.length);
        } else if (frame instanceof Frame.Ping) {
            onPing(from);
        } else if (frame instanceof Frame.Breach breach) {
            pushes.breach(new BreachNotice(breach.breach()), utf8.length);
        } else if (frame instanceof Frame.Unknown unknown) {
            LOG.debug("A frame of {} was passed over: {}", address, unknown.reason());
        }
    }

    private void onPing(SocketLink from) {
        lock.lock();
        try {
            calls.write(from, PONG);
        } finally {
            lock.unlock();
        }
    }

    private void onAnswer(SocketLink from, Frame.Answer answer) {
        Exchange exchange;
        boolean settled;
        lock.lock();
        try {
            // Of a connection that was lost meanwhile, nothing is known any more.
            if (!connections.isCurrent(from)) {
                return;
            }
            exchange = answer.id() == null ? null : calls.find(answer.id());
            settled = answer.id() != null && calls.isSettled(answer.id());
        } finally {
            lock.unlock();
        }
        if (exchange != null) {
            deliver(exchange, exchange.read(answer.utf8()), answer.utf8().length);
        } else if (settled) {
            LOG.debug("A further answer of {} to '{}' was passed over", address, answer.id());
        } else {
            onUnexpectedAnswer(from, answer);
        }
    }

    private void deliver(Exchange exchange, Exchange.Reply reply, long bytes) {
        if (reply.last()) {
            if (calls.end(exchange, SocketCalls.End.ANSWERED)) {
                exchange.deliver(reply, bytes);
            }
        } else if (calls.goesOn(exchange)
                && !exchange.deliver(reply, bytes)
                && calls.end(exchange, SocketCalls.End.GIVEN_UP)) {
            exchange.fail(new SlowReaderException("the answer to " + exchange.what
                    + " was cut off: its envelopes came faster than they were taken; raise maxBufferedMessages ("
                    + options.maxBufferedMessages() + ") or maxBufferedBytes (" + options.maxBufferedBytes() + ")"));
        }
    }

    private void onUnexpectedAnswer(SocketLink from, Frame.Answer answer) {
        IncomingAnswer read;
        try {
            read = codec.readAnswer(answer.utf8());
        } catch (JsonException | ValidationException e) {
            LOG.debug("An answer of {} to no call of ours was passed over: it holds no valid envelope", address);
            return;
        }
        if (read instanceof IncomingAnswer.Result result) {
            pushes.message(result.envelope(), answer.utf8().length);
        } else if (JsonObject.parse(answer.utf8()).find("error").orElse(null) instanceof JsonObject) {
            int code = ((IncomingAnswer.Failed) read).error().code();
            if (from.isFirstError()) {
                LOG.warn("{} reports an error that belongs to no call that waits: {}", address, code);
            } else {
                LOG.debug("{} reports an error that belongs to no call that waits: {}", address, code);
            }
        } else {
            LOG.debug("An answer of {} to no call of ours was passed over: it holds no envelope", address);
        }
    }
}
