// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.asap.storage.StorageException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StoreFailuresTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(StoreFailures.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final StoreFailures failures = new StoreFailures();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private boolean fail(String what) {
        return failures.attempt(what, () -> {
            throw new StorageException("locked", true, null);
        });
    }

    private boolean succeed(String what) {
        return failures.attempt(what, () -> {});
    }

    private List<String> logged() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void storeThatFailsAltogether_isOneWarning() {
        for (int i = 0; i < 100; i++) {
            assertThat(fail("read agent " + i)).isFalse();
        }

        assertThat(logged()).containsExactly("The SLA monitor could not read agent 0; it will try again");
        assertThat(failures.count()).isEqualTo(100);
    }

    @Test
    void oneThingThatFailsAgainAndAgain_isOneWarningUntilItSucceeds() {
        for (int i = 0; i < 10; i++) {
            fail("read agent 1");
            assertThat(succeed("read agent 2")).isTrue();
        }
        assertThat(logged()).hasSize(1);

        succeed("read agent 1");
        fail("read agent 1");
        assertThat(logged()).hasSize(2);
    }

    @Test
    void givenUp_attemptsNothing() {
        failures.giveUp();

        assertThat(succeed("read")).isFalse();
        assertThat(fail("read")).isFalse();
        assertThat(failures.count()).isZero();
    }
}
