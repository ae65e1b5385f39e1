// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditFilter;
import dev.asap.audit.AuditHead;
import dev.asap.audit.AuditStore;
import dev.asap.audit.AuditVerification.Broken;
import dev.asap.audit.AuditVerification.Flaw;
import dev.asap.audit.AuditVerification.Intact;
import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.testkit.LeakChecks;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Delegations and the audit log in one file with another program. */
@ExtendWith(LeakChecks.class)
class SQLiteDelegationAndAuditFilesTest {
    private static final Instant TIME = Instant.parse("2026-02-18T12:00:00Z");
    private static final String TEXT = "2026-02-18T12:00:00+00:00";
    private static final String FIRST_HASH = "95ef4294421c5d60ea72747c5333207cac187f1e9fa589d68ad3ffac7f56b750";
    private static final String SECOND_HASH = "898ad81a8bbb1ef10ec4366ea58e9b69c8cf175b855e38a35cbb277f0889e3d3";

    private static final List<String> DELEGATION_TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS revocations (id TEXT PRIMARY KEY, revoked_at TEXT NOT NULL, reason TEXT)",
            "CREATE INDEX IF NOT EXISTS idx_revocations_revoked_at ON revocations (revoked_at)",
            "CREATE TABLE IF NOT EXISTS issued_delegations (id TEXT PRIMARY KEY, delegator_urn TEXT NOT NULL,"
                    + " delegate_urn TEXT, created_at TEXT NOT NULL)",
            "CREATE INDEX IF NOT EXISTS idx_issued_delegator ON issued_delegations (delegator_urn)");

    private static final List<String> AUDIT_TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS audit_log (rowid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,"
                    + " timestamp TEXT NOT NULL, operation TEXT NOT NULL, agent_urn TEXT NOT NULL,"
                    + " details TEXT NOT NULL DEFAULT '{}', prev_hash TEXT NOT NULL DEFAULT '',"
                    + " hash TEXT NOT NULL DEFAULT '')",
            "CREATE INDEX IF NOT EXISTS idx_audit_urn ON audit_log (agent_urn)",
            "CREATE INDEX IF NOT EXISTS idx_audit_ts ON audit_log (timestamp)");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("asap_state.db");
    }

    private ForeignConnection reference(List<String> tables) throws SQLException {
        ForeignConnection reference = ForeignConnection.likeTheReference(file);
        for (String table : tables) {
            reference.run(table);
        }
        return reference;
    }

    private static void issue(ForeignConnection reference, String id, String from, String to, String at)
            throws SQLException {
        reference.run(
                "INSERT OR REPLACE INTO issued_delegations (id, delegator_urn, delegate_urn, created_at) VALUES (?, ?, ?, ?)",
                id,
                from,
                to,
                at);
    }

    private static void revoke(ForeignConnection reference, String id, String at, String why) throws SQLException {
        reference.run("INSERT OR REPLACE INTO revocations (id, revoked_at, reason) VALUES (?, ?, ?)", id, at, why);
    }

    private static void requireList(DelegationStore store, DelegationFilter filter, String... ids) {
        assertThat(store.list(filter, PageRequest.first()).items())
                .extracting(IssuedDelegation::id)
                .containsExactly(ids);
        assertThat(store.list(filter, PageRequest.first(1)).total()).isEqualTo(ids.length);
    }

    // Delegations.

    @Test
    void delegationsOfTheReference_areReadWhole() throws SQLException {
        try (ForeignConnection reference = reference(DELEGATION_TABLES)) {
            issue(reference, "a", "boss", "worker", TEXT);
            issue(reference, "b", "worker", "helper", "2026-02-18T12:00:01.500000+00:00");
            issue(reference, "c", "boss", null, "2026-02-18T12:00:02+00:00");
            issue(reference, "d", "boss", "worker", "2026-02-18T12:00:03+00:00");
            revoke(reference, "d", "2026-02-18T13:00:00+00:00", "why");
            revoke(reference, "unknown", TEXT, null);
        }
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            DelegationStore store = storage.delegations();
            assertThat(store.get("a")).contains(IssuedDelegation.of("a", "boss", "worker", TIME));
            assertThat(store.get("b")).contains(IssuedDelegation.of("b", "worker", "helper", TIME.plusMillis(1500)));
            assertThat(store.get("d"))
                    .contains(IssuedDelegation.of("d", "boss", "worker", TIME.plusSeconds(3))
                            .revokedAt(TIME.plusSeconds(3600), "why"));
            assertThat(store.isRevoked("unknown")).isTrue();
            requireList(store, DelegationFilter.issuedBy("boss"), "d", "c", "a");
            requireList(store, DelegationFilter.issuedBy("boss").activeAt(TIME), "c", "a");
            requireList(store, DelegationFilter.heldBy("worker").notRevoked(), "a");
            assertThat(store.revokeCascade("a", null)).containsExactly("a", "b");
        }
    }

    @Test
    void delegationsWrittenByTheReferenceMeanwhile_count() throws SQLException {
        try (SQLiteStorage storage = SQLiteStorage.open(file);
                ForeignConnection reference = reference(DELEGATION_TABLES)) {
            DelegationStore store = storage.delegations();
            DelegationFilter all = DelegationFilter.issuedBy("boss");
            DelegationFilter live = all.activeAt(TIME);
            store.register(IssuedDelegation.of("a", "boss", "worker", TIME)
                    .withParent("p")
                    .withScopes(List.of("*"))
                    .limitedTo(3)
                    .expiringAt(TIME.plusSeconds(9)));
            issue(reference, "b", "boss", "worker", "2026-02-18T12:00:01+00:00");
            requireList(store, all, "b", "a");
            requireList(store, live, "b", "a");

            // What the reference does not know stays.
            issue(reference, "a", "boss", "helper", "2026-02-18T12:00:05+00:00");
            requireList(store, all, "a", "b");
            assertThat(store.get("a"))
                    .contains(IssuedDelegation.of("a", "boss", "helper", TIME.plusSeconds(5))
                            .withParent("p")
                            .withScopes(List.of("*"))
                            .limitedTo(3)
                            .expiringAt(TIME.plusSeconds(9)));

            revoke(reference, "a", TEXT, "one");
            revoke(reference, "a", "2026-02-18T12:00:07+00:00", "two");
            requireList(store, live, "b");
            assertThat(store.get("a")).map(IssuedDelegation::revokedAt).contains(TIME.plusSeconds(7));
            reference.run("UPDATE revocations SET id = 'b' WHERE id = 'a'");
            requireList(store, live, "a");
            reference.run("DELETE FROM revocations");
            requireList(store, live, "a", "b");
            reference.run("UPDATE issued_delegations SET id = 'c' WHERE id = 'b'");
            requireList(store, all, "a", "c");
            reference.run("PRAGMA recursive_triggers = ON");
            issue(reference, "c", "helper", "boss", TEXT);
            revoke(reference, "c", TEXT, null);
            revoke(reference, "c", TEXT, null);
            requireList(store, all, "a");
            requireList(store, DelegationFilter.heldBy("boss"), "c");
            requireList(store, DelegationFilter.heldBy("boss").notRevoked());
            reference.run("INSERT INTO issued_delegations (id, delegator_urn, created_at) VALUES (NULL, 'boss', 'x')");
            reference.run("DELETE FROM issued_delegations");
            requireList(store, all);
        }
    }

    @Test
    void ourDelegations_areTheProtocolsRows() throws SQLException {
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            DelegationStore store = storage.delegations();
            store.register(IssuedDelegation.of("a", "boss", "worker", TIME.plusMillis(250))
                    .limitedTo(3));
            store.register(IssuedDelegation.of("b", "boss", null, TIME));
            store.revoke("a", "why");
        }
        try (ForeignConnection reference = reference(DELEGATION_TABLES)) {
            assertThat(reference.rows("SELECT id, delegator_urn, COALESCE(delegate_urn, 'null'), created_at"
                            + " FROM issued_delegations ORDER BY id"))
                    .containsExactly(
                            "a|boss|worker|2026-02-18T12:00:00.250000+00:00", "b|boss|null|2026-02-18T12:00:00+00:00");
            assertThat(reference.rows(
                            "SELECT id, reason, revoked_at LIKE '____-__-__T__:__:__%+00:00' FROM revocations"))
                    .containsExactly("a|why|1");
            assertThat(reference.rows(
                            "SELECT name, type, \"notnull\", pk FROM pragma_table_info('issued_delegations')"))
                    .containsExactly(
                            "id|TEXT|0|1", "delegator_urn|TEXT|1|0", "delegate_urn|TEXT|0|0", "created_at|TEXT|1|0");
            assertThat(reference.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('revocations')"))
                    .containsExactly("id|TEXT|0|1", "revoked_at|TEXT|1|0", "reason|TEXT|0|0");
            assertThat(reference.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx_%'"))
                    .contains("idx_revocations_revoked_at", "idx_issued_delegator", "idx_audit_urn", "idx_audit_ts");
        }
    }

    @Test
    void earlyFileWithoutDelegates_isCompleted() throws SQLException {
        try (ForeignConnection reference = reference(
                List.of(
                        "CREATE TABLE issued_delegations (id TEXT PRIMARY KEY, delegator_urn TEXT NOT NULL, created_at TEXT NOT NULL)"))) {
            reference.run(
                    "INSERT INTO issued_delegations (id, delegator_urn, created_at) VALUES ('a', 'boss', ?)", TEXT);
        }
        for (int opening = 0; opening < 2; opening++) {
            try (SQLiteStorage storage = SQLiteStorage.open(file)) {
                DelegationStore store = storage.delegations();
                assertThat(store.get("a")).contains(IssuedDelegation.of("a", "boss", null, TIME));
                store.register(IssuedDelegation.of("b", "boss", "worker", TIME));
                requireList(store, DelegationFilter.heldBy("worker"), "b");
                requireList(store, DelegationFilter.issuedBy("boss"), "b", "a");
            }
        }
    }

    @Test
    void rowThatIsNoDelegation_isNamedAndNotLost() throws SQLException {
        try (ForeignConnection reference = reference(DELEGATION_TABLES)) {
            issue(reference, "bad", "boss", "worker", "yesterday");
            issue(reference, "good", "boss", "worker", TEXT);
        }
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            DelegationStore store = storage.delegations();
            assertThatThrownBy(() -> store.get("bad"))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("'bad'")
                    .hasMessageContaining("created_at")
                    .hasMessageContaining("yesterday");
            assertThat(store.list(DelegationFilter.issuedBy("boss"), PageRequest.of(1, 1))
                            .total())
                    .isEqualTo(2);
            assertThat(store.revokeCascade("bad", null)).containsExactly("bad");
            store.register(IssuedDelegation.of("bad", "boss", "worker", TIME));
            assertThat(store.get("bad")).isPresent();
        }
    }

    @Test
    void usesThroughTwoStorages_neverExceedTheLimit() throws Exception {
        try (SQLiteStorage one = SQLiteStorage.open(file);
                SQLiteStorage two = SQLiteStorage.open(file)) {
            AtomicInteger granted = new AtomicInteger();
            inThreads(thread -> {
                DelegationStore store = (thread % 2 == 0 ? one : two).delegations();
                for (int i = 0; i < 25; i++) {
                    if (store.tryUse("a", 77)) {
                        granted.incrementAndGet();
                    }
                }
            });
            assertThat(granted).hasValue(77);
            assertThat(one.delegations().uses("a")).isEqualTo(77);
        }
    }

    // The audit log.

    private static void append(ForeignConnection reference, String id, String details, String prevHash, String hash)
            throws SQLException {
        reference.run(
                "INSERT INTO audit_log (id, timestamp, operation, agent_urn, details, prev_hash, hash)"
                        + " VALUES (?, ?, 'task.request', 'one', ?, ?, ?)",
                id,
                TEXT,
                details,
                prevHash,
                hash);
    }

    @Test
    void logOfTheReference_isReadVerifiedAndContinued() throws SQLException {
        try (ForeignConnection reference = reference(AUDIT_TABLES)) {
            append(reference, "a", "{\"k\": 1}", "", FIRST_HASH);
            append(reference, "b", "{}", FIRST_HASH, SECOND_HASH);
        }
        try (SQLiteStorage storage = SQLiteStorage.open(file)) {
            AuditStore store = storage.audit();
            assertThat(store.verify()).isEqualTo(new Intact(2, SECOND_HASH));
            assertThat(store.head()).isEqualTo(new AuditHead(2, SECOND_HASH));
            AuditEntry third =
                    store.append(AuditEntry.of("c", TIME.plusMillis(250), "ü", "two", JsonObject.of("ü", 1.0)));
            assertThat(third.prevHash()).isEqualTo(SECOND_HASH);
            assertThat(store.query(AuditFilter.all(), PageRequest.first()).items())
                    .containsExactly(
                            new AuditEntry("a", TIME, "task.request", "one", JsonObject.of("k", 1), "", FIRST_HASH),
                            new AuditEntry(
                                    "b", TIME, "task.request", "one", JsonObject.empty(), FIRST_HASH, SECOND_HASH),
                            third);
            try (ForeignConnection reference = reference(AUDIT_TABLES)) {
                assertThat(reference.rows("SELECT rowid, id, timestamp, operation, agent_urn, details, prev_hash, hash,"
                                + " typeof(details) FROM audit_log WHERE id = 'c'"))
                        .containsExactly("3|c|2026-02-18T12:00:00.250000+00:00|ü|two|{\"ü\":1.0}|" + SECOND_HASH + "|"
                                + third.hash() + "|text");
                assertThat(reference.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info('audit_log')"))
                        .containsExactly(
                                "rowid|INTEGER|0|1",
                                "id|TEXT|1|0",
                                "timestamp|TEXT|1|0",
                                "operation|TEXT|1|0",
                                "agent_urn|TEXT|1|0",
                                "details|TEXT|1|0",
                                "prev_hash|TEXT|1|0",
                                "hash|TEXT|1|0");
                AuditEntry fourth = AuditEntry.of("d", TIME, "task.request", "one", JsonObject.empty())
                        .sealedAfter(third.hash());
                append(reference, "d", "{}", third.hash(), fourth.hash());
                assertThat(store.verify()).isEqualTo(new Intact(4, fourth.hash()));
                assertThat(store.query(AuditFilter.all().agent("one"), PageRequest.first(1))
                                .total())
                        .isEqualTo(3);
            }
        }
    }

    @Test
    void everyChangeOfThePast_isFound() throws SQLException {
        List<String> changes = List.of(
                "UPDATE audit_log SET details = '{\"k\": 2}' WHERE id = 'e5'",
                "UPDATE audit_log SET timestamp = '2026-02-18T12:00:01+00:00' WHERE id = 'e5'",
                "UPDATE audit_log SET operation = 'other' WHERE id = 'e5'",
                "UPDATE audit_log SET hash = 'x' WHERE id = 'e5'",
                "UPDATE audit_log SET details = 'no json' WHERE id = 'e5'",
                "UPDATE audit_log SET prev_hash = 'x' WHERE id = 'e5'",
                "DELETE FROM audit_log WHERE id = 'e4'",
                "DELETE FROM audit_log WHERE rowid <= 5");
        List<Flaw> flaws = List.of(
                Flaw.HASH_DIFFERS,
                Flaw.HASH_DIFFERS,
                Flaw.HASH_DIFFERS,
                Flaw.HASH_DIFFERS,
                Flaw.UNREADABLE,
                Flaw.DOES_NOT_FOLLOW,
                Flaw.DOES_NOT_FOLLOW,
                Flaw.DOES_NOT_FOLLOW);
        for (int i = 0; i < changes.size(); i++) {
            file = folder.resolve("changed" + i + ".db");
            try (SQLiteStorage storage = SQLiteStorage.open(file);
                    ForeignConnection other = ForeignConnection.to(file)) {
                AuditStore store = storage.audit();
                for (int entry = 0; entry < 10; entry++) {
                    store.append(AuditEntry.of("e" + entry, TIME, "op", "one", JsonObject.of("k", 1)));
                }
                other.run(changes.get(i));
                Broken found = (Broken) store.verify();
                assertThat(found.entryId()).as(changes.get(i)).isEqualTo("e5");
                assertThat(found.flaw()).as(changes.get(i)).isEqualTo(flaws.get(i));
                long rows = Long.parseLong(
                        other.rows("SELECT COUNT(*) FROM audit_log").get(0));
                assertThat(store.count()).isEqualTo(rows);
            }
        }
    }

    @Test
    void logWithGaps_hasRightPages() throws SQLException {
        try (SQLiteStorage storage = SQLiteStorage.open(file);
                ForeignConnection other = ForeignConnection.to(file)) {
            List<AuditEntry> entries = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                entries.add(AuditEntry.of("e" + i, TIME.plusSeconds(i), "op", "one", JsonObject.empty()));
            }
            storage.audit().appendAll(entries);
            other.run("DELETE FROM audit_log WHERE rowid % 10 = 0");
            var page = storage.audit().query(AuditFilter.all(), PageRequest.of(2, 1800));
            assertThat(page.total()).isEqualTo(2700);
            assertThat(page.items()).extracting(AuditEntry::id).containsExactly("e2000", "e2001");
        }
    }

    @Test
    void rowThatIsNoEntry_isNamed() throws SQLException {
        try (SQLiteStorage storage = SQLiteStorage.open(file);
                ForeignConnection reference = reference(AUDIT_TABLES)) {
            append(reference, "bad", "[1]", "", "");
            assertThatThrownBy(() -> storage.audit().query(AuditFilter.all(), PageRequest.first()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("'bad'")
                    .hasMessageContaining("details");
            assertThat(storage.audit().verify()).isEqualTo(new Broken(0, "bad", Flaw.UNREADABLE));
        }
    }

    @Test
    void twoStoragesOfOneFile_makeOneChain() throws Exception {
        try (SQLiteStorage one = SQLiteStorage.open(file);
                SQLiteStorage two = SQLiteStorage.open(file)) {
            inThreads(thread -> {
                AuditStore store = (thread % 2 == 0 ? one : two).audit();
                for (int i = 0; i < 30; i++) {
                    store.append(AuditEntry.of("op", "agent" + thread, JsonObject.of("i", i)));
                }
            });
            assertThat(one.audit().verify())
                    .isEqualTo(new Intact(240, two.audit().head().hash()));
            assertThat(two.audit().count()).isEqualTo(240);
        }
    }

    private static void inThreads(ThreadWork work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> outcomes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int thread = i;
                outcomes.add(threads.submit(() -> work.run(thread)));
            }
            for (Future<?> outcome : outcomes) {
                outcome.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @FunctionalInterface
    private interface ThreadWork {
        void run(int thread);
    }
}
