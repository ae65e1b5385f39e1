// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that this library reports: catch it to catch them all.
 *
 * <p>The message says what was attempted, with what, what came back and, where there is one, the remedy. It never holds
 * tokens, header values or payloads. Instances are immutable apart from what {@link Throwable} itself allows.
 */
public abstract class ASAPException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates a failure.
     *
     * @param message what was attempted and what went wrong
     * @param cause what caused it, or null
     */
    protected ASAPException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Tells whether the same call may succeed when it is repeated. The default is {@code false}. */
    public boolean retryable() {
        return false;
    }

    /** How long to wait before a repetition; empty when nobody said so. */
    public Optional<Duration> retryAfter() {
        return Optional.empty();
    }
}
