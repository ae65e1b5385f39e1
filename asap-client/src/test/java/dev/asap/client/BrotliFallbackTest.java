// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of brotli where it is not, each case in a JVM of its own: whether it loads is found out once in a JVM. */
class BrotliFallbackTest {
    /** JDKs that may refuse native access. */
    private static final int FIRST_THAT_MAY_REFUSE = 24;

    /** Variables that name the home of such a JDK, as in {@code JAVA_HOME_25_X64}. */
    private static final Pattern NEWER_JAVA_HOME = Pattern.compile("JAVA_HOME_(2[4-9]|[3-9]\\d)(_.*)?");

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    private Path folder;

    @Test
    void brotli_presentAndLoadable_isUsedWithoutALineOfLog() throws Exception {
        assertThat(probed(ownJava(), CLASS_PATH)).containsExactly("coding BROTLI, accept br, gzip");
    }

    @Test
    void brotli_notOnTheClassPath_isReplacedByGzipWithOneLineOfLog() throws Exception {
        String without = Arrays.stream(CLASS_PATH.split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("brotli4j"))
                .collect(Collectors.joining(File.pathSeparator));

        assertThat(probed(ownJava(), without))
                .containsExactly(
                        "log INFO There is no brotli4j on the class path: bodies are compressed with gzip",
                        "coding GZIP, accept gzip");
    }

    @Test
    void brotli_nativePartMissing_isReplacedByGzipWithOneLineOfLog() throws Exception {
        String noLibrary =
                "-Dbrotli4j.library.path=" + folder.resolve("missing.so").toAbsolutePath();

        List<String> lines = probed(ownJava(), CLASS_PATH, noLibrary);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).isEqualTo("coding GZIP, accept gzip");
        assertThat(lines.get(0))
                .startsWith("log WARN brotli4j does not load: bodies are compressed with gzip; ")
                .contains("UnsatisfiedLinkError");
    }

    @Test
    void brotli_nativeAccessDenied_isReplacedByGzipWithOneLineOfLog() throws Exception {
        Optional<Path> java = javaThatMayRefuse();
        assumeTrue(java.isPresent(), "needs a JDK 24 or newer: this one, or that of a variable like JAVA_HOME_25");

        List<String> lines = probed(java.get(), CLASS_PATH, "--illegal-native-access=deny");

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).isEqualTo("coding GZIP, accept gzip");
        assertThat(lines.get(0))
                .startsWith("log WARN brotli4j does not load: bodies are compressed with gzip; allow it native access"
                        + " (--enable-native-access)")
                .contains("IllegalCallerException");
    }

    /** What the probe and its log said, each line of log as {@code log LEVEL message}. */
    private List<String> probed(Path java, String classPath, String... options) throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>(
                List.of(java.toString(), "-Xmx64m", "-Dlogback.configurationFile=logback-brotli-probe.xml"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, BrotliProbe.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> said = new ArrayList<>(Files.readAllLines(output));
        assertThat(process.exitValue()).as("%s", said).isZero();
        said.removeIf(line -> !line.startsWith(BrotliProbe.PREFIX));
        said.replaceAll(line -> line.substring(BrotliProbe.PREFIX.length()));
        return said;
    }

    private static Path ownJava() {
        return java(System.getProperty("java.home"));
    }

    private static Optional<Path> javaThatMayRefuse() {
        if (Runtime.version().feature() >= FIRST_THAT_MAY_REFUSE) {
            return Optional.of(ownJava());
        }
        return System.getenv().entrySet().stream()
                .filter(variable -> NEWER_JAVA_HOME.matcher(variable.getKey()).matches())
                .map(Map.Entry::getValue)
                .map(BrotliFallbackTest::java)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path java(String home) {
        return Path.of(home, "bin", "java");
    }
}
