// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

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
import dev.asap.model.SLADefinition;
import dev.asap.model.Skill;
import dev.asap.model.TaskMetrics;
import dev.asap.model.TaskResponse;
import dev.asap.model.TaskStatus;
import dev.asap.server.ASAPServer;
import dev.asap.server.OAuth2;
import dev.asap.server.PayloadTypeMatching;
import dev.asap.server.RateLimit;
import dev.asap.server.TaskContext;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        ASAPServer.Builder server = ASAPServer.builder(manifest(profile))
                .port(port)
                .storage(storage)
                // The recordings look handlers up by the exact spelling of the payload type.
                .payloadTypeMatching(PayloadTypeMatching.EXACT)
                .nonceCheck(profile == Profile.nonce)
                .debug(profile == Profile.debug)
                .rateLimit(profile == Profile.rate ? RateLimit.parse("3/minute") : RateLimit.none());
        protect(server, profile);
        if (profile == Profile.max2000) {
            server.maxRequestBytes(2000);
        }
        if (profile == Profile.echo) {
            server.otherSkills(GoldenAgent::echo);
        } else {
            addSkills(server);
        }
        return server.start();
    }

    private static void protect(ASAPServer.Builder server, Profile profile) {
        if (profile == Profile.bearer) {
            server.tokenValidator(TOKENS::get);
        } else if (profile == Profile.oauth || profile == Profile.operator) {
            server.oauth2(OAuth2.keys(GoldenAgent::keys)
                    .operatorRoutes(profile == Profile.operator)
                    .build());
        }
    }

    /** The keys of the tokens in the recordings. */
    private static String keys() throws IOException {
        try (InputStream keys = GoldenAgent.class.getResourceAsStream("golden-keys.json")) {
            if (keys == null) {
                throw new IOException("golden-keys.json is not on the class path");
            }
            return new String(keys.readAllBytes(), StandardCharsets.UTF_8);
        }
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

    private static Manifest manifest(Profile profile) {
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
