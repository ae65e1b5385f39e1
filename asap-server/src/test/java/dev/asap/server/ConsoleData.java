// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.model.Skill;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAMetrics;
import dev.asap.storage.Storage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/** An agent with a month of work behind it, the same at each run but for the time of day. */
final class ConsoleData {
    static final AgentUrn AGENT = AgentUrn.of("urn:asap:agent:invoice-reader");
    static final String OTHER = "urn:asap:agent:translator";
    static final String OPEN = "breach_open_1";

    private static final List<String> AGENTS = List.of(AGENT.value(), OTHER, "urn:asap:agent:archivist");
    private static final List<String> CONSUMERS = List.of(
            "urn:asap:agent:accounting",
            "urn:asap:agent:purchasing",
            "urn:asap:agent:audit-desk",
            "urn:asap:agent:travel",
            "urn:asap:agent:month-end");

    private final Storage storage;
    private final Instant now;
    private final Random random = new Random(7);

    private ConsoleData(Storage storage, Instant now) {
        this.storage = storage;
        // Never at the very edge of a window.
        this.now = now.truncatedTo(ChronoUnit.MINUTES).minusSeconds(1);
    }

    static Manifest manifest() {
        return Manifest.builder(
                        AGENT, "Invoice Reader", "2.4.1", Endpoint.of("https://agents.example.com/invoice-reader/asap"))
                .description("Reads invoices of any layout and gives back their lines, taxes and totals.")
                .capabilities(Capability.builder()
                        .skill(Skill.of("read", "Lines, taxes and totals of an invoice"))
                        .skill(Skill.of("check", "Compares an invoice with its order"))
                        .skill(Skill.of("classify", "Chooses the account to book on"))
                        .build())
                .sla(new SLADefinition("99.5%", 500L, "1%", "Mon to Fri, 8:00 to 18:00 UTC"))
                .build();
    }

    static void fill(Storage storage, Instant now) {
        ConsoleData data = new ConsoleData(storage, now);
        data.levels();
        data.breaches();
        data.usage();
    }

    /** Each hour of a month, and each ten minutes of the last day. */
    private void levels() {
        for (int hour = 720; hour > 24; hour--) {
            level(AGENT.value(), now.minus(Duration.ofHours(hour)), Duration.ofHours(1), 0);
        }
        for (int part = 144; part > 0; part--) {
            int trouble = part >= 50 && part < 58 ? 240 : 0;
            level(AGENT.value(), now.minus(Duration.ofMinutes(10L * part)), Duration.ofMinutes(10), trouble);
        }
        for (int hour = 48; hour > 0; hour--) {
            level(OTHER, now.minus(Duration.ofHours(hour)), Duration.ofHours(1), 60);
        }
    }

    private void level(String agent, Instant start, Duration length, int trouble) {
        double hours = start.getEpochSecond() / 3600.0;
        double busy = 0.5 + 0.5 * Math.sin(2 * Math.PI * (hours - 8) / 24);
        long p95 =
                Math.round(250 + 120 * busy + 40 * random.nextDouble() + trouble * (0.8 + 0.4 * random.nextDouble()));
        long completed = Math.round((30 + 50 * busy) * length.toMinutes() / 10.0);
        long failed = trouble > 0 ? Math.round(completed * 0.14) : random.nextInt(30) == 0 ? 1 : 0;
        double rate = 100.0 * failed / (completed + failed);
        double uptime = start.isAfter(now.minus(Duration.ofMinutes(45))) ? 99.0 : 100;
        storage.sla()
                .recordMetrics(new SLAMetrics(agent, start, start.plus(length), uptime, p95, rate, completed, failed));
    }

    private void breaches() {
        breach("breach_1", AGENT.value(), BreachType.ERROR_RATE, "1.0%", "2.31%", BreachSeverity.CRITICAL, 1600, 1548);
        breach("breach_2", AGENT.value(), BreachType.LATENCY, "500ms", "611ms", BreachSeverity.WARNING, 580, 500);
        breach("breach_3", AGENT.value(), BreachType.ERROR_RATE, "1.0%", "1.31%", BreachSeverity.WARNING, 560, 510);
        breach("breach_4", OTHER, BreachType.AVAILABILITY, "99.5%", "94.2%", BreachSeverity.CRITICAL, 320, 297);
        breach(OPEN, AGENT.value(), BreachType.AVAILABILITY, "99.5%", "99.0%", BreachSeverity.WARNING, 42, 0);
    }

    private void breach(
            String id,
            String agent,
            BreachType type,
            String threshold,
            String actual,
            BreachSeverity severity,
            int minutes,
            int resolvedMinutes) {
        Instant resolved = resolvedMinutes == 0 ? null : now.minus(Duration.ofMinutes(resolvedMinutes));
        storage.sla()
                .recordBreach(new SLABreach(
                        id,
                        agent,
                        type,
                        threshold,
                        actual,
                        severity,
                        now.minus(Duration.ofMinutes(minutes)),
                        resolved));
    }

    private void usage() {
        for (int i = 0; i < 20_000; i++) {
            int agent = (int) (AGENTS.size() * Math.pow(random.nextDouble(), 2.2));
            int consumer = (int) (CONSUMERS.size() * Math.pow(random.nextDouble(), 1.7));
            UsageMetrics metrics = new UsageMetrics(
                    900 + random.nextInt(1500), 80 + random.nextInt(200), 180 + random.nextInt(220), random.nextInt(4));
            Instant time = now.minusSeconds(60 + random.nextInt(6 * 86_400));
            storage.metering()
                    .record(UsageEvent.of("task_" + i, AGENTS.get(agent), CONSUMERS.get(consumer), metrics, time));
        }
    }
}
