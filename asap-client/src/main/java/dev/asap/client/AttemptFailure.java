// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.RemoteErrorException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an attempt to send a message failed, as far as it matters for repeating it and for the circuit breaker. */
sealed interface AttemptFailure {
    /** What the caller gets if the attempt was the last one. */
    ASAPException exception();

    /** Tells the breaker what the failure says about the peer; for the last attempt of a call. */
    void settle(CircuitBreaker.Permit permit);

    /** The peer cannot have acted: no connection, none free in time, or the request was not written to its end. */
    record NotSent(ASAPException exception) implements AttemptFailure {
        @Override
        public void settle(CircuitBreaker.Permit permit) {
            permit.failure();
        }
    }

    /** The request went out and no complete answer came back: the peer may have acted. */
    record OutcomeUnknown(ASAPException exception) implements AttemptFailure {
        @Override
        public void settle(CircuitBreaker.Permit permit) {
            permit.failure();
        }
    }

    /**
     * The peer answered with an HTTP failure.
     *
     * @param httpStatus from 400 on
     * @param retryAfterHeader how long the header asks to wait, or null
     */
    record Answered(
            int httpStatus,
            ASAPException exception,
            @Nullable Duration retryAfterHeader) implements AttemptFailure {
        @Override
        public void settle(CircuitBreaker.Permit permit) {
            permit.failure();
        }
    }

    /** The peer answered with a JSON-RPC error that is no HTTP failure. It is there and works. */
    record Refused(RemoteErrorException exception) implements AttemptFailure {
        @Override
        public void settle(CircuitBreaker.Permit permit) {
            permit.success();
        }
    }

    /**
     * Repeating cannot help, and nothing is learned about the peer: an answer that cannot be read, lacks the envelope, is too
     * large or belongs to another request; or this side ended the call.
     */
    record Conclusive(ASAPException exception) implements AttemptFailure {
        @Override
        public void settle(CircuitBreaker.Permit permit) {
            permit.close();
        }
    }
}
