// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One of the example agents in a process of its own, so that it can be killed. */
final class AgentProcess implements AutoCloseable {
    private final Process process;
    private final URI url;

    private AgentProcess(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /** Starts an example by its name and waits until it listens. */
    static AgentProcess start(String... nameAndOptions) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The SQLite driver loads native code, which JDK 24 and later want to be told.
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Examples.class.getName()));
        command.addAll(List.of(nameAndOptions));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(Agents.LISTENING)) {
                return new AgentProcess(process, URI.create(line.substring(Agents.LISTENING.length())));
            }
        }
        process.destroyForcibly();
        throw new IOException("the agent ended before it listened: " + String.join(" ", nameAndOptions));
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    /** Ends the process as a crash would: it gets no chance to tidy up. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks the process to end, and ends it when it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
