// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static dev.asap.json.Shapes.DOUBLE;
import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.TIME;

import dev.asap.json.JsonShape;
import dev.asap.json.RecordShape;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAMetrics;

/** The wire form of the records about service levels: members in the order in which the protocol writes them. */
final class SLAShapes {
    // The protocol does not enforce the values of these two, so that strict readers keep unknown ones too.
    private static final JsonShape<BreachType> BREACH_TYPE = TEXT.map(BreachType::new, BreachType::value);

    private static final JsonShape<BreachSeverity> SEVERITY = TEXT.map(BreachSeverity::new, BreachSeverity::value);

    static final JsonShape<SLAMetrics> SLA_METRICS = RecordShape.<SLAMetrics>named("SLAMetrics")
            .required("agent_id", TEXT, SLAMetrics::agentId)
            .required("period_start", TIME, SLAMetrics::periodStart)
            .required("period_end", TIME, SLAMetrics::periodEnd)
            .required("uptime_percent", DOUBLE, SLAMetrics::uptimePercent)
            .required("latency_p95_ms", LONG, SLAMetrics::latencyP95Ms)
            .required("error_rate_percent", DOUBLE, SLAMetrics::errorRatePercent)
            .required("tasks_completed", LONG, SLAMetrics::tasksCompleted)
            .required("tasks_failed", LONG, SLAMetrics::tasksFailed)
            .build(values -> new SLAMetrics(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<SLABreach> SLA_BREACH = RecordShape.<SLABreach>named("SLABreach")
            .required("id", TEXT, SLABreach::id)
            .required("agent_id", TEXT, SLABreach::agentId)
            .required("breach_type", BREACH_TYPE, SLABreach::breachType)
            .required("threshold", TEXT, SLABreach::threshold)
            .required("actual", TEXT, SLABreach::actual)
            .required("severity", SEVERITY, SLABreach::severity)
            .required("detected_at", TIME, SLABreach::detectedAt)
            .nullable("resolved_at", TIME, SLABreach::resolvedAt)
            .build(values -> new SLABreach(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    private SLAShapes() {}
}
