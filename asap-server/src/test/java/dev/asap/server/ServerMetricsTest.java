// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.ErrorCode;
import org.junit.jupiter.api.Test;

/** Which labels the counters get. */
class ServerMetricsTest {
    private final ServerMetrics metrics = new ServerMetrics();

    private long lines(String counter) {
        return metrics.page(0).lines().filter(line -> line.startsWith(counter)).count();
    }

    @Test
    void codesOfTheProtocol_areLabels() {
        metrics.failed("task.request", ErrorCode.TASK_NOT_FOUND);
        metrics.failed("task.request", Handlers.SKILL_NOT_FOUND);

        assertThat(metrics.page(0))
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
        assertThat(metrics.page(0)).contains("{error_type=\"other\",payload_type=\"task.request\"} 100.0\n");
    }

    @Test
    void labels_areEscaped() {
        metrics.failed("a\"b\\c\nd", "e\"f\\g\nh");

        assertThat(metrics.page(0)).contains("{error_type=\"e\\\"f\\\\g\\nh\",payload_type=\"a\\\"b\\\\c\\nd\"} 1.0\n");
    }
}
