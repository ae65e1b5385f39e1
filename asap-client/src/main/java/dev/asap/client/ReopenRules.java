// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether a socket's lost connection is opened again, and when. Guarded by the session's lock. */
final class ReopenRules {
    private final SocketOptions options;

    /** How many attempts were made since the peer has sent something. */
    private int attempts;

    ReopenRules(SocketOptions options) {
        this.options = options;
    }

    /** The wait before another attempt, which counts from now on; null if there is none. */
    @Nullable
    Duration waitAfter(Loss loss) {
        if (!options.reconnect() || !loss.mayReopen() || attempts >= options.maxReconnectAttempts()) {
            return null;
        }
        attempts++;
        Duration delay = options.backoff().delay(attempts - 1);
        Duration asked = asked(loss);
        return asked.compareTo(delay) > 0 ? asked : delay;
    }

    /** The peer has sent something. */
    void onHeard() {
        attempts = 0;
    }

    /** A peer that asks for a longer wait gets it, within the bounds of this side. */
    private Duration asked(Loss loss) {
        if (loss instanceof Loss.Refused refused && refused.retryAfter() != null) {
            Duration max = options.backoff().maxDelay();
            return refused.retryAfter().compareTo(max) > 0 ? max : refused.retryAfter();
        }
        return Duration.ZERO;
    }
}
