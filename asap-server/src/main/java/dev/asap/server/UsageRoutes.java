// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.json.WireTime;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageFilter;
import dev.asap.metering.UsagePeriod;
import dev.asap.metering.wire.BatchUsageRequest;
import dev.asap.metering.wire.StorageStats;
import dev.asap.metering.wire.UsageByAgent;
import dev.asap.metering.wire.UsageByConsumer;
import dev.asap.metering.wire.UsageByPeriod;
import dev.asap.metering.wire.UsageOverview;
import dev.asap.metering.wire.UsageRecord;
import dev.asap.page.PageRequest;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.validation.ValidationException;
import java.util.List;
import java.util.stream.Stream;

/** {@code /usage}: what agents used, to be recorded, listed, summed up and exported. */
final class UsageRoutes implements RouteGroup {
    private static final int MAX_EXPORT = 100_000;
    private static final long DEFAULT_EXPORT = 10_000;

    private static final List<String> CSV_TITLES = List.of(
            "task_id", "agent_id", "consumer_id", "tokens_in", "tokens_out", "duration_ms", "api_calls", "timestamp");

    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private final MeteringStore store;

    UsageRoutes(MeteringStore store) {
        this.store = store;
    }

    @Override
    public List<Route> routes() {
        return Stream.of(
                        Route.get("/usage", this::query),
                        Route.get("/usage/aggregate", this::aggregate),
                        Route.get("/usage/summary", this::summary),
                        Route.get("/usage/agents", this::agents),
                        Route.get("/usage/consumers", this::consumers),
                        Route.get("/usage/stats", this::stats),
                        Route.get("/usage/export", this::export),
                        Route.post("/usage", this::record),
                        Route.post("/usage/batch", this::recordBatch),
                        Route.post("/usage/purge", this::purge),
                        Route.post("/usage/validate", this::validate))
                .map(RequestRefusedException::answeredAt)
                .toList();
    }

    private HttpResponse query(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        UsageFilter filter = filter(query);
        String task = query.text("task_id");
        ListPart part = query.part(null, PageRequest.MAX_LIMIT);
        query.requireValid();
        return events(task == null ? filter : filter.task(task)).object("data", part);
    }

    private ListAnswer<UsageEvent> events(UsageFilter filter) {
        return new ListAnswer<>(page -> store.query(filter, page), event -> CODEC.write(UsageRecord.of(event)));
    }

    private static UsageFilter filter(QueryParameters query) {
        return new UsageFilter(
                query.text("agent_id"), query.text("consumer_id"), null, query.time("start"), query.time("end"));
    }

    private static UsageFilter validFilter(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        UsageFilter filter = filter(query);
        query.requireValid();
        return filter;
    }

    private HttpResponse aggregate(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        String groupBy = query.requiredText("group_by");
        UsageFilter filter = filter(query);
        query.requireValid();
        List<JsonObject> groups = switch (groupBy) {
            case "agent" -> byAgent(filter);
            case "consumer" -> byConsumer(filter);
            case "day" -> byPeriod(UsagePeriod.DAY, filter);
            case "week" -> byPeriod(UsagePeriod.WEEK, filter);
            default -> throw RequestRefusedException.detail(400, "group_by must be one of: agent, consumer, day, week");
        };
        return HttpResponse.json(200, JsonObject.of("group_by", groupBy, "data", groups));
    }

    private List<JsonObject> byAgent(UsageFilter filter) {
        return store.byAgent(filter).stream()
                .map(group -> json(UsageByAgent.of(group)))
                .toList();
    }

    private List<JsonObject> byConsumer(UsageFilter filter) {
        return store.byConsumer(filter).stream()
                .map(group -> json(UsageByConsumer.of(group)))
                .toList();
    }

    private List<JsonObject> byPeriod(UsagePeriod period, UsageFilter filter) {
        return store.byPeriod(period, filter).stream()
                .map(group -> json(UsageByPeriod.of(group)))
                .toList();
    }

    private static JsonObject json(Object record) {
        return CODEC.toJson(record, WireForm.FULL);
    }

    private HttpResponse agents(HttpRequest request) {
        return HttpResponse.json(200, JsonObject.of("data", byAgent(validFilter(request))));
    }

    private HttpResponse consumers(HttpRequest request) {
        return HttpResponse.json(200, JsonObject.of("data", byConsumer(validFilter(request))));
    }

    private HttpResponse summary(HttpRequest request) {
        return HttpResponse.json(200, CODEC.write(UsageOverview.of(store.summary(validFilter(request)))));
    }

    private HttpResponse stats(HttpRequest request) {
        return HttpResponse.json(200, CODEC.write(StorageStats.of(store.stats())));
    }

    private HttpResponse export(HttpRequest request) {
        QueryParameters query = QueryParameters.of(request);
        String format = query.oneOf(List.of("json", "csv"), "export_format", "json");
        UsageFilter filter = filter(query);
        Long limit = query.wholeNumber(ListPart.LIMIT, 1, MAX_EXPORT);
        query.requireValid();
        int most = (int) (limit == null ? DEFAULT_EXPORT : limit);
        return format.equals("csv")
                ? events(filter).csvFile("usage_export.csv", most, CSV_TITLES, UsageRoutes::csvFields)
                : events(filter).jsonFile("usage_export.json", most);
    }

    private static List<String> csvFields(UsageEvent event) {
        return List.of(
                event.taskId(),
                event.agentId(),
                event.consumerId(),
                Long.toString(event.metrics().tokensIn()),
                Long.toString(event.metrics().tokensOut()),
                Long.toString(event.metrics().durationMs()),
                Long.toString(event.metrics().apiCalls()),
                WireTime.formatWithOffset(event.timestamp()));
    }

    private HttpResponse record(HttpRequest request) {
        UsageRecord usage = RequestBodies.read(request, UsageRecord.class);
        store.record(usage.toEvent());
        return HttpResponse.json(201, JsonObject.of("status", "recorded", "task_id", usage.taskId()));
    }

    /** All or nothing. */
    private HttpResponse recordBatch(HttpRequest request) {
        BatchUsageRequest batch = RequestBodies.read(request, BatchUsageRequest.class);
        store.recordAll(batch.toEvents());
        List<String> tasks = batch.events().stream().map(UsageRecord::taskId).toList();
        return HttpResponse.json(201, JsonObject.of("status", "recorded", "count", tasks.size(), "task_ids", tasks));
    }

    private HttpResponse purge(HttpRequest request) {
        return HttpResponse.json(200, JsonObject.of("status", "purged", "removed", store.purgeExpired()));
    }

    private HttpResponse validate(HttpRequest request) {
        try {
            UsageRecord usage = RequestBodies.attempt(request, UsageRecord.class);
            return HttpResponse.json(
                    200,
                    JsonObject.of(
                            "valid",
                            true,
                            "task_id",
                            usage.taskId(),
                            "agent_id",
                            usage.agentId(),
                            "consumer_id",
                            usage.consumerId()));
        } catch (ValidationException e) {
            return HttpResponse.json(200, JsonObject.of("valid", false, "error", e.getMessage()));
        }
    }
}
