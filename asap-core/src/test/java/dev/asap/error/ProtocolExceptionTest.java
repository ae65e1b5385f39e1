// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.json.JsonObject;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The taxonomy: names, numbers, hints. */
class ProtocolExceptionTest {
    @Test
    void errors_haveTheirNamesNumbersAndDetails() {
        List<ProtocolException> fatal = List.of(
                new InvalidTransitionException("t", "a", "b"),
                new MalformedEnvelopeException("m", JsonObject.empty()),
                new CorrelationException("r", null),
                new InvalidNonceException("m", "n", "e"),
                new TaskNotFoundException("t"),
                new TaskAlreadyCompletedException("t", "failed"),
                new HandlerNotFoundException("p"),
                new UnsupportedAuthSchemeException("s"),
                new WebhookUrlRejectedException("u", "r"),
                new AgentRevokedException("u"),
                new SignatureVerificationException("m", JsonObject.empty()));
        List<ProtocolException> recoverable = List.of(
                new CircuitOpenException("http://x", 5),
                new ThreadPoolExhaustedException(1, 1),
                new ConnectionException("m", "u", null),
                new RequestTimeoutException("m", Duration.ofSeconds(1), null));

        assertThat(fatal).noneMatch(ProtocolException::retryable);
        assertThat(recoverable).allMatch(ProtocolException::retryable);
        assertThat(recoverable).allMatch(e -> e.fallbackAction().isPresent());
        assertThat(fatal)
                .extracting(e -> e.code().rpcCode())
                .containsExactly(
                        -32000, -32001, -32001, -32003, -32010, -32030, -32012, -32020, -32050, -32051, -32052);
        assertThat(new UnsupportedAuthSchemeException("s").details())
                .isEqualTo(JsonObject.of("scheme", "s", "supported_schemes", List.of("basic", "bearer")));
    }

    @Test
    void code_ofTheProtocolsRangeOnly() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ErrorCode("asap:x/y", -32060));
        assertThatIllegalArgumentException().isThrownBy(() -> new ErrorCode("asap:x/y", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ErrorCode("x/y", -32040));
    }

    @Test
    void errorCodes_areAllInTheList() {
        assertThat(Arrays.stream(ErrorCode.class.getFields())
                        .filter(field -> field.getType() == ErrorCode.class)
                        .map(Field::getName)
                        .count())
                .isEqualTo(ErrorCode.ALL.size());
        assertThat(ErrorCode.ALL).doesNotHaveDuplicates();
    }
}
