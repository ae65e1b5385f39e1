// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.CallOptions;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.economics.delegation.AffectedDelegations;
import dev.asap.economics.delegation.DelegationTerms;
import dev.asap.economics.delegation.DelegationVerdict;
import dev.asap.economics.delegation.Delegations;
import dev.asap.economics.delegation.SignedDelegation;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.storage.Storage;
import dev.asap.store.memory.InMemoryStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The code of the guide to delegation. */
class DelegationGuideTest {
    @Test
    void delegation_fromGrantToRevocation() {
        String boss = "urn:asap:agent:boss";
        String worker = "urn:asap:agent:worker";
        String helper = "urn:asap:agent:helper";
        Ed25519PrivateKey bossKey = Ed25519PrivateKey.generate();
        Ed25519PrivateKey workerKey = Ed25519PrivateKey.generate();
        Map<String, Ed25519PublicKey> publicKeys = Map.of(boss, bossKey.publicKey(), worker, workerKey.publicKey());
        try (Storage storage = new InMemoryStorage()) {

            Delegations delegations = Delegations.builder(storage.delegations())
                    .keys(urn -> Optional.ofNullable(publicKeys.get(urn)))
                    .build();

            SignedDelegation granted = delegations.create(
                    boss,
                    bossKey,
                    DelegationTerms.of(worker, List.of("task.execute", "data.read"))
                            .lasting(Duration.ofHours(2))
                            .limitedTo(5));

            String token = granted.token();

            CallOptions options = CallOptions.defaults().withHeader("X-ASAP-Delegation-Token", token);

            DelegationVerdict verdict = delegations.use(token, "task.execute", worker);
            if (verdict instanceof DelegationVerdict.Refused refused) {
                throw new SecurityException(refused.text());
            }
            DelegationVerdict.Valid valid = (DelegationVerdict.Valid) verdict;

            assertThat(options.headers()).containsValue(token);
            assertThat(valid.remaining()).isEqualTo(4);

            SignedDelegation further = delegations.create(
                    worker,
                    workerKey,
                    DelegationTerms.of(helper, List.of("task.execute"))
                            .limitedTo(2)
                            .onStrengthOf(granted.delegation().id()));

            Page<IssuedDelegation> mine =
                    delegations.list(DelegationFilter.issuedBy(boss).activeAt(Instant.now()), PageRequest.first());

            SLABreach breach = new SLABreach(
                    "breach_1",
                    worker,
                    BreachType.LATENCY,
                    "500ms",
                    "900ms",
                    BreachSeverity.WARNING,
                    Instant.now(),
                    null);
            AffectedDelegations affected = AffectedDelegations.by(breach, storage.delegations(), Instant.now());

            List<String> revoked =
                    delegations.revokeBy(boss, granted.delegation().id(), "left the team");

            assertThat(mine.total()).isEqualTo(1);
            assertThat(affected.ids()).containsExactly(granted.delegation().id());
            assertThat(revoked)
                    .containsExactly(
                            granted.delegation().id(), further.delegation().id());
        }
    }
}
