// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.ProtocolException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.ReadOptions;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.internal.socket.SocketListener;
import dev.asap.server.internal.socket.SocketSession;
import dev.asap.validation.ValidationException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket: answers its messages strictly one after the other, and says {@code ping} now and then. Thread-safe.
 *
 * <p>A message is answered in the thread that read it, which saves a change of threads, as long as few threads of the server do so at
 * once: when more do, handlers are slow, and threads that read are not to wait for them. Nor are they to wait for streams. Then some
 * messages are read ahead, so that the peer's signs of life are heard; when these are {@value #MAX_WAITING} or large, the peer has to wait.
 */
final class SocketConnection implements SocketListener {
    static final int GOING_AWAY = 1001;
    static final int POLICY_VIOLATION = 1008;
    static final int TRY_AGAIN_LATER = 1013;
    static final int UNAUTHORIZED = 4401;

    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final int RATE_EXCEEDED = -32001;
    private static final int MAX_WAITING = 16;
    private static final long MAX_WAITING_CHARACTERS = 256 * 1024;
    private static final int SILENT_HEARTBEATS = 3;
    private static final int MAX_REASON_CHARACTERS = 1000;

    private static final String PING = JsonObject.of("type", "ping").toString();

    /**
     * What a connection has in common with all others of the server.
     *
     * @param threads answer what the threads that read do not
     * @param reading how many threads that read may answer, too
     */
    record Shared(
            MessagePipeline pipeline,
            MessageAccess access,
            Executor threads,
            Semaphore reading,
            SocketOptions options,
            BreachBroadcaster breaches,
            InstantSource clock,
            LongSupplier nanos) {}

    private final Shared shared;
    private final HttpRequest handshake;
    private final SocketSession session;
    private final SocketOutbox outbox;
    private final TokenBucket bucket;
    private final Consumer<SocketConnection> onClosed;
    private final Object lock = new Object();

    // All guarded by the lock.
    private final Queue<String> inbox = new ArrayDeque<>();
    private long inboxCharacters;
    private boolean working;
    private boolean deaf;
    private boolean paused;
    private boolean draining;
    private boolean ending;
    private int heartbeatsSinceEnd;
    private long heardAt;

    SocketConnection(
            Shared shared,
            HttpRequest handshake,
            SocketSession session,
            SocketOutbox outbox,
            Consumer<SocketConnection> onClosed) {
        this.shared = shared;
        this.handshake = handshake;
        this.session = session;
        this.outbox = outbox;
        this.bucket = new TokenBucket(shared.options().messagesPerSecond(), shared.nanos());
        this.onClosed = onClosed;
        this.heardAt = shared.nanos().getAsLong();
    }

    /** Looks at who opened the socket and begins to listen. */
    void begin() {
        Optional<String> refusal;
        try {
            refusal = shared.access().refusal(handshake);
        } catch (RuntimeException e) {
            LOG.error("Nobody could find out who opened a socket", e);
            end(GOING_AWAY, "");
            return;
        }
        if (refusal.isPresent()) {
            end(UNAUTHORIZED, refusal.get());
        } else {
            session.readNext();
        }
    }

    /** There are as many sockets as may be. */
    void refuse() {
        end(TRY_AGAIN_LATER, "Too many connections");
    }

    @Override
    public void onText(String text) {
        boolean begin = false;
        boolean more;
        boolean here = false;
        synchronized (lock) {
            heardAt = shared.nanos().getAsLong();
            // What comes behind our good-bye is dropped, until the peer's own comes.
            more = ending;
            if (!ending && !draining) {
                inbox.add(text);
                inboxCharacters += text.length();
                begin = !working;
                working = true;
                more = hasRoom();
                paused = !more;
                here = begin && shared.reading().tryAcquire();
                deaf = here;
            }
        }
        if (begin && !here) {
            work(this::answerAll);
        }
        if (more) {
            session.readNext();
        }
        if (here) {
            answerHere();
        }
    }

    private boolean hasRoom() {
        return inbox.size() < MAX_WAITING && inboxCharacters < MAX_WAITING_CHARACTERS;
    }

    private void work(Runnable task) {
        try {
            shared.threads().execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            end(GOING_AWAY, "Server shutting down");
        }
    }

    /** Answers in the thread that read, which hears nothing of the peer meanwhile. */
    private void answerHere() {
        try {
            guarded(() -> {
                Runnable stream = answerUntilStream();
                if (stream != null) {
                    work(() -> {
                        stream.run();
                        answerAll();
                    });
                }
            });
        } finally {
            shared.reading().release();
            synchronized (lock) {
                deaf = false;
                heardAt = shared.nanos().getAsLong();
            }
        }
    }

    private void answerAll() {
        for (Runnable stream = answerUntilStream(); stream != null; stream = answerUntilStream()) {
            stream.run();
        }
    }

    /** Answers message after message, up to one whose answer is a stream; null when nothing waits any more. */
    private @Nullable Runnable answerUntilStream() {
        Runnable stream = null;
        for (String text = next(); text != null; text = next()) {
            stream = answer(text);
            if (stream != null) {
                break;
            }
        }
        return stream;
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (StreamClosedException e) {
            LOG.debug("A socket ended before its messages were answered: {}", e.getMessage());
            end(GOING_AWAY, "");
        } catch (RuntimeException | Error e) {
            LOG.error("A message of a socket could not be answered", e);
            end(GOING_AWAY, "");
            throw e;
        }
    }

    /** The next message; null when there is none, and then nobody works any more. */
    private @Nullable String next() {
        boolean resume;
        String text;
        synchronized (lock) {
            text = ending ? null : inbox.poll();
            if (text == null) {
                working = false;
                inbox.clear();
            } else {
                inboxCharacters -= text.length();
            }
            resume = text != null && paused && hasRoom();
            paused &= !resume;
        }
        if (resume) {
            session.readNext();
        }
        if (text == null) {
            endIfDrained();
        }
        return text;
    }

    private void endIfDrained() {
        boolean drained;
        synchronized (lock) {
            drained = draining && !working;
        }
        if (drained) {
            end(GOING_AWAY, "Server shutting down");
        }
    }

    /** Answers a message, or gives what answers it by a stream. */
    private @Nullable Runnable answer(String text) {
        SocketFrame frame = SocketFrame.read(text);
        if (frame instanceof SocketFrame.NotAnObject) {
            end(GOING_AWAY, "");
        } else if (frame instanceof SocketFrame.Subscription subscription) {
            return subscribe(subscription, text);
        } else if (frame instanceof SocketFrame.Request) {
            if (bucket.take()) {
                return request(text);
            }
            refuseRate(text);
        }
        return null;
    }

    /** Notes what the peer wants; gives what tells it of stored breaches first, where it asks for them. */
    private @Nullable Runnable subscribe(SocketFrame.Subscription subscription, String text) {
        BreachSelection selection;
        try {
            selection = selectionOf(subscription.params());
        } catch (ValidationException e) {
            outbox.send(error(JsonRpcError.INVALID_PARAMS, String.valueOf(e.getMessage()), null, subscription.id()));
            return null;
        }
        // To be told what is stored costs as much as any message; the rest is free, as the protocol has it.
        if (selection.since() != null && !bucket.take()) {
            refuseRate(text);
            return null;
        }
        if (subscription.wanted()) {
            shared.breaches().add(this, selection);
        }
        // Also if the socket ended in between: then nobody would remove it any more.
        if (!subscription.wanted() || isEnding()) {
            shared.breaches().remove(this);
        }
        String done = subscription.wanted() ? "subscribed" : "unsubscribed";
        outbox.send(result(JsonObject.of(done, true), subscription.id()));
        return selection.since() == null ? null : () -> shared.breaches().replay(selection, outbox::send);
    }

    private static BreachSelection selectionOf(@Nullable JsonObject params) {
        return params == null
                ? BreachSelection.ALL
                : BreachSelection.SHAPE.parse("sla.subscribe", params.toBytes(), ReadOptions.tolerant());
    }

    private static String result(JsonObject result, JsonValue id) {
        return JsonObject.of("jsonrpc", "2.0", "result", result, "id", id).toString();
    }

    private static String error(int code, String message, @Nullable JsonObject data, JsonValue id) {
        JsonObject error = JsonObject.of("code", code, "message", message);
        return JsonObject.of("jsonrpc", "2.0", "error", data == null ? error : error.with("data", data), "id", id)
                .toString();
    }

    private void refuseRate(String text) {
        outbox.send(error(
                RATE_EXCEEDED, "Rate limit exceeded; too many messages per second", null, SocketFrame.idOf(text)));
        end(POLICY_VIOLATION, "");
    }

    private @Nullable Runnable request(String text) {
        Arrival arrival = Arrival.overSocket(handshake, new SocketAcks());
        Admission admission = shared.pipeline().admit(text.getBytes(StandardCharsets.UTF_8), arrival);
        if (admission instanceof Admission.Refused refused) {
            // What is no JSON gets no answer: nobody could tell what it would be the answer to.
            if (refused.error().code() != JsonRpcError.PARSE_ERROR) {
                outbox.send(utf8(shared.pipeline().write(refused)));
            }
            return null;
        }
        Admission.Admitted message = (Admission.Admitted) admission;
        if (shared.pipeline().streams(message)) {
            return () -> stream(message, arrival);
        }
        outbox.send(frame(shared.pipeline().answer(message, arrival)));
        return null;
    }

    private void stream(Admission.Admitted message, Arrival arrival) {
        Reply failure = shared.pipeline().stream(message, arrival, new Pieces(message.id()));
        if (failure != null) {
            outbox.send(frame(failure));
        }
    }

    private static String utf8(byte[] text) {
        return new String(text, StandardCharsets.UTF_8);
    }

    private static String frame(Reply reply) {
        if (reply instanceof Reply.Answered answered) {
            return utf8(answered.body());
        }
        Reply.Overloaded overloaded = (Reply.Overloaded) reply;
        ProtocolException reason = overloaded.reason();
        JsonObject data = JsonObject.of(
                "recoverable",
                reason.retryable(),
                "retry_after_ms",
                reason.retryAfter().map(wait -> (Object) wait.toMillis()).orElse(null),
                "fallback_action",
                reason.fallbackAction().orElse(null),
                "details",
                reason.details());
        return error(
                reason.code().rpcCode(),
                String.valueOf(reason.getMessage()),
                data,
                overloaded.id().value());
    }

    @Override
    public void onBinary() {
        end(GOING_AWAY, "");
    }

    @Override
    public void onClosed() {
        synchronized (lock) {
            ending = true;
            inbox.clear();
        }
        shared.breaches().remove(this);
        outbox.closed();
        onClosed.accept(this);
    }

    /** Asks the peer whether it is there; cuts it off if it has not been heard of for too long. */
    void heartbeat() {
        boolean silent;
        boolean isEnding;
        boolean overdue;
        synchronized (lock) {
            long silence = shared.nanos().getAsLong() - heardAt;
            // A peer that has to wait cannot be heard, nor one whose message the thread that reads is busy with.
            silent = !paused
                    && !deaf
                    && silence
                            > SILENT_HEARTBEATS * shared.options().heartbeat().toNanos();
            isEnding = ending;
            overdue = ending && ++heartbeatsSinceEnd > 1;
        }
        if (overdue) {
            session.disconnect();
        } else if (isEnding) {
            LOG.debug("A socket waits for its peer's good-bye");
        } else if (silent) {
            abort(GOING_AWAY, "No sign of life");
        } else {
            outbox.ping(PING);
        }
    }

    /** Sends a notice when it is its turn. A peer that reads too slowly for it is disconnected. */
    void notice(String text) {
        if (!outbox.offer(text)) {
            abort(TRY_AGAIN_LATER, "Too many breaches wait");
        }
    }

    /** Answers what has come, then says good-bye. */
    void drain() {
        synchronized (lock) {
            draining = true;
        }
        endIfDrained();
    }

    /** Says good-bye behind what waits to be sent. */
    private void end(int code, String reason) {
        if (beginsToEnd()) {
            outbox.endWith(code, reason);
            // For the peer's good-bye.
            session.readNext();
        }
    }

    /** Says good-bye at once; what waits to be sent is lost. */
    private void abort(int code, String reason) {
        if (beginsToEnd()) {
            outbox.closed();
            session.close(code, reason);
        }
    }

    private boolean isEnding() {
        synchronized (lock) {
            return ending;
        }
    }

    private boolean beginsToEnd() {
        synchronized (lock) {
            if (ending) {
                return false;
            }
            ending = true;
        }
        shared.breaches().remove(this);
        return true;
    }

    /** Cuts the connection off. */
    void disconnect() {
        outbox.closed();
        session.disconnect();
    }

    private final class SocketAcks implements Acks {
        @Override
        public void received(Envelope message) {
            if (message.requiresAck()) {
                send(message, MessageAck.received(message.id()));
            }
        }

        @Override
        public void rejected(Envelope message, Exception reason) {
            if (!message.requiresAck()) {
                return;
            }
            try {
                send(message, MessageAck.rejected(message.id(), textOf(reason)));
            } catch (StreamClosedException e) {
                // The answer will not arrive either; what the handler threw is what is to be told of.
                LOG.debug("A socket ended before its message was rejected: {}", e.getMessage());
            }
        }

        private String textOf(Exception reason) {
            boolean told =
                    reason instanceof ProtocolException || shared.options().failuresInAcks();
            String text = told ? String.valueOf(reason.getMessage()) : "Internal server error";
            return text.length() > MAX_REASON_CHARACTERS ? text.substring(0, MAX_REASON_CHARACTERS) : text;
        }

        private void send(Envelope message, MessageAck ack) {
            AgentUrn self = message.recipient();
            Envelope envelope = Envelope.builder(self, message.sender(), ack)
                    .asapVersion(message.asapVersion())
                    .timestamp(shared.clock().instant())
                    .build();
            outbox.send(JsonObject.of(
                            "jsonrpc",
                            "2.0",
                            "method",
                            "asap.ack",
                            "params",
                            JsonObject.of("envelope", ASAPCodec.strict().toJson(envelope, WireForm.FULL)))
                    .toString());
        }
    }

    /** The pieces of one answer, each a result of its own. */
    private final class Pieces implements StreamOutput {
        private final JsonRpcId id;

        Pieces(JsonRpcId id) {
            this.id = id;
        }

        @Override
        public void send(Envelope piece) {
            outbox.send(utf8(shared.pipeline().codec().writeResult(id, piece)));
        }

        @Override
        public boolean isOpen() {
            synchronized (lock) {
                return !ending && !draining;
            }
        }
    }
}
