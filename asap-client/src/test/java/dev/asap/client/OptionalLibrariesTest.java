// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.telemetry.LoggedCalls;
import dev.asap.model.Envelope;
import dev.asap.testkit.LeakChecks;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The client works where the libraries that are optional are not there. */
@ExtendWith(LeakChecks.class)
class OptionalLibrariesTest {
    /** A process that does not end fails the test instead of holding it up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern OPTIONAL =
            Pattern.compile(".*[/\\\\](micrometer|opentelemetry|brotli4j|native)-[^/\\\\]*\\.jar");

    private static final Pattern NEEDED = Pattern.compile(
            ".*([/\\\\](jackson|jspecify|kotlin-stdlib|okhttp-jvm|okio-jvm|slf4j-api|ulid-creator)-[^/\\\\]*\\.jar|[/\\\\]asap-core[/\\\\].*)");

    private static final String CONSUMER = """
            package consumer;

            import dev.asap.client.ASAPClient;
            import dev.asap.client.telemetry.LoggedCalls;

            class Main {
                public static void main(String[] args) {
                    new LoggedCalls();
                    ASAPClient.builder("https://agent.example").build().close();
                    System.out.println("built by " + Main.class.getModule() + ", Micrometer is there: "
                            + ModuleLayer.boot().findModule("micrometer.core").isPresent());
                }
            }
            """;

    /** What must be absent: otherwise the test would show nothing. */
    private static final List<String> ABSENT = List.of(
            "io.micrometer.core.instrument.MeterRegistry",
            "io.opentelemetry.api.OpenTelemetry",
            "io.opentelemetry.context.Context");

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void client_withoutOptionalLibraries_callsAnAgent() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.setDispatcher(new Peer.EchoDispatcher());
            server.start();

            String said = run(
                    "-cp",
                    classPathWithoutLibraries(),
                    WithoutLibraries.class.getName(),
                    server.url("/").toString());

            assertThat(said.lines())
                    .contains("answered task.response")
                    .contains("loaded ASAPClient", "loaded CallInterceptor", "loaded telemetry.LoggedCalls")
                    .contains(
                            "lacks its library: telemetry.MicrometerCalls",
                            "lacks its library: telemetry.OpenTelemetryCalls");
            assertThat(server.getRequestCount()).isEqualTo(1);
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void client_asAModuleWithoutOptionalLibraries_canBeRequiredAndBuilt() throws Exception {
        Files.writeString(folder.resolve("module-info.java"), "module consumer { requires dev.asap.client; }");
        Files.createDirectory(folder.resolve("consumer"));
        Files.writeString(folder.resolve("consumer/Main.java"), CONSUMER);
        Path classes = folder.resolve("classes");
        StringWriter errors = new StringWriter();
        int exitCode = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(errors),
                        new PrintWriter(errors),
                        "--module-path",
                        modulePathWithoutLibraries(),
                        "-d",
                        classes.toString(),
                        folder.resolve("module-info.java").toString(),
                        folder.resolve("consumer/Main.java").toString());
        assertThat(exitCode).as("exit code of the compiler; it said " + errors).isZero();

        String said = run(
                "--module-path",
                classes + File.pathSeparator + modulePathWithoutLibraries(),
                "--module",
                "consumer/consumer.Main");

        assertThat(said.lines()).contains("built by module consumer, Micrometer is there: false");
    }

    private String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            String said = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as("ended; it said " + said).isTrue();
            assertThat(process.exitValue()).as("exit code; it said " + said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPathWithoutLibraries() {
        return classPath(entry -> !OPTIONAL.matcher(entry).matches());
    }

    /** Only what the client needs: the jars of the tests are no modules that go together. */
    private static String modulePathWithoutLibraries() {
        String client = Path.of(URI.create(locationOfTheClient())).toString();
        return classPath(entry -> entry.equals(client) || NEEDED.matcher(entry).matches());
    }

    private static String classPath(Predicate<String> wanted) {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(Pattern.quote(File.pathSeparator), -1))
                .map(entry -> Path.of(entry).toString())
                .filter(wanted)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String locationOfTheClient() {
        return ASAPClient.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
    }

    /** What runs in the process: loads every class of the client, makes a call, and says what happened. */
    static final class WithoutLibraries {
        private WithoutLibraries() {}

        public static void main(String[] args) throws Exception {
            for (String name : ABSENT) {
                requireAbsent(name);
            }
            for (String name : classesOfTheClient()) {
                System.out.println(load(name) + name.substring("dev.asap.client.".length()));
            }
            try (ASAPClient client = ASAPClient.builder(args[0]).build()) {
                Envelope message = Peer.message();
                CallObserver call = new LoggedCalls().begin(new CallStart(CallKind.SEND, args[0], message));
                Envelope answer = client.send(call.outgoing(message));
                call.end(new CallEnd(new CallEnd.Answered(answer), 1, Duration.ZERO, 0, 0));
                System.out.println("answered " + answer.payloadType());
            }
        }

        private static void requireAbsent(String name) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException e) {
                return;
            }
            throw new AssertionError(name + " is on the class path: " + System.getProperty("java.class.path"));
        }

        private static String load(String name) throws ClassNotFoundException {
            try {
                Class<?> type = Class.forName(name);
                // Asking for the members resolves the types of their signatures.
                Stream.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
                        .forEach(Objects::requireNonNull);
                return "loaded ";
            } catch (NoClassDefFoundError e) {
                if (isBoundToALibrary(name)) {
                    return "lacks its library: ";
                }
                throw e;
            }
        }

        private static boolean isBoundToALibrary(String name) {
            return Stream.of("BrotliSource", "telemetry.MicrometerCalls", "telemetry.OpenTelemetryCalls")
                    .map(each -> "dev.asap.client." + each)
                    .anyMatch(each -> name.equals(each) || name.startsWith(each + "$"));
        }

        private static List<String> classesOfTheClient() throws IOException {
            Path classes = Path.of(URI.create(locationOfTheClient()));
            try (Stream<Path> files = Files.walk(classes)) {
                return files.map(file -> classes.relativize(file).toString().replace(File.separatorChar, '.'))
                        .filter(name -> name.endsWith(".class") && name.startsWith("dev.asap.client."))
                        .map(name -> name.substring(0, name.length() - ".class".length()))
                        .sorted()
                        .toList();
            }
        }
    }
}
