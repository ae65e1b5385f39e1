// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.telemetry;

import dev.asap.server.RequestObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Measures with Micrometer what a server answers: the figures of its page {@code /asap/metrics}. Needs {@code
 * io.micrometer:micrometer-core}, which a module that uses this class requires as {@code micrometer.core}. Thread-safe; several with the
 * same registry add up.
 *
 * <pre>{@code
 * ASAPServer.builder(manifest).observer(new MicrometerServerMetrics(registry))
 * }</pre>
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>Name</th><th>Meter</th><th>Tags</th><th>Measures</th></tr>
 * <tr><td>{@code asap.requests}</td><td>counter</td><td>{@code payload_type}, {@code status}</td><td>answered messages</td></tr>
 * <tr><td>{@code asap.requests.error}</td><td>counter</td><td>{@code payload_type}, {@code error_type}</td>
 *     <td>messages that were answered with an error</td></tr>
 * <tr><td>{@code asap.request.duration}</td><td>timer</td><td>{@code payload_type}, {@code status}</td>
 *     <td>how long answers took, where that was measured</td></tr>
 * <tr><td>{@code asap.handler.errors}</td><td>counter</td><td>{@code payload_type}</td><td>handlers that threw</td></tr>
 * <tr><td>{@code asap.handler.duration}</td><td>timer</td><td>{@code payload_type}</td><td>how long handlers ran</td></tr>
 * </table>
 *
 * <p>The status is {@code success} or {@code error}. The values of the tags are few, whatever callers send, see {@link
 * RequestObserver}.
 */
public final class MicrometerServerMetrics implements RequestObserver {
    private static final String PAYLOAD_TYPE = "payload_type";
    private static final String STATUS = "status";
    private static final String ERROR_TYPE = "error_type";

    private final MeterProvider<Counter> requests;
    private final MeterProvider<Counter> requestErrors;
    private final MeterProvider<Timer> requestDurations;
    private final MeterProvider<Counter> handlerErrors;
    private final MeterProvider<Timer> handlerDurations;

    /** Measures into a registry. */
    @SuppressWarnings("exports") // Who calls this requires the library.
    public MicrometerServerMetrics(MeterRegistry registry) {
        this.requests = Counter.builder("asap.requests")
                .description("Messages that were answered")
                .withRegistry(registry);
        this.requestErrors = Counter.builder("asap.requests.error")
                .description("Messages that were answered with an error")
                .withRegistry(registry);
        this.requestDurations = Timer.builder("asap.request.duration")
                .description("How long answers took")
                .withRegistry(registry);
        this.handlerErrors = Counter.builder("asap.handler.errors")
                .description("Handlers that threw")
                .withRegistry(registry);
        this.handlerDurations = Timer.builder("asap.handler.duration")
                .description("How long handlers ran")
                .withRegistry(registry);
    }

    @Override
    public void answered(String payloadType, @Nullable String errorType, @Nullable Duration took) {
        Tags type = Tags.of(PAYLOAD_TYPE, payloadType);
        Tags withStatus = type.and(STATUS, errorType == null ? "success" : "error");
        requests.withTags(withStatus).increment();
        if (errorType != null) {
            requestErrors.withTags(type.and(ERROR_TYPE, errorType)).increment();
        }
        if (took != null) {
            requestDurations.withTags(withStatus).record(took);
        }
    }

    @Override
    public void handled(String payloadType, boolean failed, Duration took) {
        Tags type = Tags.of(PAYLOAD_TYPE, payloadType);
        if (failed) {
            handlerErrors.withTags(type).increment();
        }
        handlerDurations.withTags(type).record(took);
    }
}
