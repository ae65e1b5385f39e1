// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Looks for threads that a client left behind. */
final class ClientTestThreads {
    /**
     * OkHttp's own, one pool for the whole JVM: daemons that connect and tidy up for every client, whoever made it, and end by
     * themselves after 60 s without work. While they work they carry the name of their task, and the one that waits for the next
     * task may still carry that of the last.
     */
    private static final String SHARED = "OkHttp TaskRunner";

    private static final String WAITING = "awaitTaskToRun";

    private ClientTestThreads() {}

    static void assertNoneLeft() {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(names()).as("threads of clients").isEmpty());
    }

    private static List<String> names() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> isOfAClient(entry.getKey().getName(), entry.getValue()))
                .map(entry -> entry.getKey().getName())
                .toList();
    }

    private static boolean isOfAClient(String name, StackTraceElement[] stack) {
        return name.startsWith("asap-")
                || (name.startsWith("OkHttp")
                        && !name.equals(SHARED)
                        && Arrays.stream(stack)
                                .noneMatch(frame -> frame.getMethodName().equals(WAITING)));
    }
}
