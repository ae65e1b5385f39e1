// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.ConnectionException;
import dev.asap.error.ProtocolException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Says what a lost connection, or a time that is over, means for a call. Immutable and thread-safe. */
final class SocketFailures {
    /** What is known of a message when its connection is lost. */
    enum Fate {
        /** It never left this side. */
        NOT_SENT("; it was not sent"),
        /** The peer ended the connection before it looked at any message on it. */
        REFUSED("; it was not accepted"),
        /** It was handed to the network, or may have been. */
        UNKNOWN(""),
        /** The peer has it; what became of it is not known. */
        ACKNOWLEDGED("; the peer had acknowledged it");

        private final String text;

        Fate(String text) {
            this.text = text;
        }

        /** Whether the peer may have acted on it. */
        boolean isOpen() {
            return this == UNKNOWN || this == ACKNOWLEDGED;
        }
    }

    /** What an HTTP server would have said instead of these close codes. */
    private static final int UNAUTHORIZED = 401;

    private static final int CONTENT_TOO_LARGE = 413;
    private static final int TOO_MANY_REQUESTS = 429;

    private final PeerAddress address;
    private final long maxResponseBytes;

    SocketFailures(PeerAddress address, long maxResponseBytes) {
        this.address = address;
        this.maxResponseBytes = maxResponseBytes;
    }

    /** The failure of a call whose connection is lost. */
    ASAPException lost(Exchange exchange, Loss loss, Fate fate) {
        if (loss instanceof Loss.TooLarge && fate.isOpen()) {
            return new ResponseTooLargeException(address.shown(), maxResponseBytes);
        }
        ProtocolException reason = lost(exchange.what, loss, fate);
        return fate.isOpen() ? exchange.unanswered(reason) : reason;
    }

    /** The failure of a call that comes after the connection was lost for good. */
    ASAPException notSent(String what, Loss loss) {
        return lost(what, loss, Fate.NOT_SENT);
    }

    /** The failure to connect. */
    ASAPException notConnected(Loss loss) {
        return failure("cannot connect to " + address + ": " + reason(loss), loss);
    }

    /** Why the connection does not exist, in words. */
    String reason(Loss loss) {
        if (loss instanceof Loss.Closed closed) {
            return "the peer closed the connection with " + closed.code()
                    + (closed.reason().isEmpty() ? "" : " (" + closed.reason() + ")") + advice(closed.code());
        } else if (loss instanceof Loss.Refused refused) {
            return "the peer answered the handshake with HTTP " + refused.status()
                    + (refused.status() == 401 || refused.status() == 403 ? ", check bearerToken" : "");
        } else if (loss instanceof Loss.OpenTimedOut timedOut) {
            return "openTimeout is " + timedOut.limit().toMillis() + " ms";
        } else if (loss instanceof Loss.Stale stale) {
            return "the peer was silent for " + stale.limit().toMillis() + " ms";
        } else if (loss instanceof Loss.TooLarge) {
            return "the peer sent a message of more than " + maxResponseBytes + " bytes, see maxResponseBytes";
        }
        return reason(((Loss.Broken) loss).cause());
    }

    /** No answer came in time. */
    ASAPException noAnswer(Exchange exchange, Duration receiveTimeout) {
        return exchange.unanswered(new RequestTimeoutException(
                exchange.what + " timed out: receiveTimeout is " + receiveTimeout.toMillis() + " ms",
                receiveTimeout,
                null));
    }

    /** No acknowledgement came, however often the message was sent. */
    ASAPException notAcknowledged(Exchange exchange, Duration ackTimeout, int resends) {
        return exchange.unanswered(new RequestTimeoutException(
                exchange.what + " was sent " + (resends + 1) + (resends == 0 ? " time" : " times")
                        + " and never acknowledged: ackTimeout is " + ackTimeout.toMillis() + " ms",
                ackTimeout,
                null));
    }

    /** A message cannot be sent now; that may change. */
    ASAPException notNow(String what, String reason) {
        return new ConnectionException(what + " was not sent: " + reason, address.shown(), null);
    }

    private ProtocolException lost(String what, Loss loss, Fate fate) {
        return failure(what + " failed: " + reason(loss) + fate.text, loss);
    }

    private ProtocolException failure(String message, Loss loss) {
        if (loss instanceof Loss.Closed closed) {
            int status = httpStatus(closed.code());
            if (status != 0) {
                return ConnectionException.ofStatus(message, address.shown(), status, null);
            }
        } else if (loss instanceof Loss.Refused refused) {
            return ConnectionException.ofStatus(message, address.shown(), refused.status(), refused.retryAfter());
        } else if (loss instanceof Loss.OpenTimedOut timedOut) {
            return new RequestTimeoutException(message, timedOut.limit(), null);
        }
        return new ConnectionException(
                message, address.shown(), loss instanceof Loss.Broken broken ? broken.cause() : null);
    }

    private static int httpStatus(int closeCode) {
        return switch (closeCode) {
            case Loss.UNAUTHENTICATED -> UNAUTHORIZED;
            case Loss.TOO_LARGE -> CONTENT_TOO_LARGE;
            case Loss.TOO_MANY -> TOO_MANY_REQUESTS;
            default -> 0;
        };
    }

    private static String advice(int closeCode) {
        return switch (closeCode) {
            case Loss.UNAUTHENTICATED -> ", set bearerToken or renew it";
            case Loss.TOO_LARGE -> ", a message was larger than it accepts";
            case Loss.TOO_MANY -> ", too many messages within a second";
            default -> "";
        };
    }

    private static String reason(Throwable cause) {
        if (cause instanceof EOFException) {
            return "the peer hung up";
        } else if (cause instanceof UnknownHostException) {
            return "unknown host";
        } else if (cause instanceof java.net.ProtocolException) {
            // Its message repeats what the peer sent.
            return "the peer does not speak WebSocket as expected";
        } else if (cause instanceof SSLException) {
            return "no secure connection: " + cause.getMessage();
        } else if (cause instanceof ConnectException) {
            return "cannot connect: " + cause.getMessage();
        } else if (cause instanceof SocketTimeoutException) {
            return "the network was silent for too long: " + cause.getMessage();
        }
        return cause.getMessage() != null
                ? cause.getMessage()
                : cause.getClass().getSimpleName();
    }
}
