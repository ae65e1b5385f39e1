// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.compliance;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import okhttp3.Headers;

/** The harness of the protocol's second generation: a dozen checks, and a score. */
final class HarnessChecks {
    private static final String IDENTITY = "identity";
    private static final String STREAMING = "streaming";
    private static final String ERRORS = "errors";
    private static final String VERSIONING = "versioning";
    private static final String BATCH = "batch";
    private static final String AUDIT = "audit";

    private static final Set<Integer> KNOWN_OR_REFUSED = Set.of(200, 401, 403);

    /** Broken on purpose: without a payload and without a version. */
    private static final JsonObject PROBE = call(
            "asap.send",
            JsonObject.of(
                    "sender",
                    "urn:asap:agent:compliance-test",
                    "recipient",
                    "urn:asap:agent:server",
                    "payload_type",
                    "task.request",
                    "payload",
                    JsonObject.empty()));

    private final AgentProbe agent;
    private final List<Check> checks = new ArrayList<>();

    private HarnessChecks(AgentProbe agent) {
        this.agent = agent;
    }

    @FunctionalInterface
    private interface Question {
        AgentProbe.Answer ask() throws IOException;
    }

    /** Makes all checks, in their order. */
    static List<Check> run(AgentProbe agent) {
        HarnessChecks harness = new HarnessChecks(agent);
        harness.identity();
        harness.streaming();
        harness.errors();
        harness.versioning();
        harness.batch();
        harness.audit();
        return harness.checks;
    }

    /** How many of the checks passed, 0 to 1. */
    static double score(List<Check> checks) {
        return checks.isEmpty()
                ? 0
                : (double) checks.stream().filter(Check::passed).count() / checks.size();
    }

    private static JsonObject call(String method, JsonObject envelope) {
        return JsonObject.of(
                "jsonrpc",
                "2.0",
                "method",
                method,
                "params",
                JsonObject.of("envelope", envelope),
                "id",
                "compliance-1");
    }

    private void identity() {
        check(
                IDENTITY,
                "identity_register_endpoint",
                () -> agent.post("/asap/agent/register", ""),
                answer -> KNOWN_OR_REFUSED.contains(answer.status()));
        check(
                IDENTITY,
                "identity_capability_list",
                () -> agent.get("/asap/capability/list"),
                answer -> KNOWN_OR_REFUSED.contains(answer.status()));
    }

    private void streaming() {
        check(
                STREAMING,
                "streaming_sse_endpoint",
                () -> agent.post("/asap/stream", PROBE.toString()),
                answer -> answer.status() == 200 || answer.contentType().contains("text/event-stream"));
    }

    private void errors() {
        check(
                ERRORS,
                "error_method_not_found",
                () -> agent.post(
                        "/asap", call("nonexistent.method", JsonObject.empty()).toString()),
                answer -> answer.errorCode() == -32601);
        check(
                ERRORS,
                "error_parse_error",
                () -> agent.post("/asap", "not json"),
                answer -> answer.errorCode() == -32700);
        check(
                ERRORS,
                "error_data_structured",
                () -> agent.post("/asap", PROBE.toString()),
                answer -> answer.object().has("error"));
    }

    private void versioning() {
        check(
                VERSIONING,
                "versioning_header_present",
                () -> agent.post("/asap", PROBE.toString(), "ASAP-Version", "2.2"),
                answer -> answer.headers().values("ASAP-Version").stream().anyMatch(version -> !version.isEmpty()));
        check(
                VERSIONING,
                "versioning_incompatible_rejected",
                () -> agent.post("/asap", call("asap.send", JsonObject.empty()).toString(), "ASAP-Version", "99.0"),
                answer -> answer.errorCode() == -32000);
    }

    private void batch() {
        check(
                BATCH,
                "batch_array_response",
                () -> agent.post("/asap", JsonArray.of(PROBE, PROBE).toString()),
                answer -> answer.json() instanceof JsonArray answers && answers.size() == 2);
        check(
                BATCH,
                "batch_empty_rejected",
                () -> agent.post("/asap", "[]"),
                answer -> answer.object().has("error"));
    }

    private void audit() {
        AgentProbe.Answer audit = check(
                AUDIT,
                "audit_endpoint_exists",
                () -> agent.get("/audit"),
                answer -> answer.status() == 200 || answer.status() == 404);
        if (audit.status() == 200) {
            check(
                    AUDIT,
                    "audit_response_format",
                    () -> audit,
                    answer -> answer.object().has("entries"));
        }
    }

    private AgentProbe.Answer check(
            String category, String name, Question question, Predicate<AgentProbe.Answer> passes) {
        try {
            AgentProbe.Answer answer = question.ask();
            checks.add(new Check(category, name, passes.test(answer), answer.toString()));
            return answer;
        } catch (IOException e) {
            checks.add(new Check(category, name, false, e.toString()));
            return new AgentProbe.Answer(0, Headers.of(), new byte[0]);
        }
    }
}
