// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.ASAPException;
import dev.asap.client.ASAPClient;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallEnd.Cancelled;
import dev.asap.client.CallEnd.Failed;
import dev.asap.client.CallKind;
import dev.asap.error.ErrorCode;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.json.JsonException;
import dev.asap.testkit.LeakChecks;
import dev.asap.validation.ValidationException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakChecks.class)
class CallWordsTest {
    static Stream<ErrorCode> codesOfTheProtocol() {
        return Arrays.stream(ErrorCode.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == ErrorCode.class)
                .map(CallWordsTest::valueOf);
    }

    private static ErrorCode valueOf(Field field) {
        try {
            return (ErrorCode) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("codesOfTheProtocol")
    void reason_ofEachErrorOfTheProtocol_isItsName(ErrorCode code) {
        assertThat(CallWords.reason(Calls.remote(code.name()))).isEqualTo(code.name());
    }

    @Test
    void reason_ofASkillThatIsNotThere_isItsName() {
        assertThat(CallWords.reason(Calls.remote("asap:skill/not_found"))).isEqualTo("asap:skill/not_found");
    }

    @Test
    void reason_ofAnErrorThatThePeerMadeUp_isOther() {
        assertThat(CallWords.reason(Calls.remote("asap:skill/x1"))).isEqualTo("other");
        assertThat(CallWords.reason(Calls.remote("asap:" + "x".repeat(10_000)))).isEqualTo("other");
    }

    @Test
    void reason_ofFailuresOnThisSide_isAWordForEach() {
        assertThat(CallWords.reason(new RequestTimeoutException("POST timed out", Duration.ofSeconds(1), null)))
                .isEqualTo("asap:transport/timeout");
        assertThat(CallWords.reason(new ResponseTooLargeException(Calls.URL, 10)))
                .isEqualTo("response_too_large");
        assertThat(CallWords.reason(new ValidationException("Manifest", List.of())))
                .isEqualTo("invalid_document");
        assertThat(CallWords.reason(new JsonException("no member 'x'"))).isEqualTo("other");
    }

    @Test
    void reason_ofAClosedClient_isClientClosed() {
        ASAPClient client = ASAPClient.builder("https://agent.example").build();
        client.close();

        ASAPException failure = catchThrowableOfType(ASAPException.class, () -> client.send(Calls.message()));

        assertThat(CallWords.reason(failure)).isEqualTo("client_closed");
    }

    @Test
    void reason_ofAnInterruptedCall_isInterrupted() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.enqueue(new MockResponse.Builder().build());
            try (ASAPClient client =
                    ASAPClient.builder(server.url("/").toString()).build()) {
                Thread.currentThread().interrupt();

                ASAPException failure = catchThrowableOfType(ASAPException.class, () -> client.send(Calls.message()));

                assertThat(Thread.interrupted()).isTrue();
                assertThat(CallWords.reason(failure)).isEqualTo("interrupted");
            }
        }
    }

    @Test
    void outcomes_haveAStatusAndAReason() {
        assertThat(CallWords.status(new Answered(null))).isEqualTo("success");
        assertThat(CallWords.reason(new Answered(null))).isEqualTo("none");
        assertThat(CallWords.status(new Failed(Calls.refused()))).isEqualTo("error");
        assertThat(CallWords.reason(new Failed(Calls.refused()))).isEqualTo("asap:transport/connection_error");
        assertThat(CallWords.status(new Cancelled())).isEqualTo("cancelled");
        assertThat(CallWords.reason(new Cancelled())).isEqualTo("none");
    }

    @Test
    void kinds_areInLowerCase() {
        assertThat(Arrays.stream(CallKind.values()).map(CallWords::kind))
                .containsExactly("send", "batch", "stream", "manifest", "health", "identity", "registry");
    }
}
