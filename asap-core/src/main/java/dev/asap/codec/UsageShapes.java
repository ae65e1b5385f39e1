// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static dev.asap.json.Shapes.DOUBLE;
import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.TIME;
import static dev.asap.json.Shapes.listOf;

import dev.asap.json.JsonShape;
import dev.asap.json.RecordShape;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.wire.BatchUsageRequest;
import dev.asap.metering.wire.MeteringQuery;
import dev.asap.metering.wire.StorageStats;
import dev.asap.metering.wire.UsageByAgent;
import dev.asap.metering.wire.UsageByConsumer;
import dev.asap.metering.wire.UsageByPeriod;
import dev.asap.metering.wire.UsageOfAgent;
import dev.asap.metering.wire.UsageOverview;
import dev.asap.metering.wire.UsageRecord;

/** The wire form of the records about usage: members in the order in which the protocol writes them. */
final class UsageShapes {
    // ---- The first generation

    static final JsonShape<UsageMetrics> USAGE_METRICS = RecordShape.<UsageMetrics>named("UsageMetrics")
            .defaulted("tokens_in", LONG, 0L, UsageMetrics::tokensIn)
            .defaulted("tokens_out", LONG, 0L, UsageMetrics::tokensOut)
            .defaulted("duration_ms", LONG, 0L, UsageMetrics::durationMs)
            .defaulted("api_calls", LONG, 0L, UsageMetrics::apiCalls)
            .build(values -> new UsageMetrics(values.next(), values.next(), values.next(), values.next()));

    /** How the task ended is no member: peers would refuse it. */
    static final JsonShape<UsageEvent> USAGE_EVENT = RecordShape.<UsageEvent>named("UsageEvent")
            .required("task_id", TEXT, UsageEvent::taskId)
            .required("agent_id", TEXT, UsageEvent::agentId)
            .required("consumer_id", TEXT, UsageEvent::consumerId)
            .defaulted("metrics", USAGE_METRICS, UsageMetrics.NONE, UsageEvent::metrics)
            .required("timestamp", TIME, UsageEvent::timestamp)
            .build(values -> UsageEvent.of(values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<UsageOfAgent> USAGE_OF_AGENT = RecordShape.<UsageOfAgent>named("UsageAggregate")
            .required("agent_id", TEXT, UsageOfAgent::agentId)
            .required("period", TEXT, UsageOfAgent::period)
            .defaulted("total_tokens", LONG, 0L, UsageOfAgent::totalTokens)
            .defaulted("total_duration", LONG, 0L, UsageOfAgent::totalDuration)
            .defaulted("total_tasks", LONG, 0L, UsageOfAgent::totalTasks)
            .defaulted("total_api_calls", LONG, 0L, UsageOfAgent::totalApiCalls)
            .build(values -> new UsageOfAgent(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    // ---- The second generation

    static final JsonShape<UsageRecord> USAGE_RECORD = RecordShape.<UsageRecord>named("UsageMetrics")
            .required("task_id", TEXT, UsageRecord::taskId)
            .required("agent_id", TEXT, UsageRecord::agentId)
            .required("consumer_id", TEXT, UsageRecord::consumerId)
            .defaulted("tokens_in", LONG, 0L, UsageRecord::tokensIn)
            .defaulted("tokens_out", LONG, 0L, UsageRecord::tokensOut)
            .defaulted("duration_ms", LONG, 0L, UsageRecord::durationMs)
            .defaulted("api_calls", LONG, 0L, UsageRecord::apiCalls)
            .required("timestamp", TIME, UsageRecord::timestamp)
            .build(values -> new UsageRecord(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<BatchUsageRequest> BATCH_USAGE_REQUEST = RecordShape.<BatchUsageRequest>named(
                    "BatchUsageRequest")
            .required("events", listOf(USAGE_RECORD), BatchUsageRequest::events)
            .build(values -> new BatchUsageRequest(values.next()));

    static final JsonShape<MeteringQuery> METERING_QUERY = RecordShape.<MeteringQuery>named("MeteringQuery")
            .nullable("agent_id", TEXT, MeteringQuery::agentId)
            .nullable("consumer_id", TEXT, MeteringQuery::consumerId)
            .nullable("task_id", TEXT, MeteringQuery::taskId)
            .nullable("start", TIME, MeteringQuery::start)
            .nullable("end", TIME, MeteringQuery::end)
            .nullable("limit", LONG, MeteringQuery::limit)
            .defaulted("offset", LONG, 0L, MeteringQuery::offset)
            .build(values -> new MeteringQuery(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<UsageByAgent> USAGE_BY_AGENT = RecordShape.<UsageByAgent>named("UsageAggregateByAgent")
            .required("agent_id", TEXT, UsageByAgent::agentId)
            .required("period", TEXT, UsageByAgent::period)
            .defaulted("total_tokens", LONG, 0L, UsageByAgent::totalTokens)
            .defaulted("total_duration_ms", LONG, 0L, UsageByAgent::totalDurationMs)
            .defaulted("total_tasks", LONG, 0L, UsageByAgent::totalTasks)
            .defaulted("total_api_calls", LONG, 0L, UsageByAgent::totalApiCalls)
            .defaulted("avg_tokens_per_task", DOUBLE, 0.0, UsageByAgent::avgTokensPerTask)
            .defaulted("avg_duration_ms_per_task", DOUBLE, 0.0, UsageByAgent::avgDurationMsPerTask)
            .build(values -> new UsageByAgent(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<UsageByConsumer> USAGE_BY_CONSUMER = RecordShape.<UsageByConsumer>named(
                    "UsageAggregateByConsumer")
            .required("consumer_id", TEXT, UsageByConsumer::consumerId)
            .required("period", TEXT, UsageByConsumer::period)
            .defaulted("total_tokens", LONG, 0L, UsageByConsumer::totalTokens)
            .defaulted("total_duration_ms", LONG, 0L, UsageByConsumer::totalDurationMs)
            .defaulted("total_tasks", LONG, 0L, UsageByConsumer::totalTasks)
            .defaulted("total_api_calls", LONG, 0L, UsageByConsumer::totalApiCalls)
            .defaulted("avg_tokens_per_task", DOUBLE, 0.0, UsageByConsumer::avgTokensPerTask)
            .build(values -> new UsageByConsumer(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<UsageByPeriod> USAGE_BY_PERIOD = RecordShape.<UsageByPeriod>named("UsageAggregateByPeriod")
            .required("period", TEXT, UsageByPeriod::period)
            .defaulted("total_tokens", LONG, 0L, UsageByPeriod::totalTokens)
            .defaulted("total_duration_ms", LONG, 0L, UsageByPeriod::totalDurationMs)
            .defaulted("total_tasks", LONG, 0L, UsageByPeriod::totalTasks)
            .defaulted("total_api_calls", LONG, 0L, UsageByPeriod::totalApiCalls)
            .defaulted("unique_agents", LONG, 0L, UsageByPeriod::uniqueAgents)
            .defaulted("unique_consumers", LONG, 0L, UsageByPeriod::uniqueConsumers)
            .build(values -> new UsageByPeriod(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<UsageOverview> USAGE_OVERVIEW = RecordShape.<UsageOverview>named("UsageSummary")
            .defaulted("total_tasks", LONG, 0L, UsageOverview::totalTasks)
            .defaulted("total_tokens", LONG, 0L, UsageOverview::totalTokens)
            .defaulted("total_duration_ms", LONG, 0L, UsageOverview::totalDurationMs)
            .defaulted("unique_agents", LONG, 0L, UsageOverview::uniqueAgents)
            .defaulted("unique_consumers", LONG, 0L, UsageOverview::uniqueConsumers)
            .defaulted("total_api_calls", LONG, 0L, UsageOverview::totalApiCalls)
            .build(values -> new UsageOverview(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<StorageStats> STORAGE_STATS = RecordShape.<StorageStats>named("StorageStats")
            .required("total_events", LONG, StorageStats::totalEvents)
            .nullable("oldest_timestamp", TIME, StorageStats::oldestTimestamp)
            .nullable("retention_ttl_seconds", LONG, StorageStats::retentionTtlSeconds)
            .build(values -> new StorageStats(values.next(), values.next(), values.next()));

    private UsageShapes() {}
}
