// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.asap.client.CallEnd;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallInterceptor;
import dev.asap.client.CallKind;
import dev.asap.client.CallObserver;
import dev.asap.client.CallStart;
import dev.asap.model.Envelope;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggedCallsTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(LoggedCalls.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final CallInterceptor calls = new LoggedCalls();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private String onlyLine() {
        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.DEBUG);
        return lines.list.get(0).getFormattedMessage();
    }

    @Test
    void answeredCall_isOneLineWithoutPayload() {
        CallObserver call = calls.begin(Calls.send());
        call.attempt(1, Calls.NO_HEADERS);
        assertThat(lines.list).isEmpty();
        call.end(new CallEnd(new Answered(Calls.message()), 1, Duration.ofNanos(12_345_678), 400, 900));

        assertThat(onlyLine())
                .isEqualTo("asap.client.send status=success reason=none address=" + Calls.URL
                        + " envelope_id=m-1 attempts=1 duration_ms=12.35 request_bytes=400 response_bytes=900");
    }

    @Test
    void failedCall_isLoggedWithAWordThatIsKnown() {
        calls.begin(Calls.send()).end(Calls.failed(Calls.remote("asap:skill/s3cret"), 3));

        assertThat(onlyLine())
                .startsWith("asap.client.send status=error reason=other ")
                .contains(" attempts=3 ")
                .doesNotContain("s3cret");
        assertThat(lines.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void cancelledDocument_hasNoEnvelope() {
        calls.begin(Calls.document()).end(Calls.cancelled());

        assertThat(onlyLine())
                .startsWith("asap.client.manifest status=cancelled reason=none")
                .contains(" envelope_id=none ");
    }

    @Test
    void idOfSomeoneElse_cannotForgeALine() {
        Envelope message = Calls.message().toBuilder()
                .id("m\r\n status=success\u2028" + "x".repeat(1_000))
                .build();
        calls.begin(new CallStart(CallKind.SEND, Calls.URL, message)).end(Calls.cancelled());

        assertThat(onlyLine())
                .contains(" envelope_id=m___status=success_xxx")
                .hasSizeLessThan(500)
                .doesNotContain("\n", "\r", "\u2028");
    }

    @Test
    void levelAboveDebug_logsNothing() {
        logger.setLevel(Level.INFO);
        CallObserver call = calls.begin(Calls.send());
        logger.setLevel(Level.DEBUG);
        call.end(Calls.answered());

        assertThat(lines.list).isEmpty();
    }
}
