// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static dev.asap.server.MetricsPage.escaped;

import dev.asap.economics.sla.SLAMonitor;
import dev.asap.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts requests, by payload type and outcome, as the protocol's metrics page has them. Thread-safe; what runs for each request finds
 * its counters by one look into a map.
 */
final class ServerMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    /** Requests of types that no handler is registered for share a label, so that callers cannot invent labels. */
    static final String OTHER = "other";

    /** An observer that looks away. */
    static final RequestObserver UNOBSERVED = (payloadType, errorType, took) -> {};

    private static final Set<String> KNOWN_CODES = Stream.concat(
                    ErrorCode.ALL.stream(), Stream.of(Handlers.SKILL_NOT_FOUND))
            .map(ErrorCode::name)
            .collect(Collectors.toUnmodifiableSet());

    private static final long NOT_MEASURED = -1;

    /** A counter with the values of its labels. */
    private record Counter(String name, String help, Map<String, LongAdder> samples) {
        Counter(String name, String help) {
            this(name, help, new ConcurrentHashMap<>());
        }

        LongAdder sample(String labels) {
            return samples.computeIfAbsent(labels, key -> new LongAdder());
        }

        void writeTo(MetricsPage page) {
            Map<String, Long> values = new TreeMap<>();
            samples.forEach((labels, count) -> values.put(labels, count.sum()));
            page.counter(name, help, values);
        }
    }

    /** What one outcome of one payload type counts in. */
    private record Outcome(
            String payloadType, @Nullable String errorType, List<LongAdder> counters, Histogram durations) {
        void count(long nanos) {
            counters.forEach(LongAdder::increment);
            if (nanos != NOT_MEASURED) {
                durations.record(nanos);
            }
        }
    }

    private record Failure(String payloadType, String errorType) {}

    private record Handling(LongAdder executions, LongAdder errors, Histogram durations) {}

    private final Counter requests = new Counter("asap_requests", "Total number of ASAP requests received");
    private final Counter successes = new Counter("asap_requests_success", "Total number of successful ASAP requests");
    private final Counter errors = new Counter("asap_requests_error", "Total number of failed ASAP requests");
    private final Counter exhausted =
            new Counter("asap_thread_pool_exhausted", "Requests that were refused because all threads were busy");
    private final Counter executions = new Counter("asap_handler_executions", "Total number of handler executions");
    private final Counter handlerErrors = new Counter("asap_handler_errors", "Handler executions that failed");
    private final Counter parseErrors = new Counter("asap_parse_errors", "Requests that were no JSON");
    private final Counter authFailures = new Counter("asap_auth_failures", "Requests without valid credentials");
    private final Counter validationErrors =
            new Counter("asap_validation_errors", "Requests with an envelope that breaks rules");
    private final Counter invalidTimestamps =
            new Counter("asap_invalid_timestamp", "Envelopes that were too old, or ahead of time");
    private final Counter invalidNonces =
            new Counter("asap_invalid_nonce", "Envelopes with a nonce that was used before");
    private final Counter senderMismatches =
            new Counter("asap_sender_mismatch", "Envelopes in the name of another than the caller");
    private final Counter delegationsIssued = new Counter("asap_delegations_issued", "Delegations that were issued");
    private final Counter delegationsRevoked =
            new Counter("asap_delegations_revoked", "Delegations that were revoked, with all that hung on them");
    private final Counter usageRecords =
            new Counter("asap_usage_records", "Uses of the agent that were to be recorded");
    private final Counter auditEntries =
            new Counter("asap_audit_entries", "Messages that were to be written into the audit log");
    private final List<Counter> counters = List.of(
            requests,
            successes,
            errors,
            exhausted,
            executions,
            handlerErrors,
            parseErrors,
            authFailures,
            validationErrors,
            invalidTimestamps,
            invalidNonces,
            senderMismatches,
            delegationsIssued,
            delegationsRevoked,
            usageRecords,
            auditEntries);

    private final Map<String, Histogram> requestDurations = new ConcurrentHashMap<>();
    private final Map<String, Histogram> handlerDurations = new ConcurrentHashMap<>();

    private final Map<String, Outcome> onSuccess = new ConcurrentHashMap<>();
    private final Map<Failure, Outcome> onFailure = new ConcurrentHashMap<>();
    private final Map<String, Handling> handlings = new ConcurrentHashMap<>();
    private final RequestObserver observer;

    ServerMetrics(RequestObserver observer) {
        this.observer = observer;
    }

    /** A request got a result, of which it was not measured how long it took. */
    void succeeded(String payloadType) {
        succeeded(payloadType, NOT_MEASURED);
    }

    /** A request got a result after so many nanoseconds. */
    void succeeded(String payloadType, long nanos) {
        Outcome outcome = onSuccess.get(payloadType);
        count(outcome != null ? outcome : onSuccess.computeIfAbsent(payloadType, this::successOf), nanos);
    }

    private Outcome successOf(String payloadType) {
        String labels = "{payload_type=\"" + escaped(payloadType) + "\"";
        String withStatus = labels + ",status=\"success\"}";
        return new Outcome(
                payloadType,
                null,
                List.of(requests.sample(withStatus), successes.sample(labels + "}")),
                durations(requestDurations, withStatus));
    }

    /** A request failed before its type was known, or has a type that no handler is registered for. */
    void failed(String errorType) {
        failed(OTHER, errorType);
    }

    /** A handler answered with a protocol error; gives its label. Codes of other agents, which it may have passed on, share one. */
    String failed(String payloadType, ErrorCode code) {
        String errorType = labelOf(code);
        failed(payloadType, errorType);
        return errorType;
    }

    /** A handler answered with a protocol error after so many nanoseconds. */
    void failed(String payloadType, ErrorCode code, long nanos) {
        failed(payloadType, labelOf(code), nanos);
    }

    private static String labelOf(ErrorCode code) {
        return KNOWN_CODES.contains(code.name()) ? code.name() : OTHER;
    }

    /** A request got an error, of which it was not measured how long it took. */
    void failed(String payloadType, String errorType) {
        failed(payloadType, errorType, NOT_MEASURED);
    }

    /** A request got an error after so many nanoseconds. */
    void failed(String payloadType, String errorType, long nanos) {
        Failure failure = new Failure(payloadType, errorType);
        Outcome outcome = onFailure.get(failure);
        count(outcome != null ? outcome : onFailure.computeIfAbsent(failure, this::failureOf), nanos);
    }

    private Outcome failureOf(Failure failure) {
        String type = "payload_type=\"" + escaped(failure.payloadType()) + "\"";
        String withStatus = "{" + type + ",status=\"error\"}";
        String error = escaped(failure.errorType());
        List<LongAdder> counted = new ArrayList<>(
                List.of(requests.sample(withStatus), errors.sample("{error_type=\"" + error + "\"," + type + "}")));
        LongAdder ofItsOwn = counterOf(failure.errorType());
        if (ofItsOwn != null) {
            counted.add(ofItsOwn);
        }
        return new Outcome(
                failure.payloadType(),
                failure.errorType(),
                List.copyOf(counted),
                durations(requestDurations, withStatus));
    }

    /** Some kinds of errors have a counter of their own. */
    private @Nullable LongAdder counterOf(String errorType) {
        return switch (errorType) {
            case "parse_error" -> parseErrors.sample("");
            case "auth_failed" -> authFailures.sample("");
            case "sender_mismatch" -> senderMismatches.sample("");
            case "invalid_envelope", "missing_envelope", "invalid_params" ->
                validationErrors.sample("{reason=\"" + errorType + "\"}");
            case "asap:protocol/invalid_timestamp" -> invalidTimestamps.sample("");
            case "asap:protocol/invalid_nonce" -> invalidNonces.sample("");
            case "asap:transport/thread_pool_exhausted" -> exhausted.sample("");
            default -> null;
        };
    }

    private void count(Outcome outcome, long nanos) {
        outcome.count(nanos);
        if (observer == UNOBSERVED) {
            return;
        }
        try {
            Duration took = nanos == NOT_MEASURED ? null : Duration.ofNanos(nanos);
            observer.answered(outcome.payloadType(), outcome.errorType(), took);
        } catch (RuntimeException e) {
            LOG.warn("The request observer failed", e);
        }
    }

    /** A handler ended after so many nanoseconds. */
    void handled(String payloadType, boolean failed, long nanos) {
        Handling known = handlings.get(payloadType);
        Handling handling = known != null ? known : handlings.computeIfAbsent(payloadType, this::handlingOf);
        handling.executions().increment();
        if (failed) {
            handling.errors().increment();
        }
        handling.durations().record(nanos);
        if (observer == UNOBSERVED) {
            return;
        }
        try {
            observer.handled(payloadType, failed, Duration.ofNanos(nanos));
        } catch (RuntimeException e) {
            LOG.warn("The request observer failed", e);
        }
    }

    private Handling handlingOf(String payloadType) {
        String labels = "{payload_type=\"" + escaped(payloadType) + "\"}";
        return new Handling(
                executions.sample(labels), handlerErrors.sample(labels), durations(handlerDurations, labels));
    }

    private static Map<String, Long> one(long value) {
        return Map.of("", value);
    }

    private static Histogram durations(Map<String, Histogram> histograms, String labels) {
        return histograms.computeIfAbsent(labels, key -> new Histogram());
    }

    /** What so many tasks used was recorded, or was not. */
    void usageRecorded(int tasks, boolean written) {
        usageRecords.sample(outcome(written)).add(tasks);
    }

    /** So many messages were written into the audit log, or were not. */
    void audited(int messages, boolean written) {
        auditEntries.sample(outcome(written)).add(messages);
    }

    private static String outcome(boolean written) {
        return written ? "{outcome=\"written\"}" : "{outcome=\"dropped\"}";
    }

    void delegationIssued() {
        delegationsIssued.sample("").increment();
    }

    void delegationsRevoked(int count) {
        delegationsRevoked.sample("").add(count);
    }

    /**
     * The metrics as text.
     *
     * @param recordsWaiting how many records wait to be kept
     * @param serviceLevels how the service levels are kept, or null where they are not
     * @param openMetrics whether in the form of OpenMetrics, or in the older one of Prometheus
     */
    String page(
            double uptimeSeconds, int recordsWaiting, SLAMonitor.@Nullable Status serviceLevels, boolean openMetrics) {
        MetricsPage page = new MetricsPage(openMetrics);
        counters.forEach(counter -> counter.writeTo(page));
        page.histogram(
                "asap_request_duration_seconds",
                "Request processing duration in seconds",
                new TreeMap<>(requestDurations));
        page.histogram(
                "asap_handler_duration_seconds",
                "Handler execution duration in seconds",
                new TreeMap<>(handlerDurations));
        page.gauge("asap_process_uptime_seconds", "Time since server start", Math.round(uptimeSeconds * 1000) / 1000.0);
        page.gauge("asap_records_waiting", "What messages left behind and is still to be recorded", recordsWaiting);
        if (serviceLevels != null) {
            page.gauge(
                    "asap_sla_breaches_open",
                    "Promises that are not kept at present",
                    serviceLevels.openBreaches().size());
            page.gauge(
                    "asap_sla_periods_waiting",
                    "Periods whose figures are still to be stored",
                    serviceLevels.waitingPeriods());
            page.counter(
                    "asap_sla_periods_dropped", "Periods that were not stored", one(serviceLevels.droppedPeriods()));
            page.counter("asap_sla_store_failures", "How often the store failed", one(serviceLevels.storeFailures()));
            page.counter(
                    "asap_sla_notifications_dropped",
                    "Notices of breaches that did not reach a listener",
                    one(serviceLevels.droppedNotifications()));
        }
        return page.end();
    }
}
