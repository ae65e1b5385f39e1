// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditFilter;
import dev.asap.audit.AuditHead;
import dev.asap.audit.AuditStore;
import dev.asap.audit.AuditVerification;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.validation.ValidationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AuditStore} has to do. Extend it, say how to make a store, and each test is one clause of the contract.
 *
 * <pre>{@code
 * class MyAuditStoreTest extends AuditStoreContract {
 *     @Override
 *     protected AuditStore createStore() {
 *         return new MyAuditStore();
 *     }
 * }
 * }</pre>
 *
 * <p>Override {@link #closeStore} where a store holds something, and {@link #reopen} where it outlives its process. Not
 * thread-safe: JUnit makes an instance for each test.
 */
public abstract class AuditStoreContract {
    private static final int THREADS = 8;
    private static final Instant TIME = Instant.parse("2026-02-18T12:00:00Z");
    private static final String ONE = "urn:asap:agent:one";
    private static final String TWO = "urn:asap:agent:two";

    private @Nullable AuditStore store;

    /** For subclasses. */
    protected AuditStoreContract() {}

    /** Makes an empty store; called once for each test. */
    protected abstract AuditStore createStore();

    /** Ends a store that {@link #createStore} or {@link #reopen} made. Does nothing by default. */
    protected void closeStore(AuditStore store) {}

    /**
     * Opens anew what {@code closed} kept, after {@link #closeStore} has ended it. Empty by default, for stores that keep
     * nothing beyond their end: the clauses about it are then skipped.
     */
    protected Optional<AuditStore> reopen(AuditStore closed) {
        return Optional.empty();
    }

    @BeforeEach
    void openStore() {
        store = createStore();
    }

    @AfterEach
    void endStore() {
        if (store != null) {
            closeStore(store);
        }
    }

    private AuditStore store() {
        if (store == null) {
            throw new IllegalStateException("createStore() gave null");
        }
        return store;
    }

    private static AuditEntry entry(String id, String agent, Instant time) {
        return AuditEntry.of(id, time, "task.request", agent, JsonObject.of("id", id));
    }

    // Appending.

    @Test
    void aud_01_emptyLogHasNothingAndIsIntact() {
        assertThat(store().count()).isZero();
        assertThat(store().head()).isEqualTo(new AuditHead(0, ""));
        assertThat(store().query(AuditFilter.all(), PageRequest.first())).isEqualTo(Page.empty());
        assertThat(store().verify()).isEqualTo(new AuditVerification.Intact(0, ""));
        assertThat(store().verify(TIME, TIME)).isEqualTo(new AuditVerification.Intact(0, ""));
    }

    @Test
    void aud_02_entriesAreSealedAndReadBackWhole() {
        AuditEntry first = store().append(
                        AuditEntry.of(
                                "a",
                                TIME.plusNanos(250_001_000),
                                "täsk",
                                ONE,
                                JsonObject.parse(
                                        "{\"z\": {\"y\": \"\uD83D\uDE00\"}, \"a\": [1, 2.50, 1e3, null, true], \"b\": 12345678901234567890}")));
        AuditEntry second = store().append(entry("b", TWO, TIME));
        assertThat(first.prevHash()).isEmpty();
        assertThat(first.hasValidHash()).isTrue();
        assertThat(second.prevHash()).isEqualTo(first.hash());
        assertThat(second).isEqualTo(entry("b", TWO, TIME).sealedAfter(first.hash()));
        assertThat(store().query(AuditFilter.all(), PageRequest.first()).items())
                .containsExactly(first, second);
        assertThat(store().head()).isEqualTo(new AuditHead(2, second.hash()));
    }

    @Test
    void aud_03_hashesAreTheProtocols() {
        AuditEntry first = store().append(AuditEntry.of("a", TIME, "task.request", ONE, JsonObject.of("k", 1)));
        AuditEntry second = store().append(AuditEntry.of("b", TIME, "task.request", TWO, JsonObject.empty()));
        assertThat(first.hash()).isEqualTo("95ef4294421c5d60ea72747c5333207cac187f1e9fa589d68ad3ffac7f56b750");
        assertThat(second.hash()).isEqualTo("898ad81a8bbb1ef10ec4366ea58e9b69c8cf175b855e38a35cbb277f0889e3d3");
    }

    @Test
    void aud_04_givenHashesAreNotLookedAt() {
        AuditEntry given = new AuditEntry("a", TIME, "op", ONE, JsonObject.empty(), "x", "y");
        AuditEntry appended = store().append(given);
        assertThat(appended.prevHash()).isEmpty();
        assertThat(appended.hasValidHash()).isTrue();
    }

    @Test
    void aud_05_separatorInTheOperationIsRefused() {
        AuditEntry bad = AuditEntry.of("b", TIME, "task|request", ONE, JsonObject.empty());
        assertThatThrownBy(() -> store().append(bad))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("task|request");
        assertThatThrownBy(() -> store().appendAll(List.of(entry("a", ONE, TIME), bad)))
                .isInstanceOf(ValidationException.class);
        assertThat(store().appendAllAsync(List.of(bad))).isCompletedExceptionally();
        assertThat(store().count()).isZero();
    }

    @Test
    void aud_06_idThatIsThereIsRefused() {
        store().append(entry("a", ONE, TIME));
        AuditHead head = store().head();
        assertThatThrownBy(() -> store().append(entry("a", TWO, TIME)))
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.retryable()).isFalse())
                .hasMessageContaining("'a'");
        assertThatThrownBy(() -> store().appendAll(List.of(entry("b", ONE, TIME), entry("b", ONE, TIME))))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("'b'");
        assertThat(store().head()).isEqualTo(head);
        store().append(entry("b", ONE, TIME));
        assertThat(store().verify().isIntact()).isTrue();
    }

    @Test
    void aud_07_manyAreAppendedTogether() {
        assertThat(store().appendAll(List.of())).isEmpty();
        List<AuditEntry> entries = IntStream.range(0, 300)
                .mapToObj(i -> entry("e" + i, ONE, TIME.plusSeconds(i)))
                .toList();
        List<AuditEntry> appended = store().appendAll(entries);
        assertThat(appended)
                .extracting(AuditEntry::id)
                .containsExactlyElementsOf(entries.stream().map(AuditEntry::id).toList());
        assertThat(entries(AuditFilter.all(), 100)).isEqualTo(appended);
        assertThat(store().verify())
                .isEqualTo(new AuditVerification.Intact(300, store().head().hash()));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> store().appendAll(Collections.nCopies(AuditStore.MAX_BATCH + 1, entry("x", ONE, TIME))));
    }

    @Test
    void aud_08_appendAllAsyncHasAppendedWhenItCompletes() throws Exception {
        List<CompletableFuture<List<AuditEntry>>> appends = IntStream.range(0, 100)
                .mapToObj(i -> store().appendAllAsync(List.of(entry("e" + i, ONE, TIME))))
                .toList();
        List<AuditEntry> appended = new ArrayList<>();
        for (CompletableFuture<List<AuditEntry>> append : appends) {
            appended.addAll(append.get());
        }
        assertThat(entries(AuditFilter.all(), 1000)).isEqualTo(appended);
        assertThat(store().appendAllAsync(List.of()).get()).isEmpty();
    }

    @Test
    void aud_09_textsMayBeAny() {
        for (String text :
                List.of("", " ", "'; DROP TABLE audit_log; --", "nul\u0000", "\uD83D\uDE00", "x".repeat(5000))) {
            AuditEntry appended = store().append(AuditEntry.of(text, TIME, text, text, JsonObject.of(text, text)));
            assertThat(store().query(AuditFilter.all().agent(text), PageRequest.first())
                            .items())
                    .containsExactly(appended);
        }
        assertThat(store().query(AuditFilter.all().agent("\uD83D"), PageRequest.first()))
                .isEqualTo(Page.empty());
        assertThat(store().verify().isIntact()).isTrue();
    }

    @Test
    void aud_10_numbersAreHashedAsTheProtocolWritesThem() {
        JsonArray numbers = JsonValue.parse(
                        "[1.0, 1e16, 1E-5, 0.0001, 123456789.125, -0.0, 5e-324, 1.7976931348623157e308]")
                .asArray();
        store().append(AuditEntry.of("a", TIME, "op", ONE, JsonObject.of("n", numbers)));
        assertThat(store().verify())
                .isEqualTo(new AuditVerification.Intact(1, store().head().hash()));
        assertThatThrownBy(
                        () -> store().append(AuditEntry.of("b", TIME, "op", ONE, JsonObject.parse("{\"n\": 1e999}"))))
                .isInstanceOf(ValidationException.class);
    }

    // Pages.

    @Test
    void aud_20_orderIsThatOfAppendingWhateverTheTimes() {
        for (int seconds : new int[] {5, 1, 3, 1, 9}) {
            store().append(entry("e" + store().count(), ONE, TIME.plusSeconds(seconds)));
        }
        assertThat(ids(AuditFilter.all())).containsExactly("e0", "e1", "e2", "e3", "e4");
        assertThat(ids(AuditFilter.all().from(TIME.plusSeconds(1)).until(TIME.plusSeconds(3))))
                .containsExactly("e1", "e2", "e3");
        assertThat(ids(AuditFilter.all().from(TIME.plusSeconds(4)))).containsExactly("e0", "e4");
    }

    @Test
    void aud_21_boundsAreIncluded() {
        for (int i = 0; i < 5; i++) {
            store().append(entry("e" + i, ONE, TIME.plusNanos(i * 1000L)));
        }
        assertThat(ids(AuditFilter.all().from(TIME.plusNanos(1000)))).containsExactly("e1", "e2", "e3", "e4");
        assertThat(ids(AuditFilter.all().until(TIME.plusNanos(1000)))).containsExactly("e0", "e1");
        assertThat(ids(AuditFilter.all().from(TIME).until(TIME))).containsExactly("e0");
        assertThat(ids(AuditFilter.all().from(TIME.plusSeconds(1)).until(TIME))).isEmpty();
    }

    @Test
    void aud_22_filtersPagesAndTotalsAgree() {
        List<AuditEntry> all = manyEntries(60);
        List<AuditFilter> filters = List.of(
                AuditFilter.all(),
                AuditFilter.all().agent(ONE),
                AuditFilter.all().agent("unknown"),
                AuditFilter.all().from(TIME.plusSeconds(1000)),
                AuditFilter.all().agent(TWO).from(TIME.plusSeconds(500)).until(TIME.plusSeconds(4000)));
        for (AuditFilter filter : filters) {
            List<AuditEntry> wanted = all.stream().filter(filter::matches).toList();
            for (int limit : new int[] {1, 7, 1000}) {
                assertThat(entries(filter, limit)).isEqualTo(wanted);
            }
            for (int offset : new int[] {0, 1, 29, 30, 59, 60, 61, 1500}) {
                requirePage(filter, wanted, offset);
            }
            List<AuditEntry> exported = new ArrayList<>();
            store().export(filter, exported::add);
            assertThat(exported).isEqualTo(wanted);
        }
    }

    @Test
    void aud_23_deepOffsetsLeadThroughAll() {
        List<AuditEntry> all = manyEntries(6000);
        List<AuditFilter> filters = List.of(
                AuditFilter.all(),
                AuditFilter.all().agent(ONE),
                AuditFilter.all().from(TIME.plusSeconds(30_000)),
                AuditFilter.all().until(TIME.plusSeconds(250_000)),
                AuditFilter.all().agent(ONE).from(TIME.plusSeconds(3_000)).until(TIME.plusSeconds(340_000)));
        for (AuditFilter filter : filters) {
            List<AuditEntry> wanted = all.stream().filter(filter::matches).toList();
            assertThat(wanted.size()).isGreaterThan(2000);
            for (int offset : new int[] {0, 999, 1000, 1001, 1300, 2000, wanted.size() - 1, wanted.size(), 7000}) {
                requirePage(filter, wanted, offset);
            }
            assertThat(entries(filter, 700)).isEqualTo(wanted);
        }
    }

    private void requirePage(AuditFilter filter, List<AuditEntry> wanted, int offset) {
        Page<AuditEntry> page = store().query(filter, PageRequest.of(30, offset));
        int from = Math.min(offset, wanted.size());
        int to = Math.min(offset + 30, wanted.size());
        assertThat(page.items()).as("%s at %d", filter, offset).isEqualTo(wanted.subList(from, Math.max(from, to)));
        assertThat(page.total()).isEqualTo(wanted.size());
        assertThat(page.hasNext()).isEqualTo(offset + 30 < wanted.size());
    }

    @Test
    void aud_24_cursorLeadsOnToWhatIsAppendedLater() {
        manyEntries(5);
        Page<AuditEntry> page = store().query(AuditFilter.all(), PageRequest.first(3));
        store().append(entry("late", ONE, TIME));
        Page<AuditEntry> next = store().query(AuditFilter.all(), page.next(10).orElseThrow());
        assertThat(next.items()).extracting(AuditEntry::id).containsExactly("e3", "e4", "late");
        assertThat(next.total()).isEqualTo(6);
    }

    @Test
    void aud_25_foreignCursorIsRefused() {
        manyEntries(3);
        for (Cursor cursor : List.of(new Cursor("?"), Cursor.afterKey("a"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().query(AuditFilter.all(), PageRequest.after(cursor, 1)));
        }
    }

    // Verifying.

    @Test
    void aud_30_aPartIsVerifiedFromItsFirstToItsLast() {
        List<AuditEntry> all = IntStream.range(0, 2500)
                .mapToObj(i -> entry("e" + i, ONE, TIME.plusSeconds(i)))
                .toList();
        List<AuditEntry> sealed = store().appendAll(all);
        assertThat(store().verify())
                .isEqualTo(new AuditVerification.Intact(2500, sealed.get(2499).hash()));
        assertThat(store().verify(TIME.plusSeconds(10), TIME.plusSeconds(19)))
                .isEqualTo(new AuditVerification.Intact(10, sealed.get(19).hash()));
        assertThat(store().verify(TIME.plusSeconds(2499), null))
                .isEqualTo(new AuditVerification.Intact(1, sealed.get(2499).hash()));
        assertThat(store().verify(null, TIME))
                .isEqualTo(new AuditVerification.Intact(1, sealed.get(0).hash()));
        store().append(entry("early", ONE, TIME));
        assertThat(store().verify(null, TIME))
                .isEqualTo(new AuditVerification.Intact(2501, store().head().hash()));
    }

    // Many threads.

    @Test
    void aud_60_manyWritersMakeOneChain() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 50; i++) {
                if (i % 5 == 0) {
                    store().appendAll(List.of(
                            entry(thread + "/" + i + "a", ONE, TIME), entry(thread + "/" + i + "b", TWO, TIME)));
                } else {
                    store().append(entry(thread + "/" + i, ONE, TIME.plusSeconds(thread)));
                }
            }
        });
        assertThat(store().count()).isEqualTo(60L * THREADS);
        assertThat(store().verify())
                .isEqualTo(new AuditVerification.Intact(
                        60L * THREADS, store().head().hash()));
        List<String> ids = ids(AuditFilter.all());
        for (int thread = 0; thread < THREADS; thread++) {
            String prefix = thread + "/";
            assertThat(ids.stream().filter(id -> id.startsWith(prefix))).hasSize(60);
            assertThat(ids.indexOf(prefix + "10b")).isEqualTo(ids.indexOf(prefix + "10a") + 1);
        }
    }

    @Test
    void aud_61_pagesUnderWritesNeitherSkipNorRepeat() throws Exception {
        List<String> stable = manyEntries(60).stream().map(AuditEntry::id).toList();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger walks = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                for (int i = 0; i < 200 && !done.get(); i++) {
                    store().append(entry("w" + thread + "_" + i, ONE, TIME.plusSeconds(i)));
                }
                return;
            }
            try {
                for (int walk = 0; walk < 5; walk++) {
                    List<AuditEntry> seen = entries(AuditFilter.all(), 7);
                    for (int i = 1; i < seen.size(); i++) {
                        assertThat(seen.get(i).prevHash())
                                .isEqualTo(seen.get(i - 1).hash());
                    }
                    assertThat(seen.subList(0, 60)).extracting(AuditEntry::id).isEqualTo(stable);
                    assertThat(store().verify().isIntact()).isTrue();
                    Page<AuditEntry> page = store().query(AuditFilter.all(), PageRequest.first(1000));
                    assertThat(page.total()).isGreaterThanOrEqualTo(seen.size());
                    assertThat(page.items()).hasSize((int) Math.min(1000, page.total()));
                }
            } finally {
                if (walks.incrementAndGet() == THREADS / 2) {
                    done.set(true);
                }
            }
        });
        assertThat(store().verify().isIntact()).isTrue();
    }

    // What is missing.

    @Test
    @SuppressWarnings("NullAway") // Null is what is tested.
    void aud_80_nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> store().append(null));
        assertThatNullPointerException().isThrownBy(() -> store().appendAll(null));
        assertThatNullPointerException().isThrownBy(() -> store().query(null, PageRequest.first()));
        assertThatNullPointerException().isThrownBy(() -> store().query(AuditFilter.all(), null));
        assertThatNullPointerException().isThrownBy(() -> store().export(null, e -> {}));
        assertThatNullPointerException().isThrownBy(() -> store().export(AuditFilter.all(), null));
        assertThat(store().count()).isZero();
    }

    // Beyond its end, for stores that keep what they have.

    @Test
    void aud_90_reopenedLogGoesOn() {
        List<AuditEntry> before = manyEntries(5);
        Page<AuditEntry> page = store().query(AuditFilter.all(), PageRequest.first(3));

        reopenOrSkip();

        assertThat(entries(AuditFilter.all(), 2)).isEqualTo(before);
        assertThat(store().query(AuditFilter.all(), page.next(5).orElseThrow()).items())
                .isEqualTo(before.subList(3, 5));
        AuditEntry after = store().append(entry("after", TWO, TIME));
        assertThat(after.prevHash()).isEqualTo(before.get(4).hash());
        assertThat(store().verify()).isEqualTo(new AuditVerification.Intact(6, after.hash()));
    }

    private void reopenOrSkip() {
        AuditStore ended = store();
        closeStore(ended);
        store = null;
        Optional<AuditStore> again = reopen(ended);
        assumeTrue(again.isPresent(), "the store keeps nothing beyond its end");
        store = again.get();
    }

    /** Appends {@code e0} and on, of two agents, one a minute, every seventh of another time. */
    private List<AuditEntry> manyEntries(int count) {
        List<AuditEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Instant time = TIME.plusSeconds(60L * (i % 7 == 3 ? (i * 31L) % count : i));
            entries.add(entry("e" + i, i % 5 < 3 ? ONE : TWO, time));
        }
        return store().appendAll(entries);
    }

    private List<String> ids(AuditFilter filter) {
        return entries(filter, 100).stream().map(AuditEntry::id).toList();
    }

    private List<AuditEntry> entries(AuditFilter filter, int limit) {
        return AllPages.of(request -> store().query(filter, request), limit);
    }
}
