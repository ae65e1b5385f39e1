// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import java.time.Duration;

/** The client's circuit breaker lets nothing through to this peer; nothing was sent. */
public final class CircuitOpenException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public CircuitOpenException(String baseUrl, int consecutiveFailures) {
        super(builder(
                        ErrorCode.CIRCUIT_OPEN,
                        "Circuit open for " + baseUrl + " after " + consecutiveFailures + " failures in a row")
                .details(JsonObject.of("base_url", baseUrl, "consecutive_failures", consecutiveFailures))
                .recoverable(true)
                .retryAfter(Duration.ofSeconds(5))
                .fallbackAction("retry_later_or_failover"));
    }
}
