// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.error.InvalidNonceException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.TaskCancel;
import dev.asap.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which envelopes pass as fresh. */
class ReplayGuardTest {
    private final SettableClock clock = SettableClock.at(Instant.parse("2026-01-02T03:04:05Z"));
    private final ReplayGuard guard = new ReplayGuard(clock, true);

    private Envelope withNonce(@Nullable Object nonce) {
        AgentUrn agent = AgentUrn.of("urn:asap:agent:a");
        return Envelope.builder(agent, agent, new TaskCancel("task_1", null))
                .timestamp(clock.instant())
                .extensions(JsonObject.of("nonce", nonce))
                .build();
    }

    @Test
    void nonce_passesOnceWithinItsLifetime() {
        guard.check(withNonce("n"));
        clock.advance(ReplayGuard.NONCE_LIFETIME);
        assertThatThrownBy(() -> guard.check(withNonce("n"))).isInstanceOf(InvalidNonceException.class);

        clock.advance(Duration.ofMillis(1));
        assertThatCode(() -> guard.check(withNonce("n"))).doesNotThrowAnyException();
    }

    @Test
    void nonce_nullCountsAsNone() {
        guard.check(withNonce(null));
        assertThatCode(() -> guard.check(withNonce(null))).doesNotThrowAnyException();
    }

    @Test
    void nonce_thatIsTooLong_isRefused() {
        String longest = "n".repeat(ReplayGuard.MAX_NONCE_CHARACTERS);
        assertThatCode(() -> guard.check(withNonce(longest))).doesNotThrowAnyException();

        assertThatThrownBy(() -> guard.check(withNonce(longest + "n")))
                .isInstanceOf(InvalidNonceException.class)
                .hasMessage("Nonce must have at most 256 characters, got 257");
    }

    @Test
    void nonce_thatIsNoText_isRefusedByItsKind() {
        assertThatThrownBy(() -> guard.check(withNonce(List.of(1)))).hasMessageEndingWith("got list");
        assertThatThrownBy(() -> guard.check(withNonce(JsonObject.of("a", 1)))).hasMessageEndingWith("got dict");
        assertThatThrownBy(() -> guard.check(withNonce(1.5))).hasMessageEndingWith("got float");
        assertThatThrownBy(() -> guard.check(withNonce(true))).hasMessageEndingWith("got bool");
    }

    @Test
    void nonces_areBoundedAndTheOldestAreForgottenFirst() {
        for (int i = 0; i <= ReplayGuard.MAX_NONCES; i++) {
            guard.check(withNonce("n" + i));
        }

        assertThatThrownBy(() -> guard.check(withNonce("n" + ReplayGuard.MAX_NONCES)))
                .isInstanceOf(InvalidNonceException.class);
        assertThatCode(() -> guard.check(withNonce("n0"))).doesNotThrowAnyException();
    }

    @Test
    void nonce_isNotCheckedUnlessAskedFor() {
        ReplayGuard lenient = new ReplayGuard(clock, false);
        lenient.check(withNonce("n"));
        assertThatCode(() -> lenient.check(withNonce("n"))).doesNotThrowAnyException();
    }
}
