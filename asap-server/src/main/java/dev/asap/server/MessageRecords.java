// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditStore;
import dev.asap.economics.record.RecordQueue;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.model.Envelope;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what messages leave behind: what each finished task used, whether it was answered, streamed or failed, and a line in the audit
 * log for each answer. Answers neither wait for it nor fail with it: what the stores do not take fast enough is dropped and counted, and
 * what a store refuses for the moment is tried again. Thread-safe.
 */
final class MessageRecords {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    /** How many records of a kind wait at most; each takes some hundred bytes, and at worst a few kilobytes. */
    private static final int MAX_WAITING = 10_000;

    private static final Duration GATHERING = Duration.ofMillis(2);

    private final AgentUrn self;
    private final @Nullable RecordQueue<UsageEvent> usage;
    private final @Nullable RecordQueue<AuditEntry> audit;
    private final TaskWatcher watcher;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final AtomicBoolean failing = new AtomicBoolean();
    private final AtomicBoolean overrun = new AtomicBoolean();

    /**
     * Records in stores, or nothing where there are none.
     *
     * @param watcher hears of each task that ended, before anything is stored
     * @param ids gives the ids of entries in the audit log
     */
    MessageRecords(
            AgentUrn self,
            @Nullable MeteringStore metering,
            @Nullable AuditStore audit,
            TaskWatcher watcher,
            ServerMetrics metrics,
            InstantSource clock,
            Supplier<String> ids) {
        this.self = self;
        this.watcher = watcher;
        this.metrics = metrics;
        this.clock = clock;
        this.ids = ids;
        this.usage = metering == null
                ? null
                : new RecordQueue<>(
                        "asap-server-metering", MAX_WAITING, GATHERING, metering::recordAll, new UsageOutcome());
        this.audit = audit == null
                ? null
                : new RecordQueue<>("asap-server-audit", MAX_WAITING, GATHERING, audit::appendAll, new AuditOutcome());
    }

    /** A handler has answered a message, after so many nanoseconds. */
    void answered(Envelope request, Envelope reply, long nanos) {
        if (request.payload() instanceof TaskRequest
                && reply.payload() instanceof TaskResponse response
                && !response.taskId().isEmpty()) {
            taskEnded(request, new TaskEnd(response.taskId(), response.status(), response.metrics(), nanos));
        }
        RecordQueue<AuditEntry> entries = audit;
        if (entries != null) {
            try {
                entries.add(entry(request, reply));
            } catch (RuntimeException e) {
                new AuditOutcome().ended(1, e);
            }
        }
    }

    /** A task ended, whether or not it was answered in one piece. */
    void taskEnded(Envelope request, TaskEnd end) {
        watcher.taskEnded(end);
        RecordQueue<UsageEvent> events = usage;
        if (events != null) {
            try {
                events.add(event(request, end));
            } catch (RuntimeException e) {
                new UsageOutcome().ended(1, e);
            }
        }
    }

    /** The stores that do not take what is to be kept at the moment. */
    List<String> failingStores() {
        List<String> failing = new ArrayList<>();
        if (usage != null && usage.isFailing()) {
            failing.add("metering");
        }
        if (audit != null && audit.isFailing()) {
            failing.add("audit");
        }
        return List.copyOf(failing);
    }

    /** How many records wait to be kept. */
    int waiting() {
        return (usage == null ? 0 : usage.waiting()) + (audit == null ? 0 : audit.waiting());
    }

    /** Waits until what was answered before is kept or lost, at most this long for each store. */
    void settle(Duration timeout) {
        if (usage != null) {
            usage.settle(timeout);
        }
        if (audit != null) {
            audit.settle(timeout);
        }
    }

    /** Keeps what waits, at most this long for each store. */
    void close(Duration timeout) {
        if (usage != null) {
            usage.close(timeout);
        }
        if (audit != null) {
            audit.close(timeout);
        }
    }

    private UsageEvent event(Envelope request, TaskEnd end) {
        return UsageEvent.of(
                        end.taskId(),
                        self.value(),
                        request.sender().value(),
                        used(end.metrics(), end.millis()),
                        clock.instant())
                .withStatus(end.status());
    }

    /** What the handler says it took, but not how long: that was measured. */
    private static UsageMetrics used(@Nullable TaskMetrics reported, long milliseconds) {
        if (reported == null) {
            return new UsageMetrics(0, 0, milliseconds, 0);
        }
        long out = orZero(reported.tokensOut());
        return new UsageMetrics(
                orZero(reported.tokensIn()),
                out == 0 ? orZero(reported.tokensUsed()) : out,
                milliseconds,
                orZero(reported.apiCalls()));
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private AuditEntry entry(Envelope request, Envelope reply) {
        return AuditEntry.of(
                ids.get(),
                clock.instant(),
                request.payloadType().value(),
                request.sender().value(),
                JsonObject.of("envelope_id", request.id(), "response_id", reply.id()));
    }

    private final class UsageOutcome implements RecordQueue.Outcome {
        @Override
        public void delayed(Throwable failure) {
            warnOfDelay(failure);
        }

        @Override
        public void ended(int events, @Nullable Throwable failure) {
            metrics.usageRecorded(events, failure == null);
            warn(failure);
        }

        @Override
        public void refused() {
            metrics.usageRecorded(1, false);
            warnOfFullQueue();
        }
    }

    private final class AuditOutcome implements RecordQueue.Outcome {
        @Override
        public void delayed(Throwable failure) {
            warnOfDelay(failure);
        }

        @Override
        public void ended(int entries, @Nullable Throwable failure) {
            metrics.audited(entries, failure == null);
            warn(failure);
        }

        @Override
        public void refused() {
            metrics.audited(1, false);
            warnOfFullQueue();
        }
    }

    /** Warns once: under load, records find a place and find none in turn. */
    private void warnOfFullQueue() {
        if (!overrun.getAndSet(true)) {
            LOG.warn(
                    "The storage does not take what messages leave behind as fast as it comes: {} records wait, and what comes beyond"
                            + " that is only counted",
                    MAX_WAITING);
        }
    }

    /** Warns once, and again after it had worked in between. */
    private void warn(@Nullable Throwable failure) {
        if (failure == null) {
            failing.set(false);
        } else if (!failing.getAndSet(true)) {
            LOG.warn("What a message leaves behind could not be kept; more of it is only counted", failure);
        }
    }

    /** The same, of what is tried again. */
    private void warnOfDelay(Throwable failure) {
        if (!failing.getAndSet(true)) {
            LOG.warn("What messages leave behind cannot be kept at the moment; it is tried again", failure);
        }
    }
}
