// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TestkitTest {
    @Test
    void clock_standsStillUntilMoved() {
        SettableClock clock = SettableClock.at("2026-01-02T03:04:05Z");
        Clock elsewhere = clock.withZone(ZoneId.of("Europe/Paris"));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(clock.advance(Duration.ofSeconds(5))).isEqualTo("2026-01-02T03:04:10Z");
        assertThat(elsewhere.instant()).isEqualTo(clock.instant());
        assertThat(elsewhere.getZone()).isEqualTo(ZoneId.of("Europe/Paris"));
        clock.set(Instant.EPOCH);
        assertThat(clock.millis()).isZero();
        assertThat(clock).hasToString("SettableClock[1970-01-01T00:00:00Z]");
    }

    @Test
    void leakChecks_nameTheThreadThatLives() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "asap-left-behind");
        thread.start();
        try {
            assertThat(LeakChecks.threads()).contains(thread);
            assertThatThrownBy(LeakChecks::requireNoThreads)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("asap-left-behind");
        } finally {
            end.countDown();
        }
        thread.join();
        LeakChecks.requireNoThreads();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void leakChecks_countOpenFiles(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("file");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(1);
            assertThat(LeakChecks.openFiles(folder)).containsExactly(file.toRealPath());
        }
        assertThat(LeakChecks.openFiles(folder)).isEmpty();
    }
}
