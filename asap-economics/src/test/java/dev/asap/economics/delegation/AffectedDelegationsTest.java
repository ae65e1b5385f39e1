// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.delegation.IssuedDelegation;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.store.memory.InMemoryDelegationStore;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AffectedDelegationsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T09:00:00Z");
    private static final String WORKER = "urn:asap:agent:worker";
    private static final SLABreach BREACH =
            new SLABreach("breach_1", WORKER, BreachType.LATENCY, "500ms", "900ms", BreachSeverity.WARNING, NOW, null);

    private final InMemoryDelegationStore store = new InMemoryDelegationStore();

    private void issue(String id, String delegator, String delegate, Instant createdAt, Instant expiresAt) {
        store.register(IssuedDelegation.of(id, delegator, delegate, createdAt).expiringAt(expiresAt));
    }

    @Test
    void breach_touchesTheActiveDelegationsToTheAgent() {
        Instant later = NOW.plusSeconds(60);
        issue("old", "urn:asap:agent:a", WORKER, NOW.minusSeconds(2), later);
        issue("new", "urn:asap:agent:b", WORKER, NOW.minusSeconds(1), later);
        issue("expired", "urn:asap:agent:a", WORKER, NOW.minusSeconds(3), NOW);
        issue("revoked", "urn:asap:agent:a", WORKER, NOW, later);
        issue("other", "urn:asap:agent:a", "urn:asap:agent:other", NOW, later);
        issue("own", WORKER, "urn:asap:agent:a", NOW, later);
        store.revoke("revoked", null);

        AffectedDelegations affected = AffectedDelegations.by(BREACH, store, NOW);

        assertThat(affected.ids()).containsExactly("new", "old");
        assertThat(affected.total()).isEqualTo(2);
        assertThat(affected.isCut()).isFalse();
        assertThat(affected.isEmpty()).isFalse();
        assertThat(AffectedDelegations.by(BREACH, store, later).isEmpty()).isTrue();
    }

    @Test
    void manyDelegations_areCounted_andSomeNamed() {
        for (int i = 0; i <= AffectedDelegations.MAX_IDS; i++) {
            issue("del_" + i, "urn:asap:agent:a", WORKER, NOW, NOW.plusSeconds(60));
        }

        AffectedDelegations affected = AffectedDelegations.heldBy(WORKER, store, NOW);

        assertThat(affected.ids()).hasSize(AffectedDelegations.MAX_IDS);
        assertThat(affected.total()).isEqualTo(AffectedDelegations.MAX_IDS + 1);
        assertThat(affected.isCut()).isTrue();
        assertThat(AffectedDelegations.heldBy("nobody", store, NOW).isEmpty()).isTrue();
    }
}
