// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SLARecordsTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:30:00.123456789Z");
    private static final Instant TIME_CUT = Instant.parse("2026-03-01T09:30:00.123456Z");

    private static SLAMetrics metrics(
            String agent, double uptime, long latency, double errors, long done, long failed) {
        return new SLAMetrics(agent, TIME, TIME.plusSeconds(60), uptime, latency, errors, done, failed);
    }

    private static SLABreach breach(String id, String agent, Instant at) {
        return new SLABreach(id, agent, BreachType.LATENCY, "500ms", "1502ms", BreachSeverity.CRITICAL, at, null);
    }

    @Test
    void metrics_withinTheirBounds_areTaken() {
        assertThat(metrics("", 0, 0, 0, 0, 0).periodStart()).isEqualTo(TIME_CUT);
        assertThat(metrics("a".repeat(1000), 100, Long.MAX_VALUE, 100, Long.MAX_VALUE, 1)
                        .latencyP95Ms())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(new SLAMetrics("a", TIME.plusSeconds(9), TIME, 1, 1, 1, 1, 1).periodEnd())
                .isEqualTo(TIME_CUT);
    }

    @Test
    void metrics_outOfBounds_areRefusedWithEveryMember() {
        assertThatThrownBy(() -> metrics("a\uD800", 100.1, -1, -0.1, -2, -3))
                .isInstanceOfSatisfying(
                        ValidationException.class,
                        e -> assertThat(e.violations())
                                .extracting(violation -> violation.path().get(0))
                                .containsExactly(
                                        "agent_id",
                                        "uptime_percent",
                                        "latency_p95_ms",
                                        "error_rate_percent",
                                        "tasks_completed",
                                        "tasks_failed"));
        assertThatThrownBy(() -> metrics("a", Double.NaN, 0, 0, 0, 0)).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> metrics("a".repeat(1001), 0, 0, 0, 0, 0)).isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> new SLAMetrics(null, null, Instant.MAX, 0, 0, 0, 0, 0))
                .isInstanceOf(ValidationException.class)
                .hasMessageContainingAll("agent_id", "period_start", "period_end");
    }

    @Test
    void breach_keepsAnyTypeAndSeverity() {
        SLABreach breach = new SLABreach(
                "b", "a", new BreachType("mood"), "", "", new BreachSeverity("dire"), TIME, TIME.plusSeconds(1));

        assertThat(breach.breachType().known()).isEqualTo(BreachType.Known.OTHER);
        assertThat(breach.breachType().isKnown()).isFalse();
        assertThat(breach.severity().known()).isEqualTo(BreachSeverity.Known.OTHER);
        assertThat(breach.severity()).hasToString("dire");
        assertThat(breach.detectedAt()).isEqualTo(TIME_CUT);
        assertThat(breach.resolvedAt()).isEqualTo(TIME_CUT.plusSeconds(1));
        assertThat(breach.isOpen()).isFalse();
        assertThat(breach("b", "a", TIME).isOpen()).isTrue();
        assertThat(breach("b", "a", TIME).resolved(TIME).resolvedAt()).isEqualTo(TIME_CUT);
    }

    @Test
    void breach_outOfBounds_isRefused() {
        assertThat(breach("i".repeat(700), "a", TIME).id()).hasSize(700);
        assertThatThrownBy(() -> breach("i".repeat(701), "a".repeat(1001), Instant.MIN))
                .isInstanceOf(ValidationException.class)
                .hasMessageContainingAll("id", "agent_id", "detected_at");
        assertThatThrownBy(() -> new SLABreach(null, null, null, null, null, null, null, null))
                .isInstanceOfSatisfying(
                        ValidationException.class,
                        e -> assertThat(e.violations()).hasSize(7));
    }

    @ParameterizedTest
    @CsvSource({"availability,AVAILABILITY", "latency,LATENCY", "error_rate,ERROR_RATE", "LATENCY,OTHER"})
    void breachType_ofText_isKnownByIt(String text, BreachType.Known known) {
        assertThat(new BreachType(text).known()).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({"warning,WARNING", "critical,CRITICAL", "info,OTHER"})
    void severity_ofText_isKnownByIt(String text, BreachSeverity.Known known) {
        assertThat(new BreachSeverity(text).known()).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({"1h,PT1H", "24h,PT24H", "7d,PT168H", "30d,PT720H"})
    void window_ofText_hasItsLength(String text, Duration length) {
        SLAWindow window = SLAWindow.parse(text);

        assertThat(window.text()).isEqualTo(text);
        assertThat(window.length()).isEqualTo(length);
        assertThat(window.startBefore(TIME)).isEqualTo(TIME.minus(length));
        assertThat(SLAMetricsFilter.window(window, TIME))
                .isEqualTo(SLAMetricsFilter.all().from(TIME_CUT.minus(length)).until(TIME_CUT));
    }

    @Test
    void window_ofOtherText_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SLAWindow.parse("2h"))
                .withMessage("window must be one of ('1h', '24h', '7d', '30d'); got '2h'");
    }
}
