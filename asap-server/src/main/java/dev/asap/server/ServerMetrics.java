// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.ErrorCode;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts requests, by payload type and outcome, as the protocol's metrics page has them. Thread-safe. */
final class ServerMetrics {
    private record Counter(String name, String help, Map<String, LongAdder> samples) {
        Counter(String name, String help) {
            this(name, help, new ConcurrentSkipListMap<>());
        }

        LongAdder sample(String labels) {
            return samples.computeIfAbsent(labels, key -> new LongAdder());
        }

        void writeTo(StringBuilder page) {
            page.append("# HELP ").append(name).append(' ').append(help).append('\n');
            page.append("# TYPE ").append(name).append(" counter\n");
            if (samples.isEmpty()) {
                page.append(name).append(" 0\n");
            }
            samples.forEach((labels, count) -> page.append(name)
                    .append(labels)
                    .append(' ')
                    .append(count.sum())
                    .append(".0\n"));
        }
    }

    /** Requests of types that no handler is registered for share a label, so that callers cannot invent labels. */
    static final String OTHER = "other";

    private static final Set<String> KNOWN_CODES = Stream.concat(
                    ErrorCode.ALL.stream(), Stream.of(Handlers.SKILL_NOT_FOUND))
            .map(ErrorCode::name)
            .collect(Collectors.toUnmodifiableSet());

    private final Counter requests = new Counter("asap_requests_total", "Total number of ASAP requests received");
    private final Counter successes =
            new Counter("asap_requests_success_total", "Total number of successful ASAP requests");
    private final Counter errors = new Counter("asap_requests_error_total", "Total number of failed ASAP requests");
    private final Map<String, Runnable> onSuccess = new ConcurrentHashMap<>();

    void succeeded(String payloadType) {
        Runnable count = onSuccess.get(payloadType);
        (count != null ? count : onSuccess.computeIfAbsent(payloadType, this::successOf)).run();
    }

    /** The counters of successes of one type, found once: this runs for each request. */
    private Runnable successOf(String payloadType) {
        String label = escaped(payloadType);
        LongAdder all = requests.sample("{payload_type=\"" + label + "\",status=\"success\"}");
        LongAdder succeeded = successes.sample("{payload_type=\"" + label + "\"}");
        return () -> {
            all.increment();
            succeeded.increment();
        };
    }

    /** A request failed before its type was known, or has a type that no handler is registered for. */
    void failed(String errorType) {
        failed(OTHER, errorType);
    }

    /** A handler answered with a protocol error. Codes of other agents, which it may have passed on, share a label. */
    void failed(String payloadType, ErrorCode code) {
        failed(payloadType, KNOWN_CODES.contains(code.name()) ? code.name() : OTHER);
    }

    void failed(String payloadType, String errorType) {
        String label = escaped(payloadType);
        requests.sample("{payload_type=\"" + label + "\",status=\"error\"}").increment();
        errors.sample("{error_type=\"" + escaped(errorType) + "\",payload_type=\"" + label + "\"}")
                .increment();
    }

    String page(double uptimeSeconds) {
        StringBuilder page = new StringBuilder();
        requests.writeTo(page);
        successes.writeTo(page);
        errors.writeTo(page);
        page.append("# HELP asap_process_uptime_seconds Time since server start\n");
        page.append("# TYPE asap_process_uptime_seconds gauge\n");
        page.append("asap_process_uptime_seconds ")
                .append(Math.round(uptimeSeconds * 1000) / 1000.0)
                .append('\n');
        return page.append("# EOF\n").toString();
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
