// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.sla;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.json.WireTime;
import dev.asap.model.SLADefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The formulas against what the public reference implementation has answered, where it is at hand. */
class PublicSLAFilesTest {
    private static final Path RECORDINGS = Path.of("../../shared/protocol/golden/sla");
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    /** What the recorded agent promises. */
    private static final SLADefinition PROMISES = SLADefinition.builder()
            .availability("99.5%")
            .maxLatencyP95Ms(500)
            .maxErrorRate("1%")
            .build();

    @BeforeEach
    void filesAreThere() {
        assumeTrue(Files.isDirectory(RECORDINGS), "the files are not here");
    }

    private static JsonObject recording(Path file) throws IOException {
        return JsonObject.parse(Files.readAllBytes(file));
    }

    private static List<JsonObject> objects(JsonObject object, String member) {
        return object.find(member)
                .map(array -> array.asArray().stream().map(JsonValue::asObject).toList())
                .orElse(List.of());
    }

    @Test
    void findings_areThoseOfTheReference() throws IOException {
        JsonObject recording = recording(RECORDINGS.resolve("breach-detection.json"));
        int seen = 0;
        for (JsonObject exchange : objects(recording, "exchanges")) {
            JsonObject request = exchange.getObject("request");
            if (request.has("body")) {
                SLAMetrics metrics = CODEC.read(request.getObject("body"), SLAMetrics.class);
                List<JsonObject> breaches =
                        objects(exchange.getObject("response").getObject("body"), "breaches");

                assertThat(SLAEvaluation.evaluate(PROMISES, metrics).stream()
                                .map(finding -> finding.breachType() + " " + finding.severity() + " "
                                        + finding.threshold() + " " + finding.actual()))
                        .containsExactlyElementsOf(breaches.stream()
                                .map(breach -> breach.getString("breach_type") + " " + breach.getString("severity")
                                        + " " + breach.getString("threshold") + " " + breach.getString("actual"))
                                .toList());
                seen += breaches.size();
            }
        }
        assertThat(seen).isEqualTo(6);
    }

    @Test
    void figuresOfAWindow_areThoseOfTheReference() throws IOException {
        int seen = 0;
        for (Path file : files("status-")) {
            JsonObject recording = recording(file);
            for (JsonObject exchange : objects(recording, "exchanges")) {
                JsonObject body = exchange.getObject("response").getObject("body");
                if (body.has("window")) {
                    String only =
                            exchange.getObject("request").getString("path").contains("agent_id=")
                                    ? "urn:asap:agent:other"
                                    : null;
                    assertWindow(file, seeded(recording, only), body);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThanOrEqualTo(7);
    }

    private static List<SLAMetrics> seeded(JsonObject recording, String only) {
        return objects(recording.getObject("server").getObject("seed"), "sla_metrics").stream()
                .map(metrics -> CODEC.read(metrics, SLAMetrics.class))
                .filter(metrics -> only == null || only.equals(metrics.agentId()))
                .toList();
    }

    private static void assertWindow(Path file, List<SLAMetrics> seeded, JsonObject body) {
        SLAMetricsFilter window = SLAMetricsFilter.window(
                SLAWindow.parse(body.getString("window")), WireTime.parse(body.getString("period_end")));
        assertThat(window.start()).isEqualTo(WireTime.parse(body.getString("period_start")));
        Map<String, SLAAggregation> agents = new LinkedHashMap<>();
        seeded.stream()
                .filter(window::matches)
                .forEach(each -> agents.computeIfAbsent(each.agentId(), agent -> new SLAAggregation())
                        .add(each));
        List<SLAMetrics> figures = agents.values().stream()
                .map(agent -> agent.result().orElseThrow())
                .toList();

        List<JsonObject> data = objects(body, "data");
        assertThat(figures.stream().map(each -> CODEC.toJson(each, WireForm.FULL)))
                .as(file.toString())
                .containsExactlyElementsOf(
                        data.stream().map(each -> each.getObject("metrics")).toList());
        for (int i = 0; i < data.size(); i++) {
            JsonValue compliance = data.get(i).get("compliance_percent");
            if (!compliance.isNull()) {
                assertThat(SLAFormulas.compliancePercent(PROMISES, figures.get(i)))
                        .as(file.toString())
                        .isEqualTo(compliance.asDouble());
            }
        }
    }

    @Test
    void breaches_areReadAndWrittenUnchanged() throws IOException {
        int seen = 0;
        for (Path file : files("breaches")) {
            for (JsonObject exchange : objects(recording(file), "exchanges")) {
                for (JsonObject breach : objects(exchange.getObject("response").getObject("body"), "data")) {
                    assertThat(CODEC.toJson(CODEC.read(breach, SLABreach.class), WireForm.FULL))
                            .isEqualTo(breach);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThanOrEqualTo(3);
    }

    private static List<Path> files(String prefix) throws IOException {
        try (Stream<Path> all = Files.list(RECORDINGS)) {
            return all.filter(path -> path.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }
}
