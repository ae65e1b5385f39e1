// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The processes and the temporary files of an example. However the example ends, short of being killed, the processes are ended and the
 * files removed.
 */
final class Scene implements AutoCloseable {
    private static final long READY_SECONDS = 15;
    private static final long POLL_MS = 50;

    private final Path folder;
    private final Thread hook;

    // Guards what follows.
    private final Object lock = new Object();
    private final List<Process> processes = new ArrayList<>();
    private boolean closed;

    // Held while all is cleared, so that an ending process waits for whoever has begun with it.
    private final Object clearing = new Object();

    /** An agent in a process of its own. */
    record Agent(String name, Process process, URI url) {
        /** Ends the process as a crash would: it gets no chance to tidy up. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }

    private Scene(Path folder) {
        this.folder = folder;
        this.hook = new Thread(this::clear, "clear-scene");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static Scene open(String name) throws IOException {
        return new Scene(Files.createTempDirectory(name));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Starts an example in a process of its own; what it prints goes to a file.
     *
     * @param name names the file
     * @param environment variables on top of those of this process
     */
    Process start(String name, Map<String, String> environment, String... nameAndOptions) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The SQLite driver loads native code, which JDK 24 and later want to be told.
                "--enable-native-access=ALL-UNNAMED",
                // And unpacks it, into a file that a process that is killed leaves behind.
                "-Dorg.sqlite.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Examples.class.getName()));
        command.addAll(List.of(nameAndOptions));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(output(name).toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        synchronized (lock) {
            if (closed) {
                throw new IOException("the example ends: nothing is started any more");
            }
            Process process = builder.start();
            processes.add(process);
            return process;
        }
    }

    /** Starts an agent and waits until it listens. */
    Agent startAgent(String name, Map<String, String> environment, String... nameAndOptions)
            throws IOException, InterruptedException {
        Process process = start(name, environment, nameAndOptions);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            for (String line : Files.readAllLines(output(name))) {
                if (line.startsWith(Agents.LISTENING)) {
                    return new Agent(name, process, URI.create(line.substring(Agents.LISTENING.length())));
                }
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        throw new IOException("the agent '" + name + "' did not listen within " + READY_SECONDS + " s");
    }

    /** What a process that was started under this name has printed. */
    List<String> printed(String name) throws IOException {
        return Files.readAllLines(output(name));
    }

    @Override
    public void close() {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook runs or has run.
            return;
        }
    }

    private Path output(String name) {
        return folder.resolve(name + ".out");
    }

    /** Does nothing the second time: then there is nothing left. */
    private void clear() {
        synchronized (lock) {
            closed = true;
        }
        synchronized (clearing) {
            processes.forEach(Scene::end);
            processes.clear();
            deleteFolder();
        }
    }

    private void deleteFolder() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("could not remove " + folder + ": " + e.getMessage());
        }
    }

    /** Asks the process to end, and ends it when it does not. */
    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
