// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link DelegationStore} has to do. Extend it, say how to make a store, and each test is one clause of the contract.
 *
 * <pre>{@code
 * class MyDelegationStoreTest extends DelegationStoreContract {
 *     @Override
 *     protected DelegationStore createStore(InstantSource clock) {
 *         return new MyDelegationStore(clock);
 *     }
 * }
 * }</pre>
 *
 * <p>Override {@link #closeStore} where a store holds something, and {@link #reopen} where it outlives its process. Not
 * thread-safe: JUnit makes an instance for each test.
 */
public abstract class DelegationStoreContract {
    private static final int THREADS = 8;
    private static final Instant TIME = Instant.parse("2026-03-01T08:15:30.250001Z");
    private static final String BOSS = "urn:asap:agent:boss";
    private static final String WORKER = "urn:asap:agent:worker";
    private static final String HELPER = "urn:asap:agent:helper";

    /** U+FFFD comes before U+1F600 by code points, behind it by {@code String.compareTo}. */
    private static final String LAST_OF_16_BITS = "del_\uFFFD";

    private static final String BEYOND_16_BITS = "del_\uD83D\uDE00";

    private final SettableClock clock = SettableClock.at(TIME);
    private @Nullable DelegationStore store;

    /** For subclasses. */
    protected DelegationStoreContract() {}

    /**
     * Makes an empty store; called once for each test.
     *
     * @param clock what tells the store when something is revoked
     */
    protected abstract DelegationStore createStore(InstantSource clock);

    /** Ends a store that {@link #createStore} or {@link #reopen} made. Does nothing by default. */
    protected void closeStore(DelegationStore store) {}

    /**
     * Opens anew what {@code closed} kept, after {@link #closeStore} has ended it. Empty by default, for stores that keep
     * nothing beyond their end: the clauses about it are then skipped.
     */
    protected Optional<DelegationStore> reopen(DelegationStore closed, InstantSource clock) {
        return Optional.empty();
    }

    @BeforeEach
    void openStore() {
        store = createStore(clock);
    }

    @AfterEach
    void endStore() {
        if (store != null) {
            closeStore(store);
        }
    }

    private DelegationStore store() {
        if (store == null) {
            throw new IllegalStateException("createStore() gave null");
        }
        return store;
    }

    private static IssuedDelegation delegation(String id, String delegator, @Nullable String delegate) {
        return IssuedDelegation.of(id, delegator, delegate, TIME);
    }

    private IssuedDelegation registered(IssuedDelegation delegation) {
        store().register(delegation);
        return delegation;
    }

    // Issuing.

    @Test
    void del_01_emptyStoreHasNothing() {
        assertThat(store().get("del_1")).isEmpty();
        assertThat(store().uses("del_1")).isZero();
        assertThat(store().isRevoked("del_1")).isFalse();
        assertThat(store().list(DelegationFilter.issuedBy(BOSS), PageRequest.first()))
                .isEqualTo(Page.empty());
        assertThat(store().list(DelegationFilter.heldBy(WORKER).activeAt(TIME), PageRequest.first()))
                .isEqualTo(Page.empty());
        assertThat(store().purgeExpired(TIME)).isZero();
    }

    @Test
    void del_02_registeredIsReadBackWhole() {
        IssuedDelegation whole = registered(delegation("del_1", BOSS, WORKER)
                .withParent("del_0")
                .withScopes(List.of("task.execute", "däta \"x\""))
                .limitedTo(5)
                .expiringAt(TIME.plusSeconds(60)));
        IssuedDelegation bare = registered(delegation("del_2", BOSS, null));
        assertThat(store().get("del_1")).contains(whole);
        assertThat(store().get("del_2")).contains(bare);
    }

    @Test
    void del_03_registeringAgainReplacesAllButRevocationAndUses() {
        registered(
                delegation("del_1", BOSS, WORKER).withParent("p").limitedTo(5).expiringAt(TIME.plusSeconds(60)));
        store().tryUse("del_1", 5);
        store().revoke("del_1", "why");
        IssuedDelegation again = registered(
                IssuedDelegation.of("del_1", HELPER, BOSS, TIME.plusSeconds(1)).withScopes(List.of("*")));
        assertThat(store().get("del_1")).contains(again.revokedAt(TIME, "why"));
        assertThat(store().uses("del_1")).isEqualTo(1);
        assertThat(ids(DelegationFilter.issuedBy(BOSS))).isEmpty();
        assertThat(ids(DelegationFilter.heldBy(WORKER))).isEmpty();
        assertThat(ids(DelegationFilter.issuedBy(HELPER))).containsExactly("del_1");
        assertThat(ids(DelegationFilter.heldBy(BOSS))).containsExactly("del_1");
        assertThat(ids(DelegationFilter.issuedBy(HELPER).notRevoked())).isEmpty();
    }

    @Test
    void del_04_revokedIsNotRegistered() {
        IssuedDelegation revoked = delegation("del_1", BOSS, WORKER).revokedAt(TIME, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().register(revoked))
                .withMessageContaining("del_1");
        assertThat(store().get("del_1")).isEmpty();
    }

    @Test
    void del_05_idsMayBeAnyText() {
        List<String> ids = List.of(
                "",
                " ",
                "'; DROP TABLE revocations; --",
                "tab\tand\nline",
                "nul\u0000nul",
                "e\u0301",
                "\u00e9",
                BEYOND_16_BITS,
                "x".repeat(IssuedDelegation.MAX_ID_LENGTH));
        for (String id : ids) {
            registered(delegation(id, BOSS, WORKER));
        }
        for (String id : ids) {
            assertThat(store().get(id)).map(IssuedDelegation::id).contains(id);
            assertThat(store().isRevoked(id)).isFalse();
            assertThat(store().revoke(id, null)).isTrue();
            assertThat(store().isRevoked(id)).isTrue();
            assertThat(store().tryUse(id, 1)).isTrue();
            assertThat(store().tryUse(id, 1)).isFalse();
        }
        assertThat(ids(DelegationFilter.issuedBy(BOSS))).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void del_06_idThatCannotBeKeptIsRefusedAndUnknown() {
        for (String id : List.of("\uD83D", "x".repeat(IssuedDelegation.MAX_ID_LENGTH + 1))) {
            assertThatIllegalArgumentException().isThrownBy(() -> store().tryUse(id, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> store().revoke(id, null));
            assertThatIllegalArgumentException().isThrownBy(() -> store().revokeCascade(id, null));
            assertThat(store().get(id)).isEmpty();
            assertThat(store().uses(id)).isZero();
            assertThat(store().isRevoked(id)).isFalse();
            assertThat(ids(DelegationFilter.issuedBy(id))).isEmpty();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> store().revoke("del_1", "\uD83D"));
        assertThatIllegalArgumentException().isThrownBy(() -> store().revokeCascade("del_1", "\uD83D"));
        assertThat(store().isRevoked("del_1")).isFalse();
    }

    @Test
    void del_07_timesKeepMicroseconds() {
        for (String time :
                List.of("0001-01-01T00:00:00.000001Z", "2026-03-01T08:15:30Z", "9999-12-31T23:59:59.999999Z")) {
            IssuedDelegation each = registered(
                    IssuedDelegation.of(time, BOSS, WORKER, Instant.parse(time)).expiringAt(Instant.parse(time)));
            assertThat(store().get(time)).contains(each);
        }
    }

    // Revoking.

    @Test
    void del_10_firstRevocationIsKept() {
        registered(delegation("del_1", BOSS, WORKER));
        assertThat(store().revoke("del_1", "lost")).isTrue();
        clock.advance(Duration.ofSeconds(5));
        assertThat(store().revoke("del_1", "other")).isFalse();
        assertThat(store().revokeCascade("del_1", "third")).isEmpty();
        assertThat(store().get("del_1"))
                .contains(delegation("del_1", BOSS, WORKER).revokedAt(TIME, "lost"));
    }

    @Test
    void del_11_unknownIdCanBeRevoked() {
        assertThat(store().revoke("del_1", null)).isTrue();
        assertThat(store().revokeCascade("del_2", null)).containsExactly("del_2");
        assertThat(store().isRevoked("del_1")).isTrue();
        assertThat(store().isRevoked("del_2")).isTrue();
        assertThat(store().get("del_1")).isEmpty();
        registered(delegation("del_1", BOSS, WORKER));
        assertThat(store().get("del_1")).map(IssuedDelegation::revokedAt).contains(TIME);
        assertThat(ids(DelegationFilter.issuedBy(BOSS).notRevoked())).isEmpty();
        assertThat(ids(DelegationFilter.issuedBy(BOSS))).containsExactly("del_1");
    }

    @Test
    void del_12_revokingOneLeavesTheOthers() {
        registered(delegation("del_1", BOSS, WORKER));
        registered(delegation("del_2", WORKER, HELPER).withParent("del_1"));
        store().revoke("del_1", null);
        assertThat(store().isRevoked("del_2")).isFalse();
    }

    @Test
    void del_13_areRevokedAnswersEachInTheirOrder() {
        assertThat(store().areRevoked(List.of())).isEmpty();
        store().revoke("b", null);
        store().revoke("c", null);
        assertThat(store().areRevoked(List.of("c", "a", "b", "a")))
                .containsExactly(Map.entry("c", true), Map.entry("a", false), Map.entry("b", true));
        assertThat(store().areRevoked(List.of("\uD83D", "b")))
                .containsEntry("\uD83D", false)
                .containsEntry("b", true);
    }

    @Test
    void del_14_areRevokedTakesMany() {
        List<String> ids = IntStream.range(0, 1203).mapToObj(i -> "del_" + i).toList();
        for (int i = 0; i < ids.size(); i += 3) {
            store().revoke(ids.get(i), null);
        }
        for (int count : new int[] {1, 19, 20, 21, 499, 500, 501, 1000, 1001, 1203}) {
            var answers = store().areRevoked(ids.subList(0, count));
            assertThat(answers.keySet()).containsExactlyElementsOf(ids.subList(0, count));
            assertThat(answers.values().stream().filter(revoked -> revoked)).hasSize((count + 2) / 3);
            assertThat(answers.get("del_0")).isTrue();
        }
    }

    // Cascades.

    @Test
    void del_20_cascadeFollowsParents() {
        registered(delegation("a", BOSS, WORKER));
        registered(delegation("b", WORKER, HELPER).withParent("a"));
        registered(delegation("c", HELPER, "urn:asap:agent:last").withParent("b"));
        registered(delegation("d", BOSS, "urn:asap:agent:other"));
        assertThat(store().revokeCascade("a", "theft")).containsExactly("a", "b", "c");
        assertThat(store().get("c")).map(IssuedDelegation::revocationReason).contains("theft");
        assertThat(store().isRevoked("d")).isFalse();
    }

    @Test
    void del_21_cascadeFollowsIssuersWhereNoParentIsKnown() {
        registered(delegation("z", BOSS, WORKER));
        registered(delegation("b", WORKER, HELPER));
        registered(delegation("a", WORKER, HELPER));
        registered(delegation("c", HELPER, null));
        assertThat(store().revokeCascade("z", null)).containsExactly("z", "a", "b", "c");
    }

    @Test
    void del_22_cascadeSparesWhatHasAnotherParent() {
        registered(delegation("a", BOSS, WORKER));
        registered(delegation("other", "urn:asap:agent:friend", WORKER));
        registered(delegation("b", WORKER, HELPER).withParent("a"));
        registered(delegation("spared", WORKER, HELPER).withParent("other"));
        assertThat(store().revokeCascade("a", null)).containsExactly("a", "b");
        assertThat(store().isRevoked("spared")).isFalse();
    }

    @Test
    void del_23_cascadeEndsInCycles() {
        registered(delegation("a", BOSS, WORKER));
        registered(delegation("b", WORKER, BOSS));
        registered(delegation("self", WORKER, WORKER));
        registered(delegation("p", "x", "y").withParent("q"));
        registered(delegation("q", "y", "x").withParent("p"));
        registered(delegation("own", "o", "o2").withParent("own"));
        assertThat(store().revokeCascade("a", null)).containsExactly("a", "b", "self");
        assertThat(store().revokeCascade("q", null)).containsExactly("q", "p");
        assertThat(store().revokeCascade("own", null)).containsExactly("own");
    }

    @Test
    void del_24_cascadeHasNoDepthLimit() {
        int depth = 300;
        for (int i = 0; i < depth; i++) {
            IssuedDelegation each = delegation("del_%03d".formatted(i), "agent" + i, "agent" + (i + 1));
            registered(i > 0 && i % 2 == 0 ? each.withParent("del_%03d".formatted(i - 1)) : each);
        }
        assertThat(store().revokeCascade("del_000", null)).hasSize(depth).isSorted();
        assertThat(store().isRevoked("del_299")).isTrue();
    }

    @Test
    void del_25_cascadeGoesThroughWhatIsRevokedAndReturnsWhatIsNew() {
        registered(delegation("a", BOSS, WORKER));
        registered(delegation("b", WORKER, HELPER).withParent("a"));
        registered(delegation("c", HELPER, null).withParent("b"));
        store().revoke("b", "earlier");
        assertThat(store().revokeCascade("a", "now")).containsExactly("a", "c");
        assertThat(store().get("b")).map(IssuedDelegation::revocationReason).contains("earlier");
        assertThat(store().revokeCascade("a", "now")).isEmpty();
        registered(delegation("d", HELPER, null).withParent("c"));
        assertThat(store().revokeCascade("a", "again")).containsExactly("d");
    }

    @Test
    void del_26_cascadeOfAnUnknownIdFollowsParents() {
        registered(delegation("b", WORKER, HELPER).withParent("unknown"));
        assertThat(store().revokeCascade("unknown", null)).containsExactly("unknown", "b");
    }

    @Test
    void del_27_cascadeFromUnknownDelegateEndsThere() {
        registered(delegation("a", BOSS, null));
        registered(delegation("b", "", WORKER));
        assertThat(store().revokeCascade("a", null)).containsExactly("a");
    }

    @Test
    void del_28_cascadeIsOrderedByCodePoints() {
        registered(delegation("a", BOSS, WORKER));
        registered(delegation(BEYOND_16_BITS, WORKER, null));
        registered(delegation(LAST_OF_16_BITS, WORKER, null));
        assertThat(store().revokeCascade("a", null)).containsExactly("a", LAST_OF_16_BITS, BEYOND_16_BITS);
    }

    @Test
    void del_29_manyInBothDirectionsAreRevokedOnce() {
        for (int i = 0; i < 200; i++) {
            registered(delegation("in_%03d".formatted(i), WORKER, HELPER));
            registered(delegation("out_%03d".formatted(i), HELPER, WORKER));
        }
        assertThat(store().revokeCascade("in_000", null)).hasSize(400).doesNotHaveDuplicates();
    }

    // Uses.

    @Test
    void del_30_usesAreGrantedUpToTheLimit() {
        assertThat(IntStream.range(0, 5).mapToObj(i -> store().tryUse("del_1", 3)))
                .containsExactly(true, true, true, false, false);
        assertThat(store().uses("del_1")).isEqualTo(3);
        assertThat(store().uses("del_2")).isZero();
    }

    @Test
    void del_31_noUseIsGrantedOfNone() {
        assertThat(store().tryUse("del_1", 0)).isFalse();
        assertThat(store().uses("del_1")).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store().tryUse("del_1", -1))
                .withMessageContaining("-1");
    }

    @Test
    void del_32_anotherLimitCountsFromThen() {
        assertThat(store().tryUse("del_1", 1)).isTrue();
        assertThat(store().tryUse("del_1", 1)).isFalse();
        assertThat(store().tryUse("del_1", 2)).isTrue();
        assertThat(store().tryUse("del_1", 1)).isFalse();
        assertThat(store().tryUse("del_1", Long.MAX_VALUE)).isTrue();
        assertThat(store().uses("del_1")).isEqualTo(3);
    }

    // Lists.

    @Test
    void del_40_newestFirstThenByIdFromBehind() {
        registered(IssuedDelegation.of("b", BOSS, WORKER, TIME));
        registered(IssuedDelegation.of("c", BOSS, WORKER, TIME.plusNanos(1000)));
        registered(IssuedDelegation.of("a", BOSS, WORKER, TIME.plusSeconds(1)));
        registered(IssuedDelegation.of(BEYOND_16_BITS, BOSS, WORKER, TIME));
        registered(IssuedDelegation.of(LAST_OF_16_BITS, BOSS, WORKER, TIME));
        assertThat(ids(DelegationFilter.issuedBy(BOSS)))
                .containsExactly("a", "c", BEYOND_16_BITS, LAST_OF_16_BITS, "b");
        assertThat(ids(DelegationFilter.heldBy(WORKER)))
                .containsExactly("a", "c", BEYOND_16_BITS, LAST_OF_16_BITS, "b");
    }

    @Test
    void del_41_partiesAreApart() {
        registered(delegation("a", BOSS, WORKER));
        registered(delegation("b", WORKER, BOSS));
        registered(delegation("c", BOSS, null));
        assertThat(ids(DelegationFilter.issuedBy(BOSS))).containsExactly("c", "a");
        assertThat(ids(DelegationFilter.heldBy(BOSS))).containsExactly("b");
        assertThat(ids(DelegationFilter.heldBy(""))).isEmpty();
        assertThat(ids(DelegationFilter.issuedBy("+" + BOSS))).isEmpty();
    }

    @Test
    void del_42_activeIsNeitherRevokedNorExpired() {
        registered(delegation("ends", BOSS, WORKER).expiringAt(TIME.plusSeconds(10)));
        registered(delegation("never", BOSS, WORKER));
        registered(delegation("revoked", BOSS, WORKER).expiringAt(TIME.plusSeconds(10)));
        store().revoke("revoked", null);
        for (DelegationFilter filter : List.of(DelegationFilter.issuedBy(BOSS), DelegationFilter.heldBy(WORKER))) {
            assertThat(ids(filter)).containsExactly("revoked", "never", "ends");
            assertThat(ids(filter.notRevoked())).containsExactly("never", "ends");
            assertThat(ids(filter.activeAt(TIME))).containsExactly("never", "ends");
            assertThat(ids(filter.activeAt(TIME.plusSeconds(10).minusNanos(1000))))
                    .containsExactly("never", "ends");
            assertThat(ids(filter.activeAt(TIME.plusSeconds(10)))).containsExactly("never");
            assertThat(ids(filter.activeAt(Instant.parse("9999-12-31T23:59:59.999999Z"))))
                    .containsExactly("never");
        }
    }

    @Test
    void del_43_pagesLeadThroughAllWithExactTotals() {
        List<String> all = manyDelegations(25);
        for (int limit : new int[] {1, 4, 5, 24, 25, 26}) {
            assertThat(ids(DelegationFilter.issuedBy(BOSS), limit)).isEqualTo(all);
        }
        for (int offset : new int[] {0, 1, 20, 24, 25, 26, 1000}) {
            Page<IssuedDelegation> page = store().list(DelegationFilter.heldBy(WORKER), PageRequest.of(5, offset));
            int from = Math.min(offset, 25);
            int to = Math.min(offset + 5, 25);
            assertThat(page.items()).extracting(IssuedDelegation::id).isEqualTo(all.subList(from, to));
            assertThat(page.total()).isEqualTo(25);
            assertThat(page.hasNext()).as("next at %d", offset).isEqualTo(to < 25);
        }
    }

    @Test
    void del_44_deepOffsetsLeadThroughAll() {
        List<String> all = manyDelegations(2500);
        for (int i = 0; i < 2500; i += 5) {
            store().revoke(all.get(i), null);
        }
        List<String> live = IntStream.range(0, 2500)
                .filter(i -> i % 5 != 0)
                .mapToObj(all::get)
                .toList();
        for (int offset : new int[] {0, 999, 1000, 1001, 1250, 1251, 1999, 2000, 2499, 2500}) {
            requirePage(DelegationFilter.issuedBy(BOSS), all, offset);
            requirePage(DelegationFilter.heldBy(WORKER).activeAt(TIME), live, offset);
        }
    }

    private void requirePage(DelegationFilter filter, List<String> all, int offset) {
        Page<IssuedDelegation> page = store().list(filter, PageRequest.of(100, offset));
        int to = Math.min(offset + 100, all.size());
        assertThat(page.items())
                .as("at %d", offset)
                .extracting(IssuedDelegation::id)
                .isEqualTo(all.subList(Math.min(offset, all.size()), Math.max(to, Math.min(offset, all.size()))));
        assertThat(page.total()).isEqualTo(all.size());
        assertThat(page.hasNext()).isEqualTo(to < all.size());
    }

    @Test
    void del_45_cursorOutlivesItsDelegation() {
        List<String> all = manyDelegations(4);
        DelegationFilter live = DelegationFilter.issuedBy(BOSS).notRevoked();
        Page<IssuedDelegation> page = store().list(live, PageRequest.first(2));
        store().revoke(all.get(0), null);
        store().revoke(all.get(1), null);
        Page<IssuedDelegation> next = store().list(live, page.next(10).orElseThrow());
        assertThat(next.items()).extracting(IssuedDelegation::id).isEqualTo(all.subList(2, 4));
        assertThat(next.total()).isEqualTo(2);
    }

    @Test
    void del_46_foreignCursorIsRefused() {
        registered(delegation("a", BOSS, WORKER));
        for (Cursor cursor : List.of(new Cursor("?"), Cursor.afterKey("a"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store().list(DelegationFilter.issuedBy(BOSS), PageRequest.after(cursor, 1)));
        }
    }

    @Test
    void del_47_totalFollowsEveryChange() {
        DelegationFilter all = DelegationFilter.issuedBy(BOSS);
        DelegationFilter live = all.activeAt(TIME);
        for (int i = 0; i < 600; i++) {
            registered(delegation("del_" + i, BOSS, "agent" + i).expiringAt(TIME.plusSeconds(i)));
        }
        requireTotals(all, 600, live, 599);
        for (int i = 0; i < 300; i++) {
            store().revoke("del_" + i, null);
        }
        requireTotals(all, 600, live, 300);
        requireTotals(all.notRevoked(), 300, all.activeAt(TIME.plusSeconds(450)), 149);
        store().revokeCascade("del_599", null);
        requireTotals(all, 600, live, 299);
        registered(delegation("del_598", HELPER, WORKER));
        requireTotals(all, 599, live, 298);
        assertThat(store().purgeExpired(TIME.plusSeconds(499))).isEqualTo(500);
        requireTotals(all, 99, live, 98);
    }

    private void requireTotals(DelegationFilter first, long total, DelegationFilter second, long other) {
        assertThat(store().list(first, PageRequest.first(1)).total()).isEqualTo(total);
        assertThat(store().list(second, PageRequest.first(1)).total()).isEqualTo(other);
    }

    // Forgetting.

    @Test
    void del_50_purgeForgetsWhatIsExpired() {
        registered(delegation("gone", BOSS, WORKER).expiringAt(TIME));
        registered(delegation("stays", BOSS, WORKER).expiringAt(TIME.plusNanos(1000)));
        registered(delegation("never", BOSS, WORKER));
        store().tryUse("gone", 5);
        store().tryUse("stays", 5);
        store().revoke("gone", null);
        assertThat(store().purgeExpired(TIME)).isEqualTo(1);
        assertThat(store().get("gone")).isEmpty();
        assertThat(store().uses("gone")).isZero();
        assertThat(store().isRevoked("gone")).isTrue();
        assertThat(store().uses("stays")).isEqualTo(1);
        assertThat(ids(DelegationFilter.heldBy(WORKER))).containsExactly("stays", "never");
        assertThat(store().purgeExpired(TIME)).isZero();
    }

    // Many threads.

    @Test
    void del_60_usesNeverExceedTheLimit() throws Exception {
        AtomicInteger granted = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                if (store().tryUse("del_1", 250)) {
                    granted.incrementAndGet();
                }
                assertThat(store().uses("del_1")).isLessThanOrEqualTo(250);
            }
        });
        assertThat(granted).hasValue(250);
        assertThat(store().uses("del_1")).isEqualTo(250);
    }

    @Test
    void del_61_usesOfManyAreCountedApart() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            for (int i = 0; i < 100; i++) {
                store().tryUse("del_" + (i + thread) % 10, Long.MAX_VALUE);
            }
        });
        for (int i = 0; i < 10; i++) {
            assertThat(store().uses("del_" + i)).isEqualTo(10L * THREADS);
        }
    }

    @Test
    void del_62_revocationIsTrueForOneOfMany() throws Exception {
        for (int round = 0; round < 20; round++) {
            String id = "del_" + round;
            registered(delegation(id, BOSS, WORKER));
            AtomicInteger revoked = new AtomicInteger();
            Concurrently.inThreads(THREADS, thread -> {
                if (thread % 2 == 0
                        ? store().revoke(id, null)
                        : !store().revokeCascade(id, null).isEmpty()) {
                    revoked.incrementAndGet();
                }
                assertThat(store().isRevoked(id)).isTrue();
            });
            assertThat(revoked).hasValue(1);
        }
    }

    @Test
    void del_63_changesLeaveListsAndTotalsRight() throws Exception {
        Concurrently.inThreads(THREADS, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 150; i++) {
                String id = "del_" + random.nextInt(40);
                switch (random.nextInt(5)) {
                    case 0 -> store().revoke(id, null);
                    case 1 -> store().tryUse(id, 3);
                    default ->
                        store().register(IssuedDelegation.of(
                                        id, "agent" + random.nextInt(3), "agent" + random.nextInt(3), TIME)
                                .expiringAt(TIME.plusSeconds(random.nextInt(5))));
                }
            }
        });
        List<IssuedDelegation> known = IntStream.range(0, 40)
                .mapToObj(i -> store().get("del_" + i))
                .flatMap(Optional::stream)
                .toList();
        for (int agent = 0; agent < 3; agent++) {
            for (DelegationFilter side :
                    List.of(DelegationFilter.issuedBy("agent" + agent), DelegationFilter.heldBy("agent" + agent))) {
                for (DelegationFilter filter :
                        List.of(side, side.notRevoked(), side.activeAt(TIME), side.activeAt(TIME.plusSeconds(2)))) {
                    Page<IssuedDelegation> page = store().list(filter, PageRequest.first());
                    assertThat(page.items())
                            .containsExactlyInAnyOrderElementsOf(
                                    known.stream().filter(filter::matches).toList());
                    assertThat(page.total()).isEqualTo(page.items().size());
                }
            }
        }
    }

    @Test
    void del_64_pagesUnderWritesNeitherSkipNorRepeat() throws Exception {
        List<String> stable = manyDelegations(60);
        DelegationFilter live = DelegationFilter.issuedBy(BOSS).activeAt(TIME);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger walks = new AtomicInteger();
        Concurrently.inThreads(THREADS, thread -> {
            if (thread < THREADS / 2) {
                for (int i = 0; i < 500 && !done.get(); i++) {
                    String passing = "passing_%d_%d".formatted(thread, i);
                    registered(IssuedDelegation.of(passing, BOSS, WORKER, TIME.plusSeconds(i % 60)));
                    store().revoke(passing, null);
                }
                return;
            }
            try {
                for (int walk = 0; walk < 10; walk++) {
                    List<String> seen = ids(live, 7);
                    assertThat(seen).doesNotHaveDuplicates();
                    Set<String> wanted = new HashSet<>(stable);
                    assertThat(seen.stream().filter(wanted::contains).toList()).isEqualTo(stable);
                }
            } finally {
                if (walks.incrementAndGet() == THREADS / 2) {
                    done.set(true);
                }
            }
        });
        assertThat(ids(live, 7)).isEqualTo(stable);
    }

    // What is missing.

    @Test
    @SuppressWarnings("NullAway") // Null is what is tested.
    void del_80_nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> store().register(null));
        assertThatNullPointerException().isThrownBy(() -> store().get(null));
        assertThatNullPointerException().isThrownBy(() -> store().list(null, PageRequest.first()));
        assertThatNullPointerException().isThrownBy(() -> store().list(DelegationFilter.issuedBy(BOSS), null));
        assertThatNullPointerException().isThrownBy(() -> store().tryUse(null, 1));
        assertThatNullPointerException().isThrownBy(() -> store().uses(null));
        assertThatNullPointerException().isThrownBy(() -> store().revoke(null, null));
        assertThatNullPointerException().isThrownBy(() -> store().revokeCascade(null, null));
        assertThatNullPointerException().isThrownBy(() -> store().isRevoked(null));
        assertThatNullPointerException().isThrownBy(() -> store().areRevoked(null));
        assertThatNullPointerException().isThrownBy(() -> store().purgeExpired(null));
    }

    // Beyond its end, for stores that keep what they have.

    @Test
    void del_90_reopenedStoreHasEverything() {
        IssuedDelegation first =
                registered(delegation("a", BOSS, WORKER).limitedTo(3).withScopes(List.of("*")));
        IssuedDelegation second = registered(delegation("b", BOSS, WORKER).expiringAt(TIME.plusSeconds(1)));
        store().tryUse("a", 3);
        store().revoke("b", "why");
        store().revoke("unknown", null);
        Page<IssuedDelegation> page = store().list(DelegationFilter.issuedBy(BOSS), PageRequest.first(1));

        reopenOrSkip();

        assertThat(store().get("a")).contains(first);
        assertThat(store().get("b")).contains(second.revokedAt(TIME, "why"));
        assertThat(store().isRevoked("unknown")).isTrue();
        assertThat(store().uses("a")).isEqualTo(1);
        assertThat(store().list(DelegationFilter.issuedBy(BOSS), page.next(5).orElseThrow())
                        .items())
                .containsExactly(first);
        assertThat(ids(DelegationFilter.issuedBy(BOSS).activeAt(TIME))).containsExactly("a");
    }

    private void reopenOrSkip() {
        DelegationStore ended = store();
        closeStore(ended);
        store = null;
        Optional<DelegationStore> again = reopen(ended, clock);
        assumeTrue(again.isPresent(), "the store keeps nothing beyond its end");
        store = again.get();
    }

    /** Registers so many from boss to worker, in a shuffled order; returns their ids in the list's order. */
    private List<String> manyDelegations(int count) {
        List<IssuedDelegation> delegations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // Some share a time.
            delegations.add(IssuedDelegation.of("del_%04d".formatted(i), BOSS, WORKER, TIME.plusSeconds(i / 3)));
        }
        List<String> ids =
                new ArrayList<>(delegations.stream().map(IssuedDelegation::id).toList());
        Collections.reverse(ids);
        Collections.shuffle(delegations, new Random(7));
        delegations.forEach(store()::register);
        return ids;
    }

    private List<String> ids(DelegationFilter filter) {
        return ids(filter, 100);
    }

    private List<String> ids(DelegationFilter filter, int limit) {
        return AllPages.of(request -> store().list(filter, request), limit).stream()
                .map(IssuedDelegation::id)
                .toList();
    }
}
