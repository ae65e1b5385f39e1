// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.error.TaskAlreadyCompletedException;
import dev.asap.error.TaskNotFoundException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.AuthScheme;
import dev.asap.model.Capability;
import dev.asap.model.Endpoint;
import dev.asap.model.Manifest;
import dev.asap.model.PayloadType;
import dev.asap.model.SLADefinition;
import dev.asap.model.Skill;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import dev.asap.server.ASAPServer;
import dev.asap.server.AnswerStream;
import dev.asap.server.DelegationKeys;
import dev.asap.server.OAuth2;
import dev.asap.server.PayloadTypeMatching;
import dev.asap.server.RateLimit;
import dev.asap.server.RequestContext;
import dev.asap.server.SocketOptions;
import dev.asap.server.TaskContext;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The agent that recorded exchanges of the protocol were made with, rebuilt: the same manifest, skills and profiles, so that
 * the recordings can be replayed against this library.
 */
@Command(
        name = "golden-agent",
        description = "Runs the agent of the recorded exchanges, until it is stopped.",
        mixinStandardHelpOptions = true)
public final class GoldenAgent implements Callable<Integer> {
    /** How the agent is set up. */
    public enum Profile {
        /** Everything on, no authentication. */
        full,
        /** Without streaming. */
        unary,
        /** A plain echo for every skill. */
        echo,
        /** Refuses nonces that were used before. */
        nonce,
        /** Internal errors show their cause. */
        debug,
        /** Requests of 2,000 bytes at most. */
        max2000,
        /** Bearer tokens of two agents. */
        bearer,
        /** OAuth2 before everything below /asap, delegations. */
        oauth,
        /** Like oauth; usage, service levels and the audit log for operators only. */
        operator,
        /** Batches of three messages at most. */
        batch3,
        /** Three requests a minute. */
        rate,
        /** Without streaming, a heartbeat every 0.3 s on sockets. */
        heartbeat,
        /** Without streaming, two messages a second on sockets. */
        wsrate,
        /** One task at a time. */
        threads1
    }

    private static final Set<Profile> STREAMING = EnumSet.complementOf(
            EnumSet.of(Profile.unary, Profile.echo, Profile.heartbeat, Profile.wsrate, Profile.threads1));
    private static final Map<String, AgentUrn> TOKENS = Map.of(
            "test-token-alice",
            AgentUrn.of("urn:asap:agent:alice"),
            "test-token-bob",
            AgentUrn.of("urn:asap:agent:bob"));

    /** An unexpected failure of a skill. Its name is what a caller sees in the profile {@code debug}. */
    private static final class RuntimeError extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RuntimeError(String message) {
            super(message);
        }
    }

    @Option(names = "--port", required = true, description = "The port to listen on; 0 for any free one.")
    private int port;

    @Option(names = "--profile", required = true, description = "One of: ${COMPLETION-CANDIDATES}.")
    private Profile profile = Profile.full;

    /** For the command line. */
    public GoldenAgent() {}

    @Override
    public Integer call() throws InterruptedException {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                ASAPServer server = start(profile, port, storage)) {
            Agents.runUntilStopped(server);
        }
        return 0;
    }

    /** Starts the agent with a profile. */
    public static ASAPServer start(Profile profile, int port, Storage storage) {
        Manifest manifest = manifest(profile);
        ASAPServer.Builder server = ASAPServer.builder(manifest)
                .port(port)
                .storage(storage)
                // The recordings look handlers up by the exact spelling of the payload type.
                .payloadTypeMatching(PayloadTypeMatching.EXACT)
                // The recorded agent does not compress.
                .responseCompression(false)
                .rateLimit(profile == Profile.rate ? RateLimit.parse("3/minute") : RateLimit.none())
                .nonceCheck(profile == Profile.nonce)
                .debug(profile == Profile.debug);
        if (profile == Profile.max2000) {
            server.maxRequestBytes(2000);
        }
        if (profile == Profile.batch3) {
            server.maxBatchSize(3);
        }
        if (profile == Profile.threads1) {
            server.maxConcurrentHandlers(1);
        }
        server.sockets(sockets(profile));
        if (STREAMING.contains(profile)) {
            server.onStream(PayloadType.TASK_REQUEST, TaskRequest.class, GoldenAgent::words);
        }
        if (profile == Profile.bearer) {
            server.tokenValidator(token -> TOKENS.get(token));
        }
        if (profile == Profile.oauth || profile == Profile.operator) {
            server.oauth2(OAuth2.keys(GoldenAgent::keys)
                    .operatorRoutes(profile == Profile.operator)
                    .build());
        }
        if (profile == Profile.echo) {
            server.otherSkills(GoldenAgent::echo);
        } else if (profile == Profile.threads1) {
            server.otherSkills(GoldenAgent::slowEcho);
        } else {
            addSkills(server);
            server.usageRoutes(true)
                    .slaRoutes(true)
                    // The recordings say what is measured and broken; nothing else does.
                    .slaMonitor(null)
                    .auditRoutes(true)
                    .delegationKeys(delegationKeys())
                    .routes(new GoldenTestRoutes(storage.sla(), manifest.sla()));
        }
        return server.start();
    }

    /** The public keys of the recorded access tokens. */
    private static String keys() throws IOException {
        try (InputStream keys = GoldenAgent.class.getResourceAsStream("golden-keys.json")) {
            return new String(Objects.requireNonNull(keys).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Two agents can delegate, with keys that no one else knows; others have none. */
    private static DelegationKeys delegationKeys() {
        Map<String, Ed25519PrivateKey> keys = Map.of(
                "urn:asap:agent:alice",
                Ed25519PrivateKey.generate(),
                "urn:asap:agent:bob",
                Ed25519PrivateKey.generate());
        return delegator -> Optional.ofNullable(keys.get(delegator));
    }

    private static void addSkills(ASAPServer.Builder server) {
        server.skill("echo", GoldenAgent::echo)
                .skill("sleep", GoldenAgent::sleep)
                .skill("metered", GoldenAgent::metered)
                .skill("task_failed", task -> task.failed(JsonObject.of("error", "task failed")))
                .skill("crash", task -> {
                    throw new RuntimeError("handler exploded");
                })
                .skill("fatal", task -> {
                    throw ProtocolException.builder(
                                    new ErrorCode("asap:skill/rejected", -32040), "Skill rejected the input")
                            .details(JsonObject.of("skill_id", "fatal"))
                            .build();
                })
                .skill("recoverable", task -> {
                    throw busy();
                })
                .skill("task_not_found", task -> {
                    throw new TaskNotFoundException(task.input().getString("task_id"));
                })
                .skill("already_completed", task -> {
                    throw new TaskAlreadyCompletedException(task.input().getString("task_id"), "completed");
                });
    }

    private static SocketOptions sockets(Profile profile) {
        SocketOptions recorded =
                SocketOptions.defaults().withMessagesPerSecond(0).withFailuresInAcks(true);
        return switch (profile) {
            case heartbeat -> recorded.withHeartbeat(Duration.ofMillis(300));
            case wsrate -> recorded.withMessagesPerSecond(2);
            default -> recorded;
        };
    }

    /** One piece for each word of the message. */
    private static void words(TaskRequest request, RequestContext context, AnswerStream stream) {
        JsonObject input = request.input();
        String message = input.getString("message", input.getString("text", "one two three"));
        String[] words = message.split(" ", -1);
        for (int i = 0; i < words.length; i++) {
            boolean last = i == words.length - 1;
            stream.send(new TaskStream(
                    words[i] + (last ? "\n" : " "),
                    (i + 1.0) / words.length,
                    last,
                    last ? TaskStatus.COMPLETED : TaskStatus.WORKING));
        }
    }

    private static TaskResponse slowEcho(TaskContext task) throws InterruptedException {
        Thread.sleep(task.input().getLong("ms", 0));
        return echo(task);
    }

    private static TaskResponse echo(TaskContext task) {
        return task.completed(JsonObject.of("echoed", task.input()));
    }

    private static TaskResponse sleep(TaskContext task) throws InterruptedException {
        long millis = task.input().getLong("ms");
        Thread.sleep(Duration.ofMillis(millis).toMillis());
        return task.completed(JsonObject.of("slept_ms", millis));
    }

    private static TaskResponse metered(TaskContext task) {
        TaskMetrics metrics = new TaskMetrics(12L, 100L, 250L, null, 2L, JsonObject.empty());
        return new TaskResponse(task.taskId(), TaskStatus.COMPLETED, JsonObject.of("ok", true), null, metrics);
    }

    private static ProtocolException busy() {
        return ProtocolException.builder(new ErrorCode("asap:skill/busy", -32040), "Skill is busy")
                .details(JsonObject.of("skill_id", "recoverable"))
                .recoverable(true)
                .retryAfter(Duration.ofMillis(250))
                .alternativeAgents(List.of(AgentUrn.of("urn:asap:agent:backup")))
                .fallbackAction("retry_later")
                .build();
    }

    /** What the agent says of itself. */
    public static Manifest manifest(Profile profile) {
        JsonObject milliseconds =
                JsonObject.of("type", "object", "properties", JsonObject.of("ms", JsonObject.of("type", "integer")));
        return Manifest.builder(
                        AgentUrn.of("urn:asap:agent:golden-reference"),
                        "Golden Reference Agent",
                        "1.2.3",
                        new Endpoint("http://agent.example.test/asap", "ws://agent.example.test/asap/ws"))
                .description("Reference server used to record wire traffic")
                .capabilities(Capability.builder()
                        .skills(List.of(
                                Skill.of("echo", "Echo back the input"),
                                new Skill(
                                        "sleep",
                                        "Sleep for input.ms milliseconds",
                                        milliseconds,
                                        JsonObject.of("type", "object")),
                                Skill.of("metered", "Reports token metrics")))
                        .statePersistence(true)
                        .streaming(true)
                        .build())
                .supportedVersions(List.of("2.2", "2.1"))
                .sla(new SLADefinition("99.5%", 500L, "1%", "24/7"))
                .ttlSeconds(120)
                .auth(profile == Profile.bearer ? AuthScheme.of("bearer") : null)
                .build();
    }
}
