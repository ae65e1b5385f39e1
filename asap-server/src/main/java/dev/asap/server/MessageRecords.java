// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditStore;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.metering.MeteringStore;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.model.Envelope;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what answered messages leave behind: what tasks used, and a line in the audit log. Answers neither wait for it nor fail with it.
 * Thread-safe.
 */
final class MessageRecords {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AgentUrn self;
    private final @Nullable MeteringStore metering;
    private final @Nullable AuditStore audit;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * Records in stores, or nothing where there are none.
     *
     * @param ids gives the ids of entries in the audit log
     */
    MessageRecords(
            AgentUrn self,
            @Nullable MeteringStore metering,
            @Nullable AuditStore audit,
            ServerMetrics metrics,
            InstantSource clock,
            Supplier<String> ids) {
        this.self = self;
        this.metering = metering;
        this.audit = audit;
        this.metrics = metrics;
        this.clock = clock;
        this.ids = ids;
    }

    /** A handler has answered a message, after so many nanoseconds. */
    void answered(Envelope request, Envelope reply, long nanos) {
        MeteringStore usage = metering;
        if (usage != null
                && request.payload() instanceof TaskRequest
                && reply.payload() instanceof TaskResponse response
                && !response.taskId().isEmpty()) {
            keep(() -> usage.recordAllAsync(List.of(event(request, response, nanos))), metrics::usageRecorded);
        }
        AuditStore log = audit;
        if (log != null) {
            keep(() -> log.appendAllAsync(List.of(entry(request, reply))), metrics::audited);
        }
    }

    private UsageEvent event(Envelope request, TaskResponse response, long nanos) {
        return UsageEvent.of(
                        response.taskId(),
                        self.value(),
                        request.sender().value(),
                        used(response.metrics(), milliseconds(nanos)),
                        clock.instant())
                .withStatus(response.status());
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

    /** Rounded, half to even. */
    private static long milliseconds(long nanos) {
        return (long) Math.rint((double) Math.max(0, nanos) / NANOS_PER_MILLI);
    }

    private AuditEntry entry(Envelope request, Envelope reply) {
        return AuditEntry.of(
                ids.get(),
                clock.instant(),
                request.payloadType().value(),
                request.sender().value(),
                JsonObject.of("envelope_id", request.id(), "response_id", reply.id()));
    }

    private void keep(Supplier<CompletableFuture<?>> write, Consumer<Boolean> count) {
        try {
            CompletableFuture<?> unused = write.get().whenComplete((result, failure) -> ended(failure, count));
        } catch (RuntimeException e) {
            ended(e, count);
        }
    }

    /** Warns once, and again after it had worked in between. */
    private void ended(@Nullable Throwable failure, Consumer<Boolean> count) {
        count.accept(failure == null);
        if (failure == null) {
            failing.set(false);
        } else if (!failing.getAndSet(true)) {
            LOG.warn("What a message leaves behind could not be kept; more of it is only counted", failure);
        }
    }
}
