// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a connection does not exist (any more). */
sealed interface Loss {
    /** The peer cannot be trusted to want this client back before something was changed. */
    int UNAUTHENTICATED = 4401;

    /** The peer was sent too much at once. */
    int TOO_LARGE = 1009;

    /** The peer was sent too much within a second. */
    int TOO_MANY = 1008;

    /** The peer said that it ends the connection. */
    record Closed(int code, String reason) implements Loss {}

    /** It broke, or did not come about, without a word of the peer. */
    record Broken(Throwable cause) implements Loss {}

    /** The peer answered the handshake with an HTTP status. */
    record Refused(int status, @Nullable Duration retryAfter) implements Loss {}

    /** The handshake took too long. */
    record OpenTimedOut(Duration limit) implements Loss {}

    /** The peer was silent for too long. */
    record Stale(Duration limit) implements Loss {}

    /** The peer sent a message that is too large for this side. */
    record TooLarge() implements Loss {}

    /** Whether another connection may fare better without anyone changing something. */
    default boolean mayReopen() {
        if (this instanceof Closed closed) {
            return closed.code() != UNAUTHENTICATED;
        }
        return !(this instanceof Refused refused)
                || refused.status() == 408
                || refused.status() == 429
                || refused.status() >= 500;
    }

    /** Whether the peer does not want to hear this client at all. */
    default boolean isRefusal() {
        return this instanceof Refused || (this instanceof Closed closed && closed.code() == UNAUTHENTICATED);
    }

    /** Whether what was sent must not be sent again: it might be what ended the connection. */
    default boolean forbidsResend() {
        return this instanceof Closed closed && closed.code() == TOO_LARGE;
    }
}
