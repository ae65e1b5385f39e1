// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/** Looks for threads that a client left behind. */
final class ClientTestThreads {
    /**
     * OkHttp's own, one pool for the whole JVM: daemons that connect and tidy up for every client, whoever made it, and end by
     * themselves after 60 s without work. While they work they carry the name of their task.
     */
    private static final String SHARED = "OkHttp TaskRunner";

    private ClientTestThreads() {}

    static void assertNoneLeft() {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(names()).as("threads of clients").isEmpty());
    }

    private static List<String> names() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("asap-") || (name.startsWith("OkHttp") && !name.equals(SHARED)))
                .toList();
    }
}
