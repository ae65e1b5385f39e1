// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message was sent and no whole answer came back: the peer may have acted on it, or not.
 *
 * <p>Not {@link #retryable()}, since a repetition may have the peer do the same twice. Peers that honour idempotency keys do
 * not: there the message can be sent again with the {@link #idempotencyKey()} of this one. The cause tells how the answer got
 * lost.
 */
public final class UnknownOutcomeException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String idempotencyKey;

    /**
     * Creates the error.
     *
     * @param cause a timeout or a broken connection
     * @param idempotencyKey the key that the message was sent with, or null
     */
    public UnknownOutcomeException(ProtocolException cause, @Nullable String idempotencyKey) {
        super(builder(
                        cause.code(),
                        cause.getMessage()
                                + "; the message was sent, and whether the peer has acted on it is not known")
                .details(cause.details())
                .fallbackAction("check_outcome_before_retry")
                .cause(cause));
        this.idempotencyKey = idempotencyKey;
    }

    /** The key that the message was sent with; empty where there is none. */
    public Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }
}
