// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.model.SLADefinition;
import dev.asap.sla.SLAEvaluation.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SLAEvaluationTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:00:00Z");
    private static final SLADefinition PROMISES = SLADefinition.builder()
            .availability("99.5%")
            .maxLatencyP95Ms(500)
            .maxErrorRate("1%")
            .build();

    private static SLAMetrics metrics(double uptime, long latency, double errors) {
        return new SLAMetrics("a", TIME, TIME.plusSeconds(60), uptime, latency, errors, 1, 1);
    }

    private static List<String> found(SLADefinition promises, double uptime, long latency, double errors) {
        return SLAEvaluation.evaluate(promises, metrics(uptime, latency, errors)).stream()
                .map(finding -> finding.breachType() + " " + finding.severity() + " " + finding.threshold() + " "
                        + finding.actual())
                .toList();
    }

    @Test
    void promisesJustKept_findNothing() {
        assertThat(found(PROMISES, 99.5, 500, 1.0)).isEmpty();
    }

    @Test
    void promisesJustMissed_areWarnings() {
        assertThat(found(PROMISES, 99.4, 501, 1.01))
                .containsExactly(
                        "availability warning 99.5% 99.4%",
                        "latency warning 500ms 501ms", "error_rate warning 1.0% 1.01%");
    }

    @Test
    void promisesMissedUpToTheBound_areWarnings() {
        assertThat(found(PROMISES, 95.0, 999, 1.99))
                .containsExactly(
                        "availability warning 99.5% 95.0%",
                        "latency warning 500ms 999ms", "error_rate warning 1.0% 1.99%");
    }

    @Test
    void promisesMissedByFar_areCritical() {
        assertThat(found(PROMISES, 94.99, 1000, 2.0))
                .containsExactly(
                        "availability critical 99.5% 94.99%",
                        "latency critical 500ms 1000ms", "error_rate critical 1.0% 2.0%");
    }

    @Test
    void errorRate_isCriticalFromFivePercentOrTwiceThePromiseOn() {
        assertThat(found(PROMISES, 100, 0, 4.99)).containsExactly("error_rate critical 1.0% 4.99%");
        SLADefinition four = SLADefinition.builder().maxErrorRate("4%").build();
        assertThat(found(four, 0, 0, 4.99)).containsExactly("error_rate warning 4.0% 4.99%");
        assertThat(found(four, 0, 0, 5)).containsExactly("error_rate critical 4.0% 5.0%");
    }

    @Test
    void latency_ofNoTimeAtAll_isCriticalAtOnce() {
        SLADefinition nothing = SLADefinition.builder().maxLatencyP95Ms(0).build();

        assertThat(found(nothing, 0, 1, 0)).containsExactly("latency critical 0ms 1ms");
        assertThat(found(nothing, 0, 0, 0)).isEmpty();
    }

    @Test
    void latency_nearTheLargestNumber_doesNotOverflow() {
        SLADefinition huge =
                SLADefinition.builder().maxLatencyP95Ms(Long.MAX_VALUE - 1).build();

        assertThat(found(huge, 0, Long.MAX_VALUE, 0))
                .containsExactly("latency warning 9223372036854775806ms 9223372036854775807ms");
    }

    @Test
    void noPromises_findNothing() {
        assertThat(SLAEvaluation.evaluate(null, metrics(0, 9999, 100))).isEmpty();
        assertThat(found(SLADefinition.builder().build(), 0, 9999, 100)).isEmpty();
    }

    @Test
    void promiseThatIsNoNumber_isPassedOver() {
        SLADefinition odd = SLADefinition.builder()
                .availability("99.5.5%")
                .maxErrorRate("101%")
                .maxLatencyP95Ms(1)
                .build();

        assertThat(found(odd, 0, 9, 100)).containsExactly("latency critical 1ms 9ms");
    }

    @Test
    void finding_becomesABreach() {
        Finding finding = new Finding(BreachType.LATENCY, BreachSeverity.WARNING, "500ms", "600ms");

        assertThat(finding.toBreach("breach_1", "a", TIME))
                .isEqualTo(new SLABreach(
                        "breach_1", "a", BreachType.LATENCY, "500ms", "600ms", BreachSeverity.WARNING, TIME, null));
    }

    @ParameterizedTest
    @CsvSource({
        "99.5, 99.5%",
        "1, 1.0%",
        "100, 100.0%",
        "10, 10.0%",
        "33.333333333333336, 33.333333333333336%",
        "0, 0.0%",
        "0.1, 0.1%",
        "0.0001, 0.0001%",
        "0.00012, 0.00012%",
        "0.00001, 1e-05%",
        "0.000099, 9.9e-05%",
        "1.5e-7, 1.5e-07%",
        "4.9e-324, 5e-324%",
        "2e-3, 0.002%"
    })
    void percent_isTheShortestText(double value, String text) {
        assertThat(SLAEvaluation.percent(value)).isEqualTo(text);
    }

    @Test
    void percent_ofAnyValue_isReadBackTheSame() {
        Random random = new Random(20260301);
        for (int i = 0; i < 5000; i++) {
            double value = random.nextDouble() * 100;
            String text = SLAEvaluation.percent(value);

            assertThat(Double.parseDouble(text.substring(0, text.length() - 1))).isEqualTo(value);
            assertThat(text.length()).isLessThanOrEqualTo(Double.toString(value).length() + 1);
        }
    }
}
