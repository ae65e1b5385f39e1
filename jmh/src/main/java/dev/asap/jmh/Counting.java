// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.jmh.Check.Count;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a counted check in a JVM of its own. */
final class Counting {
    static final int HEAP_MEGABYTES = 512;

    /** As the benchmarks have it. */
    static final List<String> JVM_OPTIONS = jvmOptions(HEAP_MEGABYTES);

    private Counting() {}

    private static List<String> jvmOptions(int heapMegabytes) {
        return List.of(
                "--enable-native-access=ALL-UNNAMED", "-Xms" + heapMegabytes + "m", "-Xmx" + heapMegabytes + "m");
    }

    /** The JVM that counts: prints the tally of the check with this name. */
    public static void main(String[] args) throws Exception {
        Count count = (Count) Checks.named(args[0]);
        System.out.print(count.counted().call().toLines());
        // Nothing that a failed check has left running may keep this JVM alive.
        System.exit(0);
    }

    /**
     * Starts the JVM that counts, and waits for its tally.
     *
     * @throws IllegalStateException if it fails
     */
    static Tally run(Count count) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions(count.heapMegabytes()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Counting.class.getName(), count.name()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            String lines = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException("counting " + count.name() + " ended with status " + status);
            }
            return Tally.parse(lines);
        } finally {
            process.destroy();
        }
    }
}
