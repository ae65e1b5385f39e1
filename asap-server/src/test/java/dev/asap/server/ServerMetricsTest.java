// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.ErrorCode;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which labels the counters get. */
class ServerMetricsTest {
    private final ServerMetrics metrics = new ServerMetrics(ServerMetrics.UNOBSERVED);

    private long lines(String counter) {
        return metrics.page(0, 0, null, true)
                .lines()
                .filter(line -> line.startsWith(counter))
                .count();
    }

    @Test
    void codesOfTheProtocol_areLabels() {
        metrics.failed("task.request", ErrorCode.TASK_NOT_FOUND);
        metrics.failed("task.request", Handlers.SKILL_NOT_FOUND);

        assertThat(metrics.page(0, 0, null, true))
                .contains(
                        "asap_requests_error_total{error_type=\"asap:task/not_found\",payload_type=\"task.request\"} 1.0\n",
                        "{error_type=\"asap:skill/not_found\",payload_type=\"task.request\"} 1.0\n");
    }

    @Test
    void codesOfOthers_shareALabel() {
        for (int i = 0; i < 100; i++) {
            metrics.failed("task.request", new ErrorCode("asap:skill/made-up-" + i, -32040));
        }

        assertThat(lines("asap_requests_error_total{")).isEqualTo(1);
        assertThat(metrics.page(0, 0, null, true))
                .contains("{error_type=\"other\",payload_type=\"task.request\"} 100.0\n");
    }

    @Test
    void labels_areEscaped() {
        metrics.failed("a\"b\\c\nd", "e\"f\\g\nh");

        assertThat(metrics.page(0, 0, null, true))
                .contains("{error_type=\"e\\\"f\\\\g\\nh\",payload_type=\"a\\\"b\\\\c\\nd\"} 1.0\n");
    }

    @Test
    void durations_areCountedInEveryClassThatHoldsThem() {
        metrics.succeeded("task.request", Duration.ofMillis(5).toNanos());
        metrics.succeeded("task.request", Duration.ofMillis(30).toNanos());
        metrics.succeeded("task.request", Duration.ofSeconds(60).toNanos());
        metrics.failed("task.request", ErrorCode.TIMEOUT, Duration.ofSeconds(1).toNanos());

        String labels = "payload_type=\"task.request\",status=\"success\"";
        assertThat(metrics.page(0, 0, null, true))
                .contains(
                        "# TYPE asap_request_duration_seconds histogram\n",
                        "_bucket{payload_type=\"task.request\",status=\"error\",le=\"0.5\"} 0.0\n",
                        "_bucket{payload_type=\"task.request\",status=\"error\",le=\"1.0\"} 1.0\n",
                        "_bucket{" + labels + ",le=\"0.005\"} 1.0\n",
                        "_bucket{" + labels + ",le=\"0.025\"} 1.0\n",
                        "_bucket{" + labels + ",le=\"0.05\"} 2.0\n",
                        "_bucket{" + labels + ",le=\"10.0\"} 2.0\n",
                        "_bucket{" + labels + ",le=\"+Inf\"} 3.0\n",
                        "asap_request_duration_seconds_sum{" + labels + "} 60.035\n",
                        "asap_request_duration_seconds_count{" + labels + "} 3.0\n");
    }

    @Test
    void handlers_areCountedAndTimed() {
        metrics.handled("task.request", false, 1);
        metrics.handled("task.request", true, 1);

        assertThat(metrics.page(0, 0, null, true))
                .contains(
                        "asap_handler_executions_total{payload_type=\"task.request\"} 2.0\n",
                        "asap_handler_errors_total{payload_type=\"task.request\"} 1.0\n",
                        "asap_handler_duration_seconds_bucket{payload_type=\"task.request\",le=\"0.005\"} 2.0\n");
    }

    @Test
    void someKindsOfErrors_haveCountersOfTheirOwn() {
        metrics.failed("parse_error");
        metrics.failed("auth_failed");
        metrics.failed("sender_mismatch");
        metrics.failed("invalid_envelope");
        metrics.failed("invalid_params");
        metrics.failed("task.request", ErrorCode.INVALID_TIMESTAMP);
        metrics.failed("task.request", ErrorCode.INVALID_NONCE);
        metrics.failed("task.request", ErrorCode.THREAD_POOL_EXHAUSTED);

        assertThat(metrics.page(0, 0, null, true))
                .contains(
                        "asap_parse_errors_total 1.0\n",
                        "asap_auth_failures_total 1.0\n",
                        "asap_sender_mismatch_total 1.0\n",
                        "asap_validation_errors_total{reason=\"invalid_envelope\"} 1.0\n",
                        "asap_validation_errors_total{reason=\"invalid_params\"} 1.0\n",
                        "asap_invalid_timestamp_total 1.0\n",
                        "asap_invalid_nonce_total 1.0\n",
                        "asap_thread_pool_exhausted_total 1.0\n",
                        "asap_requests_total{payload_type=\"other\",status=\"error\"} 5.0\n");
    }

    @Test
    void page_isOpenMetrics() {
        metrics.succeeded("task.request", 1);
        metrics.failed("task.request", ErrorCode.TIMEOUT, 1);

        String page = metrics.page(1.5, 3, null, true);

        assertThat(page)
                .contains("asap_process_uptime_seconds 1.5\n", "asap_records_waiting 3.0\n")
                .endsWith("# EOF\n");
        Set<String> families = new HashSet<>();
        String family = "";
        String type = "";
        for (String line : page.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                family = line.split(" ", -1)[2];
                type = line.split(" ", -1)[3];
                assertThat(families.add(family))
                        .as("a family stands in one place: %s", family)
                        .isTrue();
                assertThat(family).doesNotEndWith("_total");
            } else if (!line.startsWith("#")) {
                String suffix = line.substring(family.length(), line.indexOf(line.contains("{") ? '{' : ' '));
                assertThat(line).startsWith(family).matches("\\S+ [0-9.E+-]+");
                assertThat(suffix)
                        .isIn(
                                switch (type) {
                                    case "counter" -> List.of("_total");
                                    case "histogram" -> List.of("_bucket", "_sum", "_count");
                                    default -> List.of("");
                                });
            }
        }
    }

    @Test
    void olderForm_namesCountersAsTheirSamples() {
        assertThat(metrics.page(0, 0, null, false))
                .contains("# TYPE asap_requests_total counter\nasap_requests_total 0\n")
                .doesNotContain("# EOF");
    }

    @Test
    void page_isNegotiated() throws IOException {
        try (RestAgent agent = RestAgent.start(Storage.open("memory", StorageSettings.defaults()), same -> same)) {
            assertThat(typeFor(agent, "*/*")).startsWith("application/openmetrics-text; version=1.0.0");
            assertThat(typeFor(agent, "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"))
                    .startsWith("application/openmetrics-text");
            assertThat(typeFor(agent, "text/plain;version=0.0.4"))
                    .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        }
    }

    private static @Nullable String typeFor(RestAgent agent, String accept) throws IOException {
        return agent.send("GET", "/asap/metrics", null, Headers.of("Accept", accept))
                .headers()
                .get("Content-Type");
    }

    @Test
    void observer_isToldOfAnswersAndHandlers() {
        List<String> told = new ArrayList<>();
        ServerMetrics observed = new ServerMetrics(new RequestObserver() {
            @Override
            public void answered(String payloadType, @Nullable String errorType, @Nullable Duration took) {
                told.add(payloadType + " " + errorType + " " + took);
            }

            @Override
            public void handled(String payloadType, boolean failed, Duration took) {
                told.add(payloadType + " " + failed + " " + took);
            }
        });

        observed.succeeded("task.request", 1_000_000);
        observed.succeeded("task.request");
        observed.failed("other", "parse_error", 2_000_000);
        observed.handled("task.request", true, 3_000_000);

        assertThat(told)
                .containsExactly(
                        "task.request null PT0.001S",
                        "task.request null null",
                        "other parse_error PT0.002S",
                        "task.request true PT0.003S");
    }

    @Test
    void observerThatThrows_doesNoHarm() {
        ServerMetrics observed = new ServerMetrics((payloadType, errorType, took) -> {
            throw new IllegalStateException("no");
        });

        observed.succeeded("task.request");

        assertThat(observed.page(0, 0, null, true))
                .contains("asap_requests_success_total{payload_type=\"task.request\"} 1.0\n");
    }
}
