// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.DelegationStore;
import dev.asap.store.memory.InMemoryDelegationStore;
import dev.asap.store.sqlite.Durability;
import dev.asap.store.sqlite.SQLiteStorage;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** However many use a token at once, it is used as often as it allows. */
@ExtendWith(LeakChecks.class)
@Timeout(120)
class DelegationUseConcurrencyTest {
    private static final int THREADS = 32;
    private static final int USES_EACH = 4;
    private static final int ALLOWED = 50;
    private static final String BOSS = "urn:asap:agent:boss";
    private static final String WORKER = "urn:asap:agent:worker";

    @TempDir
    Path folder;

    @Test
    void inMemory_exactlyAsManyUsesAsAllowed() throws Exception {
        requireExact(new InMemoryDelegationStore());
    }

    @Test
    void inSQLite_exactlyAsManyUsesAsAllowed() throws Exception {
        try (SQLiteStorage storage = SQLiteStorage.builder(folder.resolve("asap_state.db"))
                .durability(Durability.NORMAL)
                .open()) {
            requireExact(storage.delegations());
        }
    }

    private static void requireExact(DelegationStore store) throws Exception {
        Ed25519PrivateKey key = Ed25519PrivateKey.generate();
        Delegations delegations = Delegations.builder(store)
                .keys(urn -> Optional.of(key.publicKey()))
                .build();
        SignedDelegation created = delegations.create(
                BOSS, key, DelegationTerms.of(WORKER, List.of("task.execute")).limitedTo(ALLOWED));
        CyclicBarrier together = new CyclicBarrier(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<DelegationVerdict> verdicts = new ArrayList<>();
        try {
            List<Future<List<DelegationVerdict>>> works = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                works.add(threads.submit(() -> {
                    together.await(60, TimeUnit.SECONDS);
                    List<DelegationVerdict> mine = new ArrayList<>();
                    for (int use = 0; use < USES_EACH; use++) {
                        mine.add(delegations.use(created.token(), "task.execute", WORKER));
                    }
                    return mine;
                }));
            }
            for (Future<List<DelegationVerdict>> work : works) {
                verdicts.addAll(work.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(verdicts).hasSize(THREADS * USES_EACH);
        assertThat(verdicts)
                .filteredOn(DelegationVerdict.Valid.class::isInstance)
                .hasSize(ALLOWED);
        assertThat(verdicts)
                .filteredOn(DelegationVerdict.Refused.class::isInstance)
                .containsOnly(new DelegationVerdict.Refused(
                        DelegationRefusal.LIMIT_REACHED, "Delegation task limit exceeded"));
        assertThat(store.uses(created.delegation().id())).isEqualTo(ALLOWED);
    }
}
