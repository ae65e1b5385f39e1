// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnknownOutcomeExceptionTest {
    @Test
    void exception_ofTimeout_keepsWhatTheTimeoutSaysAndIsNotRetryable() {
        RequestTimeoutException timeout = new RequestTimeoutException("too late", Duration.ofSeconds(2), null);

        UnknownOutcomeException e = new UnknownOutcomeException(timeout, "key-1");

        assertThat(e)
                .hasMessage("too late; the message was sent, and whether the peer has acted on it is not known")
                .hasCause(timeout);
        assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT);
        assertThat(e.details()).isEqualTo(timeout.details());
        assertThat(e.retryable()).isFalse();
        assertThat(e.idempotencyKey()).contains("key-1");
        assertThat(new UnknownOutcomeException(timeout, null).idempotencyKey()).isEmpty();
    }
}
