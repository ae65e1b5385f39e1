// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which a thread of this library is still alive: something was not closed, or does not end when it is.
 *
 * <p>Register it with {@code @ExtendWith(LeakChecks.class)}; it looks after the test's {@code @AfterEach} methods. Threads are
 * told by their names, which begin with {@value #THREAD_PREFIX}. Not for tests that run in parallel in one process. Thread-safe.
 */
public final class LeakChecks implements AfterEachCallback {
    /** How the names of this library's threads begin. */
    public static final String THREAD_PREFIX = "asap-";

    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    /** For JUnit. */
    public LeakChecks() {}

    @Override
    public void afterEach(ExtensionContext context) {
        requireNoThreads();
    }

    /**
     * Waits up to 3 seconds for the library's threads to end.
     *
     * @throws AssertionError if one does not; the message has its stack
     */
    public static void requireNoThreads() {
        if (!Patience.waitUntil(() -> threads().isEmpty())) {
            throw new AssertionError("threads left behind: "
                    + threads().stream().map(LeakChecks::describe).collect(Collectors.joining("; ")));
        }
    }

    /** The library's threads that are alive. */
    public static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && thread.getName().startsWith(THREAD_PREFIX))
                .toList();
    }

    /**
     * The files in or below a folder that this process holds open, each as often as it does. Only Linux can tell; elsewhere
     * the list is empty.
     */
    public static List<Path> openFiles(Path folder) {
        try {
            Path real = folder.toRealPath();
            return openHandles().stream().filter(file -> file.startsWith(real)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that this process holds open, as the system names it; empty where it cannot tell. */
    static List<Path> openHandles() {
        List<Path> open = new ArrayList<>();
        if (!Files.isDirectory(OPEN_FILES)) {
            return open;
        }
        try (DirectoryStream<Path> handles = Files.newDirectoryStream(OPEN_FILES)) {
            handles.forEach(handle -> open.add(target(handle)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }

    private static Path target(Path handle) {
        try {
            return Files.readSymbolicLink(handle);
        } catch (IOException e) {
            // Closed since the folder was read, as the handle for reading the folder itself will be.
            return handle;
        }
    }

    private static String describe(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return thread.getName() + " (" + thread.getState() + (stack.length > 0 ? " at " + stack[0] : "") + ")";
    }
}
