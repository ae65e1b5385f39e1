// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.client.internal.socket.ThreadTimer;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.id.Ulid;
import dev.asap.model.Envelope;
import dev.asap.model.MessageAck;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Talks with an agent over one WebSocket: many calls at once, streams, acknowledged messages, and what the agent sends on its own.
 * Thread-safe.
 *
 * <pre>{@code
 * try (ASAPSocket socket = ASAPSocket.builder("https://agent.example").build().connect()) {
 *     Envelope answer = socket.send(message);
 * }
 * }</pre>
 *
 * <p><b>Acknowledgements.</b> A message that {@linkplain Envelope#requiresAck() asks for one}, or whose type is spelled {@code
 * TaskRequest}, {@code task.request}, {@code TaskCancel}, {@code task.cancel}, {@code StateRestore}, {@code state_restore}, {@code
 * MessageSend}, {@code message.send} or {@code message_send}, has to be acknowledged by the agent, with any status; an answer is as
 * good. If neither comes within {@link Builder#ackTimeout} it is sent again, up to {@link Builder#ackRetries} times, under another
 * JSON-RPC id but with the same envelope and idempotency key; whichever is answered first, the call gets that answer. Then the call fails,
 * if it still waits. The agent may do a task twice if it does not recognise the envelope's id. An acknowledgement is known by its
 * type in any spelling that is read as {@code MessageAck}.
 *
 * <p><b>Lost connections.</b> A connection is lost when either side says so, when the network does, or when nothing arrived for {@link
 * Builder#staleLimit}. Calls in flight fail then: with a {@link dev.asap.error.ConnectionException} if the call's message was surely not
 * sent or not accepted, else with an {@link UnknownOutcomeException}. With {@link Builder#reconnect} another connection is opened, subscriptions are renewed, and calls whose message is not acknowledged yet wait on for
 * theirs: they are sent again when their time comes. Without, the socket is {@linkplain SocketState#CLOSED closed}.
 *
 * <p><b>Order and threads.</b> Handlers get what the agent pushes one after the other, in the order in which it came, in a thread of the
 * socket; they may block and may call the socket. If they are too slow the oldest waiting messages are dropped, see {@link
 * #droppedMessages}; answers to calls never are. Futures are completed in another thread of the socket, one after the other.
 *
 * <p>Every failure is a {@link dev.asap.ASAPException}:
 *
 * <ul>
 *   <li>{@link dev.asap.error.RemoteErrorException}: the agent answered with an error
 *   <li>{@link UnknownOutcomeException}: the message was sent, and whether the agent has acted on it is not known. The cause tells
 *       why: the connection was lost, no answer came within {@link Builder#receiveTimeout}, or no acknowledgement after all repetitions
 *   <li>{@link dev.asap.error.RequestTimeoutException}: no connection within {@link Builder#openTimeout}, or a stream that was silent for
 *       {@link Builder#receiveTimeout} after it had begun
 *   <li>{@link dev.asap.error.ConnectionException}: there is no connection, or it was lost before the message was sent. Its {@code
 *       httpStatus} is the one by which the handshake was refused, or 401 where the agent closed the connection with 4401 (not
 *       authenticated), 429 for 1008 (too many messages), 413 for 1009 (too large a message)
 *   <li>{@link StreamBrokenException}: the connection was lost after a stream had begun
 *   <li>{@link dev.asap.error.ResponseTooLargeException}: the agent sent a message that is larger than accepted
 *   <li>{@link dev.asap.error.CorrelationException}, {@link dev.asap.error.MalformedEnvelopeException}: the answer belongs to another
 *       request, or its envelope breaks rules
 *   <li>{@link ClientClosedException}, {@link CallInterruptedException}: this side has ended the call
 * </ul>
 */
public final class ASAPSocket implements AutoCloseable {
    private final SocketSession session;

    private ASAPSocket(SocketOptions options) {
        this.session = new SocketSession(options);
    }

    /**
     * Starts to build a socket to the agent at a base URL, with the scheme wss, https, ws or http. {@code /asap/ws} is added to its path
     * unless it is there.
     *
     * @throws IllegalArgumentException if it is no such URL, or has a query or fragment
     */
    public static Builder builder(String url) {
        return new Builder(SocketAddresses.parse(url));
    }

    /**
     * Starts to build a socket, see {@link #builder(String)}.
     *
     * @throws IllegalArgumentException as there
     */
    public static Builder builder(URI url) {
        return builder(url.toString());
    }

    /** Starts to build a socket to an address that was read before. */
    static Builder builder(PeerAddress address) {
        return new Builder(address);
    }

    /**
     * Connects and waits for that. Does nothing if it is connected, or is about to be again. After a failure it may be called again.
     *
     * @return this socket
     * @throws dev.asap.ASAPException if there is no connection; see {@link ASAPSocket} for the kinds
     */
    public ASAPSocket connect() {
        session.connect();
        return this;
    }

    /**
     * Sends a message and waits for the answer.
     *
     * <p>An answer of the types task response, MCP tool result and MCP resource data must name the message as what it answers. If the
     * agent answers with a stream, the last chunk is the answer, the others go to {@link Builder#onMessage}; use {@link #stream} to get
     * them all.
     *
     * @throws IllegalArgumentException if the message is larger than {@link Builder#maxQueuedBytes}
     * @throws IllegalStateException if {@link #connect} was not called
     * @throws dev.asap.ASAPException if there is no answer, or a wrong one; see {@link ASAPSocket} for the kinds
     */
    public Envelope send(Envelope message) {
        return session.send(message);
    }

    /**
     * Sends a message; the future gets the answer, or the exception that {@link #send} would throw. When the future is cancelled, or
     * completed by other means such as {@code orTimeout}, the call ends: its message is not sent again, an answer is passed over.
     *
     * <p>What is attached to the future without an executor may run in one of the socket's threads; while it blocks there, no other future
     * of this socket is completed.
     *
     * @throws IllegalArgumentException as {@link #send}
     * @throws IllegalStateException as {@link #send}
     */
    public CompletableFuture<Envelope> sendAsync(Envelope message) {
        return session.sendAsync(message);
    }

    /**
     * Sends a message whose answer comes in pieces. They are kept until they are taken, {@link Builder#maxBufferedMessages} and {@link
     * Builder#maxBufferedBytes} at most: beyond that the stream ends with a {@link SlowReaderException}, and other calls go on. {@link
     * Builder#receiveTimeout} begins anew with each piece. To be closed, unless it is read to its end.
     *
     * @throws IllegalArgumentException as {@link #send}
     * @throws IllegalStateException as {@link #send}
     * @throws dev.asap.ASAPException if the message is not sent
     */
    public EnvelopeStream stream(Envelope message) {
        return session.stream(message);
    }

    /**
     * Has the agent tell whenever a service level is missed, from now on and across reconnections; waits for it to agree. What happens
     * while there is no connection is not told later. There may be several subscriptions; the first and the last matter to the agent.
     *
     * @param handler gets the notices, see {@link ASAPSocket} for when; what it throws is logged
     * @throws IllegalStateException as {@link #send}
     * @throws dev.asap.ASAPException if the agent does not agree
     */
    public Subscription subscribe(Consumer<BreachNotice> handler) {
        return session.subscribe(handler);
    }

    /** How the socket is doing at this moment. */
    public SocketState state() {
        return session.state();
    }

    /** How many messages were not handed to a handler because older ones kept it busy. */
    public long droppedMessages() {
        return session.droppedMessages();
    }

    /** Closes the socket like {@link #close(Duration)} without waiting for running calls. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * Lets no new call begin, lets running ones end until the timeout, then cuts them off: they fail with a {@link
     * ClientClosedException}. Then takes {@link Builder#closeTimeout} and 2 s longer at most. Ends the connection and the socket's
     * threads; a handler that still runs is interrupted, messages that wait for it are dropped. Does nothing the second time.
     */
    public void close(Duration timeout) {
        session.close(timeout);
    }

    SocketSession session() {
        return session;
    }

    /** Collects what a socket needs. Not thread-safe. */
    public static final class Builder {
        private final PeerAddress address;
        private boolean requireHttps = true;
        private Duration openTimeout = Duration.ofSeconds(10);
        private Duration receiveTimeout = Duration.ofSeconds(60);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private Duration staleLimit = Duration.ofSeconds(90);
        private @Nullable Duration pingInterval;
        private boolean replaceable;
        private boolean reconnect;
        private int maxReconnectAttempts = Integer.MAX_VALUE;
        private Duration initialBackoff = Duration.ofSeconds(1);
        private Duration maxBackoff = Duration.ofSeconds(30);
        private boolean jitter;
        private Duration ackTimeout = Duration.ofSeconds(30);
        private int ackRetries = 3;
        private Duration ackCheckInterval = Duration.ofSeconds(5);
        private @Nullable String bearerToken;
        private @Nullable OkHttpClient okHttpClient;
        private int maxCalls = 1000;
        private long maxQueuedBytes = 8 * 1024 * 1024;
        private long maxResponseBytes = ASAPClient.DEFAULT_MAX_RESPONSE_BYTES;
        private int maxBufferedMessages = 1000;
        private long maxBufferedBytes = 16 * 1024 * 1024;
        private @Nullable Consumer<Envelope> onMessage;
        private @Nullable Consumer<MessageAck> onAck;
        private InstantSource clock = Clock.systemUTC();
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        private Supplier<SocketTimer> timers = () -> new ThreadTimer("asap-client-socket-timer");
        private Supplier<String> ids = Ulid::next;

        private Builder(PeerAddress address) {
            this.address = address;
        }

        /**
         * Whether the connection must be encrypted; it must unless switched off. This machine ({@code localhost}, {@code 127.0.0.1},
         * {@code ::1}) is always allowed. Switch it off where something else protects the traffic.
         */
        public Builder requireHttps(boolean value) {
            requireHttps = value;
            return this;
        }

        /**
         * How long it may take to connect, from looking up the host to the end of the handshake; 10 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder openTimeout(Duration value) {
            openTimeout = Timeouts.checked("openTimeout", value);
            return this;
        }

        /**
         * How long the answer to a message may take, and each further piece of it; 60 s unless set. Lengthen it for tasks that take
         * longer, and for agents with much to do: they work on the messages of a connection one after the other.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder receiveTimeout(Duration value) {
            receiveTimeout = Timeouts.checked("receiveTimeout", value);
            return this;
        }

        /**
         * How long the peer may take to agree to the end of the connection; 5 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder closeTimeout(Duration value) {
            closeTimeout = Timeouts.checked("closeTimeout", value);
            return this;
        }

        /**
         * After what time without anything from the peer the connection counts as lost; 90 s unless set, zero for never. Agents say
         * something every 30 s: shorten it to notice a dead network sooner.
         *
         * @throws IllegalArgumentException if it is not zero or 1 ms to 24 days
         */
        public Builder staleLimit(Duration value) {
            staleLimit = value.isZero() ? value : Timeouts.checked("staleLimit", value);
            return this;
        }

        /**
         * How often to ping the peer by the means of WebSocket itself; without an answer until the next ping the connection is lost.
         * Zero for never; that, or what the {@link #okHttpClient} has, unless set. Set it where something in between cuts off silent
         * connections.
         *
         * @throws IllegalArgumentException if it is not zero or 1 ms to 24 days
         */
        public Builder pingInterval(Duration value) {
            pingInterval = value.isZero() ? value : Timeouts.checked("pingInterval", value);
            return this;
        }

        /**
         * Whether a lost connection is opened again; it is not unless switched on. Only one that was open before is, and not after the
         * peer did not accept who this client is (close code 4401, or a handshake refused with an HTTP status that is no passing
         * failure).
         */
        public Builder reconnect(boolean value) {
            reconnect = value;
            return this;
        }

        /**
         * How often in a row it is tried to open a lost connection again; without limit unless set. It is counted anew once the peer has
         * sent something.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxReconnectAttempts(int value) {
            maxReconnectAttempts = OptionChecks.atLeast(1, "maxReconnectAttempts", value);
            return this;
        }

        /**
         * The wait before the first attempt to open a lost connection again, twice as long each time after; 1 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder initialBackoff(Duration value) {
            initialBackoff = Timeouts.checked("initialBackoff", value);
            return this;
        }

        /**
         * The longest wait before an attempt to open a lost connection again; 30 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder maxBackoff(Duration value) {
            maxBackoff = Timeouts.checked("maxBackoff", value);
            return this;
        }

        /**
         * Whether up to a tenth is added to those waits at random; it is not unless switched on. Do so where many clients lose their
         * connections at the same time, with a restart of the agent.
         */
        public Builder jitter(boolean value) {
            jitter = value;
            return this;
        }

        /**
         * How long an acknowledgement may take before the message is sent again; 30 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder ackTimeout(Duration value) {
            ackTimeout = Timeouts.checked("ackTimeout", value);
            return this;
        }

        /**
         * How often a message is sent again that is not acknowledged; 3 times unless set. 0 for agents that must not get a message twice.
         *
         * @throws IllegalArgumentException if it is less than 0
         */
        public Builder ackRetries(int value) {
            ackRetries = OptionChecks.atLeast(0, "ackRetries", value);
            return this;
        }

        /**
         * How often it is looked for messages that are not acknowledged in time; every 5 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder ackCheckInterval(Duration value) {
            ackCheckInterval = Timeouts.checked("ackCheckInterval", value);
            return this;
        }

        /**
         * Sends {@code Authorization: Bearer …} with the handshake; nothing unless set.
         *
         * @throws IllegalArgumentException if it is empty or holds anything but visible ASCII
         */
        public Builder bearerToken(String value) {
            bearerToken = OptionChecks.bearerToken(value);
            return this;
        }

        /**
         * Takes certificates, proxies, DNS, interceptors and timeouts from this client. Whoever made it closes it: it is not changed, and
         * closing the socket leaves it as it is. Redirects are not followed, and the socket's threads are its own.
         */
        public Builder okHttpClient(OkHttpClient value) {
            okHttpClient = value;
            return this;
        }

        /**
         * How many calls may be in flight, and how many messages may wait for being acknowledged; 1,000 unless set. Further ones are
         * refused with a {@link dev.asap.error.ConnectionException}.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxCalls(int value) {
            maxCalls = OptionChecks.atLeast(1, "maxCalls", value);
            return this;
        }

        /**
         * How many bytes may wait to be written to the connection, and so how large a message may be; 8,388,608 unless set. While more
         * would wait, messages are refused with a {@link dev.asap.error.ConnectionException}.
         *
         * @throws IllegalArgumentException if the value is not 1 to 16,777,216
         */
        public Builder maxQueuedBytes(long value) {
            maxQueuedBytes = OptionChecks.within(SocketLink.MAX_QUEUED_BYTES, "maxQueuedBytes", value);
            return this;
        }

        /**
         * The largest message that is accepted from the peer, in bytes; {@value ASAPClient#DEFAULT_MAX_RESPONSE_BYTES} unless set. A
         * larger one ends the connection (close code 1009). Raise it for agents that answer with large artifacts.
         *
         * @throws IllegalArgumentException if the value is not 1 to 2,147,483,639
         */
        public Builder maxResponseBytes(long value) {
            maxResponseBytes = OptionChecks.bytes("maxResponseBytes", value);
            return this;
        }

        /**
         * How many messages may wait for the handlers, and how many envelopes in each stream; 1,000 unless set. Raise it for handlers that
         * now and then take long.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxBufferedMessages(int value) {
            maxBufferedMessages = OptionChecks.atLeast(1, "maxBufferedMessages", value);
            return this;
        }

        /**
         * How many bytes of messages may wait for the handlers, and how many in each stream; 16,777,216 unless set. A single message may be
         * larger.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxBufferedBytes(long value) {
            maxBufferedBytes = OptionChecks.atLeast(1, "maxBufferedBytes", value);
            return this;
        }

        /**
         * Gets the envelopes that answer no call that waits: what the agent sends on its own, answers that come after their call has timed
         * out, and the first chunks of a stream that answers {@link ASAPSocket#send}. They are dropped unless set. See {@link ASAPSocket} for
         * when it is called; what it throws is logged.
         */
        public Builder onMessage(Consumer<Envelope> handler) {
            onMessage = handler;
            return this;
        }

        /**
         * Gets every acknowledgement, also a second one that says that a message was rejected after it had been received. See {@link
         * ASAPSocket} for when it is called; what it throws is logged.
         */
        public Builder onAck(Consumer<MessageAck> handler) {
            onAck = handler;
            return this;
        }

        /** Gives the time that {@code Retry-After} dates are compared with; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** Whether whoever has the socket takes another one when it has ended, so that there is nothing to warn of. */
        Builder replaceable() {
            replaceable = true;
            return this;
        }

        /** Gives numbers from 0 up to 1 for the {@link #jitter}; has to be thread-safe. */
        Builder random(DoubleSupplier value) {
            random = value;
            return this;
        }

        /** Gives the socket its time; its own thread unless set. The socket closes what it gets. */
        Builder timers(Supplier<SocketTimer> value) {
            timers = value;
            return this;
        }

        /** Gives each message its idempotency key; has to be thread-safe. A new ULID unless set. */
        Builder idempotencyKeys(Supplier<String> value) {
            ids = value;
            return this;
        }

        /**
         * The socket. Connects to nothing yet.
         *
         * @throws IllegalArgumentException if the URL must be encrypted and is not, or {@link #initialBackoff} is longer than {@link
         *     #maxBackoff}
         */
        public ASAPSocket build() {
            if (initialBackoff.compareTo(maxBackoff) > 0) {
                throw new IllegalArgumentException("initialBackoff must not be longer than maxBackoff, got "
                        + initialBackoff + " and " + maxBackoff);
            }
            return new ASAPSocket(new SocketOptions(
                    OptionChecks.guarded("the socket's URL", address, requireHttps),
                    openTimeout,
                    receiveTimeout,
                    closeTimeout,
                    replaceable,
                    reconnect,
                    maxReconnectAttempts,
                    new Backoff(initialBackoff, maxBackoff, jitter, random),
                    ackTimeout,
                    ackRetries,
                    ackCheckInterval,
                    bearerToken,
                    okHttpClient,
                    maxCalls,
                    maxQueuedBytes,
                    maxResponseBytes,
                    maxBufferedMessages,
                    maxBufferedBytes,
                    onMessage,
                    onAck,
                    clock,
                    timers,
                    ids,
                    staleLimit,
                    pingInterval));
        }
    }
}
