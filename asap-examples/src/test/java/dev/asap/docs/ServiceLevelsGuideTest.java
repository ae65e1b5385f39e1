// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.id.Ulid;
import dev.asap.model.SLADefinition;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAEvaluation;
import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStore;
import dev.asap.sla.SLAWindow;
import dev.asap.storage.Storage;
import dev.asap.store.memory.InMemoryStorage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the storage guide says about service levels. */
class ServiceLevelsGuideTest {
    @Test
    void figuresAndBreaches_areKeptAndFound() {
        Instant now = Instant.parse("2026-03-01T09:00:00Z");
        String agent = "urn:asap:agent:worker";
        SLADefinition promises = SLADefinition.builder()
                .availability("99.5%")
                .maxLatencyP95Ms(500)
                .build();
        try (Storage storage = new InMemoryStorage()) {
            SLAStore sla = storage.sla();

            SLAMetrics lastHour = new SLAMetrics(
                    agent,
                    now.minusSeconds(3600),
                    now,
                    SLAFormulas.uptimePercent(59, 60),
                    SLAFormulas.p95(120, 340, 1502),
                    SLAFormulas.errorRatePercent(60, 2),
                    60,
                    2);
            sla.recordMetrics(lastHour);
            for (SLAEvaluation.Finding finding : SLAEvaluation.evaluate(promises, lastHour)) {
                sla.recordBreach(finding.toBreach(Ulid.next("breach_"), agent, now));
            }

            List<SLAMetrics> lastDay = sla.aggregateMetrics(SLAMetricsFilter.window(SLAWindow.DAY, now));
            Page<SLABreach> warnings = sla.queryBreaches(
                    SLABreachFilter.all().agent(agent).severity(BreachSeverity.WARNING), PageRequest.first());

            assertThat(lastDay).hasSize(1);
            assertThat(warnings.total()).isEqualTo(1);
        }
    }
}
