// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import java.time.Duration;

/** The client's circuit breaker lets nothing through to this peer; nothing was sent. */
public final class CircuitOpenException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private static final Duration USUAL_WAIT = Duration.ofSeconds(5);

    /** Creates the error of a breaker that does not say when it lets a call through: it advises to wait for 5 s. */
    public CircuitOpenException(String baseUrl, int consecutiveFailures) {
        this(baseUrl, consecutiveFailures, USUAL_WAIT);
    }

    /**
     * Creates the error.
     *
     * @param baseUrl the peer's address without secrets
     * @param retryAfter how long the breaker lets nothing through, in whole milliseconds
     */
    public CircuitOpenException(String baseUrl, int consecutiveFailures, Duration retryAfter) {
        super(builder(
                        ErrorCode.CIRCUIT_OPEN,
                        "Circuit open for " + baseUrl + " after " + consecutiveFailures + " failures in a row")
                .details(JsonObject.of("base_url", baseUrl, "consecutive_failures", consecutiveFailures))
                .recoverable(true)
                .retryAfter(retryAfter)
                .fallbackAction("retry_later_or_failover"));
    }
}
