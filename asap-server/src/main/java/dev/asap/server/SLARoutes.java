// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.json.WireTime;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.page.PageRequest;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.sla.SLAFormulas;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAMetricsFilter;
import dev.asap.sla.SLAStore;
import dev.asap.sla.SLAWindow;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /sla}: how well agents served, and which promises they did not keep. */
final class SLARoutes implements RouteGroup {
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private static final String UPTIME_BY_TIME = "uptime_by_time_percent";

    private final SLAStore store;
    private final @Nullable SLAMonitor monitor;
    private final Manifest manifest;
    private final InstantSource clock;

    /**
     * Routes to a store.
     *
     * @param monitor knows how long agents were up, whether or not they had tasks; null where nobody watches them
     */
    SLARoutes(SLAStore store, @Nullable SLAMonitor monitor, Manifest manifest, InstantSource clock) {
        this.store = store;
        this.monitor = monitor;
        this.manifest = manifest;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        return Stream.of(
                        Route.get("/sla", this::status),
                        Route.get("/sla/history", this::history),
                        Route.get("/sla/breaches", this::breaches))
                .map(RequestRefusedException::answeredAt)
                .toList();
    }

    private HttpResponse status(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        String agent = query.text("agent_id");
        SLAWindow window = window(query.text("window"));
        Instant end = WireTime.toPrecision(clock.instant());
        SLAMetricsFilter filter = SLAMetricsFilter.window(window, end);
        List<JsonObject> agents = store.aggregateMetrics(agent == null ? filter : filter.agent(agent)).stream()
                .map(metrics -> status(metrics, window))
                .toList();
        return HttpResponse.json(
                200,
                JsonObject.of(
                        "data",
                        agents,
                        "window",
                        window.text(),
                        "period_start",
                        WireTime.formatWithOffset(window.startBefore(end)),
                        "period_end",
                        WireTime.formatWithOffset(end)));
    }

    private static SLAWindow window(@Nullable String text) {
        try {
            return text == null ? SLAWindow.DAY : SLAWindow.parse(text);
        } catch (IllegalArgumentException e) {
            throw RequestRefusedException.detail(400, "window must be one of: 1h, 24h, 7d, 30d");
        }
    }

    private JsonObject status(SLAMetrics metrics, SLAWindow window) {
        JsonObject status = JsonObject.of(
                "agent_id",
                metrics.agentId(),
                "metrics",
                CODEC.toJson(metrics, WireForm.FULL),
                "compliance_percent",
                compliance(metrics));
        return monitor == null
                ? status
                : monitor.figures(metrics.agentId(), window)
                        .map(figures -> status.with(UPTIME_BY_TIME, figures.uptimePercent()))
                        .orElse(status);
    }

    /** Of other agents it is not known here what they promised. */
    private @Nullable Double compliance(SLAMetrics metrics) {
        SLADefinition promises = manifest.sla();
        return promises == null || !metrics.agentId().equals(manifest.id().value())
                ? null
                : SLAFormulas.compliancePercent(promises, metrics);
    }

    private HttpResponse history(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        SLAMetricsFilter filter = new SLAMetricsFilter(query.text("agent_id"), query.time("start"), query.time("end"));
        ListPart part = query.part(PageRequest.DEFAULT_LIMIT, PageRequest.MAX_LIMIT);
        query.requireValid();
        return new ListAnswer<SLAMetrics>(page -> store.queryMetrics(filter, page), CODEC::write).object("data", part);
    }

    private HttpResponse breaches(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        String severity = query.text("severity");
        Instant start = query.time("start");
        Instant end = query.time("end");
        ListPart part = query.part(null, PageRequest.MAX_LIMIT);
        query.requireValid();
        SLABreachFilter filter = new SLABreachFilter(query.text("agent_id"), severity(severity), start, end, false);
        return new ListAnswer<SLABreach>(page -> store.queryBreaches(filter, page), CODEC::write).object("data", part);
    }

    private static @Nullable BreachSeverity severity(@Nullable String text) {
        BreachSeverity severity = text == null ? null : new BreachSeverity(text);
        if (severity != null && !severity.isKnown()) {
            throw RequestRefusedException.detail(400, "severity must be one of: warning, critical");
        }
        return severity;
    }
}
