// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.json.JsonObject;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the agent lives, is ready and is well, and what it counted. */
final class HealthRoutes implements RouteGroup {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);
    private static final byte[] OK = JsonObject.of("status", "ok").toBytes();
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String OLDER_METRICS = "text/plain; version=0.0.4; charset=utf-8";

    private final Manifest manifest;
    private final Storage storage;
    private final MessageRecords records;
    private final @Nullable SLAMonitor monitor;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final Instant startedAt;

    HealthRoutes(
            Manifest manifest,
            Storage storage,
            MessageRecords records,
            @Nullable SLAMonitor monitor,
            ServerMetrics metrics,
            InstantSource clock) {
        this.manifest = manifest;
        this.storage = storage;
        this.records = records;
        this.monitor = monitor;
        this.metrics = metrics;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/.well-known/asap/health", this::agentHealth),
                Route.get("/health", request -> HttpResponse.json(200, OK)),
                Route.get("/ready", this::ready),
                Route.get("/asap/metrics", this::metrics));
    }

    private HttpResponse agentHealth(HttpRequest request) {
        HealthStatus health = new HealthStatus(
                HealthStatus.HEALTHY,
                manifest.id().value(),
                manifest.version(),
                manifest.capabilities().asapVersion(),
                Math.round(uptimeSeconds() * 100) / 100.0,
                null);
        return HttpResponse.json(200, ASAPCodec.strict().write(health));
    }

    /** Ready means that the storage answers. Where it does not take what messages leave behind, that is said, but does no harm to tasks. */
    private HttpResponse ready(HttpRequest request) {
        try {
            storage.check();
            List<String> failing = records.failingStores();
            return HttpResponse.json(
                    200,
                    failing.isEmpty()
                            ? OK
                            : JsonObject.of("status", "ok", "failing", failing).toBytes());
        } catch (StorageException e) {
            LOG.warn("Not ready: the storage does not answer", e);
            return HttpResponse.json(503, JsonObject.of("status", "unavailable", "reason", "storage"));
        }
    }

    private HttpResponse metrics(HttpRequest request) {
        boolean openMetrics = readsOpenMetrics(request.header("Accept"));
        String page = metrics.page(
                uptimeSeconds(), records.waiting(), monitor == null ? null : monitor.status(), openMetrics);
        return HttpResponse.of(200, openMetrics ? OPEN_METRICS : OLDER_METRICS, page.getBytes(StandardCharsets.UTF_8));
    }

    /** Only who asks for plain text and nothing else gets the older form. */
    private static boolean readsOpenMetrics(@Nullable String accept) {
        return accept == null
                || !accept.contains("text/plain")
                || accept.contains("application/openmetrics-text")
                || accept.contains("application/*");
    }

    private double uptimeSeconds() {
        return Math.max(0, Duration.between(startedAt, clock.instant()).toNanos() / 1e9);
    }
}
