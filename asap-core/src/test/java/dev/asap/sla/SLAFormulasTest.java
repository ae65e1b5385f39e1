// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.asap.model.SLADefinition;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SLAFormulasTest {
    private static final Instant TIME = Instant.parse("2026-03-01T09:00:00Z");

    private static SLAMetrics metrics(double uptime, long latency, double errors, long done, long failed) {
        return new SLAMetrics("a", TIME, TIME.plusSeconds(60), uptime, latency, errors, done, failed);
    }

    @ParameterizedTest
    @CsvSource({"0,0,100", "5,0,100", "5,-1,100", "9,10,90", "11,10,100", "-1,10,0", "1,3,33.333333333333336"})
    void uptime_isTheShareOfChecksPassed(long passed, long total, double percent) {
        assertThat(SLAFormulas.uptimePercent(passed, total)).isEqualTo(percent);
    }

    @ParameterizedTest
    @CsvSource({"0,0,0", "10,0,0", "0,10,100", "9,1,10", "9223372036854775807,9223372036854775807,50"})
    void errorRate_isTheShareOfTasksFailed(long completed, long failed, double percent) {
        assertThat(SLAFormulas.errorRatePercent(completed, failed)).isEqualTo(percent);
    }

    @Test
    void p95_isAnElementOfTheList() {
        assertThat(SLAFormulas.p95()).isZero();
        assertThat(SLAFormulas.p95(7)).isEqualTo(7);
        assertThat(SLAFormulas.p95(2, 1)).isEqualTo(1);
        assertThat(SLAFormulas.p95(300, 100, 200)).isEqualTo(200);
        assertThat(SLAFormulas.p95(LongStream.range(0, 100).toArray())).isEqualTo(94);
        assertThat(SLAFormulas.p95(LongStream.rangeClosed(1, 20).toArray())).isEqualTo(19);
        assertThat(SLAFormulas.p95(LongStream.rangeClosed(1, 21).toArray())).isEqualTo(20);
    }

    @Test
    void p95_leavesTheArrayAlone() {
        long[] values = {3, 1, 2};

        SLAFormulas.p95(values);

        assertThat(values).containsExactly(3, 1, 2);
    }

    @ParameterizedTest
    @CsvSource({"99.5%,99.5", "1%,1", "99,99", "' 99.5 % ',99.5", "101%,100", "-5%,0"})
    void percentText_isANumberCutToItsBounds(String text, double percent) {
        assertThat(SLADefinition.parsePercent(text)).isEqualTo(percent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "abc", "1e2%", "+5%", "99,5%", "1 %%", "99.5.5%", "."})
    void percentText_thatIsNone_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SLADefinition.parsePercent(text))
                .withMessage("Invalid percentage string: '" + text + "'");
    }

    @Test
    void aggregation_weighsByTasks() {
        SLAMetrics first = new SLAMetrics("a", TIME, TIME.plusSeconds(60), 99, 100, 1, 10, 0);
        SLAMetrics second = new SLAMetrics("b", TIME.minusSeconds(5), TIME.plusSeconds(9), 50, 900, 50, 1, 1);

        assertThat(SLAFormulas.aggregate(List.of(first, second)))
                .contains(new SLAMetrics("a", TIME.minusSeconds(5), TIME.plusSeconds(60), 90.83, 100, 9.17, 11, 1));
    }

    @Test
    void aggregation_withoutTasks_isThePlainMean() {
        assertThat(SLAFormulas.aggregate(List.of(metrics(100, 1, 0, 0, 0), metrics(50, 2, 3, 0, 0))))
                .contains(metrics(75, 1, 1.5, 0, 0));
    }

    @Test
    void aggregation_ofNothing_isNothing() {
        assertThat(SLAFormulas.aggregate(List.of())).isEmpty();
    }

    @Test
    void aggregation_ofAnOutageWithoutTasks_hasNoWeight() {
        assertThat(SLAFormulas.aggregate(List.of(metrics(100, 1, 0, 5, 0), metrics(0, 2, 0, 0, 0))))
                .map(SLAMetrics::uptimePercent)
                .contains(100.0);
    }

    @ParameterizedTest
    @CsvSource({"2.675,2.67", "0.125,0.12", "97.545,97.55", "99.999,100", "0.004,0"})
    void aggregation_roundsTheExactBinaryValueHalfToEven(double uptime, double rounded) {
        assertThat(SLAFormulas.aggregate(List.of(metrics(uptime, 1, 0, 1, 0))))
                .map(SLAMetrics::uptimePercent)
                .contains(rounded);
    }

    @Test
    void aggregation_ofManyFullPeriods_doesNotExceedItsBounds() {
        SLAAggregation aggregation = new SLAAggregation();
        for (int i = 1; i <= 1000; i++) {
            aggregation.add(metrics(100, i, 100, i, i * 7L));
        }

        assertThat(aggregation.result().orElseThrow())
                .satisfies(metrics -> assertThat(metrics.uptimePercent()).isEqualTo(100))
                .satisfies(metrics -> assertThat(metrics.latencyP95Ms()).isEqualTo(950));
    }

    @ParameterizedTest
    @CsvSource({
        "100,   1, 0,    100", // all kept
        "99.4,  1, 0,     95",
        "99.4, 501, 0,    90",
        "99.4, 501, 1.01, 85",
        "94,    1, 0,     75",
        "94,  501, 0,     70",
        "94,  501, 1.01,  65",
        "94, 1000, 0,     50",
        "94, 1000, 1.01,  45",
        "94, 1000, 2,     25"
    })
    void compliance_countsFindings(double uptime, long latency, double errors, double compliance) {
        SLADefinition promises = SLADefinition.builder()
                .availability("99.5%")
                .maxLatencyP95Ms(500)
                .maxErrorRate("1%")
                .build();

        assertThat(SLAFormulas.compliancePercent(promises, metrics(uptime, latency, errors, 1, 0)))
                .isEqualTo(compliance);
    }
}
