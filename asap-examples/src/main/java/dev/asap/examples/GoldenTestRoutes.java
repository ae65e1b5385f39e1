// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.codec.ASAPCodec;
import dev.asap.id.Ulid;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.model.SLADefinition;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAEvaluation;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The routes by which recordings set the golden agent up. They are no part of the protocol. */
final class GoldenTestRoutes implements RouteGroup {
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private final SLAStore store;
    private final @Nullable SLADefinition promises;

    /**
     * Routes to a store.
     *
     * @param promises what the agent promises
     */
    GoldenTestRoutes(SLAStore store, @Nullable SLADefinition promises) {
        this.store = store;
        this.promises = promises;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/__test/sla-metrics", this::recordMetrics), Route.post("/__test/seed", this::seed));
    }

    /** Keeps the figures of a period, and the promises that they break. */
    private HttpResponse recordMetrics(HttpRequest request) {
        SLAMetrics metrics = CODEC.read(request.body(), SLAMetrics.class);
        store.recordMetrics(metrics);
        Instant now = Instant.now();
        List<JsonObject> breaches = new ArrayList<>();
        for (SLAEvaluation.Finding finding : SLAEvaluation.evaluate(promises, metrics)) {
            SLABreach breach = finding.toBreach(Ulid.next("breach_"), metrics.agentId(), now);
            store.recordBreach(breach);
            breaches.add(CODEC.toJson(breach, WireForm.FULL));
        }
        return HttpResponse.json(200, JsonObject.of("recorded", 1, "breaches", breaches));
    }

    /** Keeps figures and breaches as they are. */
    private HttpResponse seed(HttpRequest request) {
        JsonObject seed = JsonObject.parse(request.body());
        List<SLAMetrics> metrics = list(seed, "sla_metrics", json -> CODEC.read(json, SLAMetrics.class));
        List<SLABreach> breaches = list(seed, "sla_breaches", json -> CODEC.read(json, SLABreach.class));
        store.recordAllMetrics(metrics);
        breaches.forEach(store::recordBreach);
        return HttpResponse.json(200, JsonObject.of("sla_metrics", metrics.size(), "sla_breaches", breaches.size()));
    }

    private static <T> List<T> list(JsonObject seed, String member, Function<JsonObject, T> reader) {
        return seed.find(member).map(JsonValue::asArray).stream()
                .flatMap(JsonArray::stream)
                .map(JsonValue::asObject)
                .map(reader)
                .toList();
    }
}
