// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An agent in a process of its own with a small heap. It ends when that is exhausted. */
final class AgentUnderAttack implements AutoCloseable {
    /** How long a head or a body may take. */
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    static final int FEW_CONNECTIONS = 500;

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    final int port;

    private AgentUnderAttack(Process process) throws IOException {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.port = Integer.parseInt(nextLine());
    }

    /** Starts one that allows few connections, so that they are soon all taken, or as many as its heap suggests. */
    static AgentUnderAttack start(boolean fewConnections) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                AgentUnderAttack.class.getName(),
                Boolean.toString(fewConnections));
        return new AgentUnderAttack(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How much of the heap is in use after a collection. */
    long usedBytes() throws IOException {
        input.write("heap\n");
        input.flush();
        return Long.parseLong(nextLine());
    }

    private String nextLine() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("> ")) {
                return line.substring(2);
            }
        }
        throw new IOException("the agent has ended");
    }

    @Override
    public void close() throws IOException {
        input.close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The process: says its port, and how much of its heap is in use each time it is asked, until nobody can ask any more. */
    public static void main(String[] args) throws IOException {
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                ASAPServer server = builder(Boolean.parseBoolean(args[0]))
                        .storage(storage)
                        .rateLimit(RateLimit.none())
                        .requestTimeout(REQUEST_TIMEOUT)
                        .idleTimeout(Duration.ofSeconds(3))
                        .skill("echo", task -> task.completed(JsonObject.of("echoed", task.input())))
                        .start();
                BufferedReader questions =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            say(server.port());
            questions.lines().forEach(question -> say(usedAfterCollection()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static ASAPServer.Builder builder(boolean fewConnections) {
        ASAPServer.Builder builder = ASAPServer.builder(TestAgent.manifest());
        return fewConnections ? builder.maxConnections(FEW_CONNECTIONS) : builder;
    }

    private static long usedAfterCollection() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void say(long number) {
        System.out.println("> " + number);
    }
}
