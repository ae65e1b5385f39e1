// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes attempts to get an answer over a socket of a pool. One call at a time has a socket: agents work on the messages of a connection
 * one after the other, and what waits behind a slow one would look lost. It takes two sockets when the peer refuses a token for which
 * there is another one. Thread-safe.
 */
final class SocketAttempts {
    private static final int UNAUTHORIZED = 401;

    private final SocketPool pool;
    private final PeerAddress address;
    private final Operation operation;
    private final Function<@Nullable String, ASAPSocket> sockets;
    private final @Nullable TokenProvider tokens;
    private final ConnectionCounts counts;
    private final InstantSource clock;

    /**
     * Attempts over these.
     *
     * @param operation what messages about calls show
     * @param sockets makes a socket that sends a token with its handshake, or none
     */
    SocketAttempts(
            SocketPool pool,
            PeerAddress address,
            Operation operation,
            Function<@Nullable String, ASAPSocket> sockets,
            @Nullable TokenProvider tokens,
            ConnectionCounts counts,
            InstantSource clock) {
        this.pool = pool;
        this.address = address;
        this.operation = operation;
        this.sockets = sockets;
        this.tokens = tokens;
        this.counts = counts;
        this.clock = clock;
    }

    /** Lends a socket that may have to be connected yet. */
    SocketPool.Lease lend() {
        return lend(currentToken());
    }

    private SocketPool.Lease lend(@Nullable String token) {
        return pool.lend(address, () -> sockets.apply(token));
    }

    private @Nullable String currentToken() {
        return tokens == null ? null : tokens.token();
    }

    /**
     * Connects a socket, if it is not.
     *
     * @param limit how long that may take; null for as long as it may in any case
     */
    void connect(SocketSession session, @Nullable Duration limit) {
        if (session.state() == SocketState.OPEN) {
            counts.reused();
        } else {
            session.connect(limit);
            counts.opened();
        }
    }

    /** Makes an attempt. Throws nothing that belongs to the call. */
    AttemptResult<Envelope> attempt(MessageCall<Envelope> call, Envelope message, String idempotencyKey) {
        int number = call.nextAttempt();
        Envelope outgoing = number == 1 ? message : SingleMessage.refreshed(message, clock);
        // There are no headers that go with a message.
        call.observer().attempt(number, (name, value) -> {});
        String token = currentToken();
        AttemptResult<Envelope> result = exchange(call, outgoing, idempotencyKey, token);
        if (tokens != null && token != null && isUnauthorized(result)) {
            String renewed = tokens.renewed(token);
            if (renewed != null) {
                result = exchange(call, outgoing, idempotencyKey, renewed);
            }
        }
        return result;
    }

    private AttemptResult<Envelope> exchange(
            MessageCall<Envelope> call, Envelope message, String idempotencyKey, @Nullable String token) {
        Duration left = call.deadline().left();
        if (left != null && left.isZero()) {
            return new AttemptResult.Failed<>(new AttemptFailure.Conclusive(call.outOfTime()));
        }
        SocketPool.Lease lease;
        try {
            lease = lend(token);
        } catch (ASAPException e) {
            return new AttemptResult.Failed<>(failure(e));
        }
        UnaryExchange exchange = null;
        try {
            SocketSession session = lease.socket().session();
            call.runs(session::cut);
            connect(session, left);
            exchange = session.begin(message, idempotencyKey);
            return new AttemptResult.Answered<>(await(call, session, exchange));
        } catch (ASAPException e) {
            return new AttemptResult.Failed<>(failure(exchange, e));
        } finally {
            if (exchange != null) {
                call.transferred(exchange.requestBytes, exchange.responseBytes());
            }
            if (exchange != null && exchange.isAnswered()) {
                lease.close();
            } else {
                // The peer may still be at work on the message, and would keep the next one waiting.
                lease.discard();
            }
        }
    }

    private Envelope await(MessageCall<Envelope> call, SocketSession session, UnaryExchange exchange) {
        try {
            return SocketWaits.await(
                    exchange.answer,
                    call.deadline().left(),
                    exchange.what + SocketSession.CUT_OFF,
                    () -> session.giveUp(exchange));
        } catch (TimeoutException e) {
            Duration limit = Objects.requireNonNull(call.deadline().limit());
            throw exchange.unanswered(new RequestTimeoutException(
                    exchange.what + " timed out: callTimeout is " + limit.toMillis() + " ms", limit, e));
        }
    }

    private static boolean isUnauthorized(AttemptResult<?> result) {
        return result instanceof AttemptResult.Failed<?> failed
                && failed.failure() instanceof AttemptFailure.Answered answered
                && answered.httpStatus() == UNAUTHORIZED;
    }

    private AttemptFailure failure(@Nullable UnaryExchange exchange, ASAPException e) {
        // Only an error that the peer sent says something about it: others mean that its answer is none.
        return e instanceof RemoteErrorException error && exchange != null && exchange.isRefused()
                ? new AttemptFailure.Refused(error)
                : failure(e);
    }

    private AttemptFailure failure(ASAPException e) {
        if (e instanceof UnknownOutcomeException) {
            return new AttemptFailure.OutcomeUnknown(e);
        } else if (e instanceof ConnectionException lost) {
            return lost.httpStatus().isPresent()
                    ? new AttemptFailure.Answered(
                            lost.httpStatus().getAsInt(),
                            lost,
                            lost.retryAfter().orElse(null))
                    : new AttemptFailure.NotSent(lost);
        } else if (e instanceof RequestTimeoutException) {
            return new AttemptFailure.NotSent(e);
        } else if (e instanceof ClientClosedException) {
            return new AttemptFailure.Conclusive(new ClientClosedException(
                    operation + " was cut off: the client was closed; whether the peer received it is not known", e));
        }
        return new AttemptFailure.Conclusive(e);
    }
}
