// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.client.ASAPClient;
import dev.asap.client.ASAPSocket;
import dev.asap.client.BreachNotice;
import dev.asap.client.CallOptions;
import dev.asap.client.Subscription;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.economics.delegation.AffectedDelegations;
import dev.asap.economics.delegation.DelegationTerms;
import dev.asap.economics.delegation.Delegations;
import dev.asap.economics.delegation.SignedDelegation;
import dev.asap.economics.sla.SLAMonitor;
import dev.asap.error.RemoteErrorException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.model.Skill;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.server.ASAPServer;
import dev.asap.server.DelegationGuard;
import dev.asap.server.TaskContext;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Two agents: one grants the other some tasks, sees what it used, and is told when it does not keep its promises. */
@Command(
        name = "showcase",
        description = {
            "An owner lets an analyst read its archive, five times; sees what the analyst used;",
            "is told when the analyst gets too slow, and when that is over; and its archive refuses the sixth time."
        },
        mixinStandardHelpOptions = true)
final class Showcase implements Callable<Integer> {
    private static final AgentUrn OWNER = AgentUrn.of("urn:asap:agent:owner");
    private static final AgentUrn ANALYST = AgentUrn.of("urn:asap:agent:analyst");
    private static final String AVAILABILITY = "99%";
    private static final long LATENCY_MS = 500;
    private static final String FAILURES = "1%";
    private static final String READ = "read";
    private static final String ANALYSE = "analyse";
    private static final int MAX_TASKS = 5;
    private static final Duration SLOW = Duration.ofMillis(700);
    private static final Duration LONGER_THAN_THE_WINDOW = Duration.ofHours(2);
    private static final long NOTICE_SECONDS = 30;
    private static final int HTTP_MILLIS = 10_000;

    @Option(
            names = "--keep-running",
            description = "Lets the analyst serve on at the end, with a page for people at /asap/console.")
    private boolean keepRunning;

    private final PrintStream out = Agents.out();
    private final Ed25519PrivateKey ownersKey = Ed25519PrivateKey.generate();
    private final BlockingQueue<BreachNotice> notices = new LinkedBlockingQueue<>();

    /** How much longer the analyst takes for each task than it would have to. */
    private final AtomicReference<Duration> delay = new AtomicReference<>(Duration.ZERO);

    /** How much later it is for who watches the analyst than for everybody else: nobody waits two hours for an example. */
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    @Override
    public Integer call() throws IOException, InterruptedException {
        say("ASAP for Java: delegation, metering, transparency, service levels");
        try (Storage owners = Storage.open("memory", StorageSettings.defaults());
                Storage analysts = Storage.open("memory", StorageSettings.defaults());
                ASAPServer archive = startArchive(owners);
                ASAPClient toArchive = ASAPClient.builder(archive.url()).build();
                ASAPServer analyst = startAnalyst(analysts, toArchive);
                ASAPClient toAnalyst = ASAPClient.builder(analyst.url()).build();
                ASAPSocket socket = ASAPSocket.builder(analyst.url()).build()) {
            Subscription breaches = socket.connect().subscribe(notices::add);
            tell(owners, analyst, toAnalyst);
            breaches.close();
            if (keepRunning) {
                say("%nThe analyst serves on until you stop it. Have a look at %s/asap/console", analyst.url());
                Agents.runUntilStopped(analyst);
            }
        }
        return 0;
    }

    /** The owner's agent: whoever wants to read needs a token that the owner has signed. */
    private ASAPServer startArchive(Storage storage) {
        DelegationGuard guard = DelegationGuard.of(
                        agent -> agent.equals(OWNER.value()) ? Optional.of(ownersKey.publicKey()) : Optional.empty())
                .withRequired(true);
        return ASAPServer.builder(manifest(OWNER, "Archive", READ).build())
                .storage(storage)
                .delegationGuard(guard)
                .skill(
                        READ,
                        task -> task.completed(
                                JsonObject.of("text", "Chapter " + task.input().getInt("chapter"))))
                .start();
    }

    /** The agent that promises something. That it keeps its promises is watched by itself, as the manifest has an sla. */
    private ASAPServer startAnalyst(Storage storage, ASAPClient archive) {
        return ASAPServer.builder(manifest(ANALYST, "Analyst", ANALYSE)
                        .sla(new SLADefinition(AVAILABILITY, LATENCY_MS, FAILURES, null))
                        .build())
                .storage(storage)
                .skill(ANALYSE, task -> analyse(task, archive))
                .metering(true)
                .usageRoutes(true)
                .slaRoutes(keepRunning)
                .console(keepRunning)
                .slaMonitor(this::impatient)
                .start();
    }

    private SLAMonitor.Builder impatient(SLAMonitor.Builder monitor) {
        return monitor.clock(() -> Instant.now().plus(ahead.get()))
                .probeInterval(Duration.ofSeconds(1))
                .probeTimeout(Duration.ofSeconds(1))
                .evaluationPeriod(Duration.ofSeconds(1))
                .logged(false);
    }

    private static Manifest.Builder manifest(AgentUrn id, String name, String skill) {
        return Manifest.builder(id, name, "1.0.0", Endpoint.of("http://localhost/asap"))
                .capabilities(Capability.builder().skill(Skill.of(skill, name)).build());
    }

    /** Reads with the token that came with the task. */
    private TaskResponse analyse(TaskContext task, ASAPClient archive) throws InterruptedException {
        Thread.sleep(delay.get().toMillis());
        JsonObject chapter = JsonObject.of("chapter", task.input().getInt("chapter"));
        CallOptions withToken = CallOptions.defaults()
                .withHeader(DelegationGuard.HEADER, task.input().getString("token"));
        try {
            Envelope answer =
                    archive.send(Envelope.of(ANALYST, OWNER, TaskRequest.of("showcase", READ, chapter)), withToken);
            String text = resultOf((TaskResponse) answer.payload()).getString("text");
            return task.completed(JsonObject.of("letters", text.length()));
        } catch (RemoteErrorException e) {
            return task.failed(JsonObject.of("error", e.getMessage()));
        }
    }

    private void tell(Storage owners, ASAPServer analyst, ASAPClient toAnalyst)
            throws IOException, InterruptedException {
        say("%n1 Delegation");
        SignedDelegation granted = Delegations.builder(owners.delegations())
                .build()
                .create(
                        OWNER.value(),
                        ownersKey,
                        DelegationTerms.of(ANALYST.value(), List.of("task.execute"))
                                .limitedTo(MAX_TASKS));
        String delegation = granted.delegation().id();
        say("    Token %s created for %s with max_tasks=%d", delegation, ANALYST, MAX_TASKS);

        say("%n2 Metering");
        require(toAnalyst, granted, 1);
        require(toAnalyst, granted, 2);

        say("%n3 Transparency");
        showUsage(analyst);

        say("%n4 Service levels");
        say(
                "    Promised: %s available, p95 within %d ms, %s failures. Subscribed to breaches over WebSocket.",
                AVAILABILITY, LATENCY_MS, FAILURES);
        delay.set(SLOW);
        say("    The analyst slows down: each task takes %d ms more.", SLOW.toMillis());
        for (int chapter = 3; chapter <= MAX_TASKS; chapter++) {
            require(toAnalyst, granted, chapter);
        }
        showBreach(owners);
        delay.set(Duration.ZERO);
        ahead.set(LONGER_THAN_THE_WINDOW);
        say("    The analyst is quick again. Two hours later, by the clock of who watches it:");
        JsonObject resolved = awaitNotice(true);
        say("    BREACH RESOLVED: %s, at %s", resolved.getString("breach_type"), resolved.getString("resolved_at"));

        say("%n5 The limit");
        TaskResponse sixth = ask(toAnalyst, granted, MAX_TASKS + 1);
        if (!sixth.status().equals(TaskStatus.FAILED)) {
            throw new IllegalStateException("the archive had to refuse task " + (MAX_TASKS + 1));
        }
        say(
                "    Task %d is refused by the archive: %s",
                MAX_TASKS + 1, resultOf(sixth).getString("error"));
        say("%nShowcase complete: granted, metered, watched, and held to its limit.");
    }

    private TaskResponse ask(ASAPClient analyst, SignedDelegation granted, int chapter) {
        JsonObject input = JsonObject.of("chapter", chapter, "token", granted.token());
        return analyst.request(OWNER, ANALYST, TaskRequest.of("showcase", ANALYSE, input));
    }

    private void require(ASAPClient analyst, SignedDelegation granted, int chapter) {
        TaskResponse answer = ask(analyst, granted, chapter);
        if (!answer.status().equals(TaskStatus.COMPLETED)) {
            throw new IllegalStateException("task " + chapter + " failed: " + resultOf(answer));
        }
        say("    Task %d executed: %s", chapter, resultOf(answer));
    }

    private static JsonObject resultOf(TaskResponse answer) {
        return Objects.requireNonNullElse(answer.result(), JsonObject.empty());
    }

    private void showUsage(ASAPServer analyst) throws IOException {
        JsonObject usage = get(analyst, "/usage");
        say("    GET /usage: %d tasks of %s", usage.getArray("data").size(), ANALYST);
        for (JsonValue each : usage.getArray("data")) {
            JsonObject event = each.asObject();
            say("    - task_id=%s duration_ms=%d", event.getString("task_id"), event.getLong("duration_ms"));
        }
    }

    private static JsonObject get(ASAPServer server, String path) throws IOException {
        URLConnection connection = server.url().resolve(path).toURL().openConnection();
        connection.setConnectTimeout(HTTP_MILLIS);
        connection.setReadTimeout(HTTP_MILLIS);
        try (InputStream in = connection.getInputStream()) {
            return JsonObject.parse(in.readAllBytes());
        }
    }

    /** Says what the notice says, and what the owner's own books say of it. */
    private void showBreach(Storage owners) throws InterruptedException {
        JsonObject breach = awaitNotice(false);
        say(
                "    BREACH ALERT: %s, threshold=%s actual=%s severity=%s",
                breach.getString("breach_type"),
                breach.getString("threshold"),
                breach.getString("actual"),
                breach.getString("severity"));
        AffectedDelegations affected =
                AffectedDelegations.heldBy(breach.getString("agent_id"), owners.delegations(), Instant.now());
        for (String id : affected.ids()) {
            say(
                    "    It affects the delegation %s: %d of %d tasks are used.",
                    id, owners.delegations().uses(id), MAX_TASKS);
        }
    }

    /** The next notice of the latency, of those that tell of an end or of those that do not. */
    private JsonObject awaitNotice(boolean resolved) throws InterruptedException {
        BreachNotice notice = notices.poll(NOTICE_SECONDS, TimeUnit.SECONDS);
        while (notice != null) {
            JsonObject breach = notice.breach();
            if (breach.getString("breach_type").equals("latency")
                    && breach.get("resolved_at").isNull() != resolved) {
                return breach;
            }
            notice = notices.poll(NOTICE_SECONDS, TimeUnit.SECONDS);
        }
        throw new IllegalStateException(
                "no notice of the breach's " + (resolved ? "end" : "beginning") + " within " + NOTICE_SECONDS + " s");
    }

    private void say(String format, Object... arguments) {
        out.printf(format + "%n", arguments);
    }
}
