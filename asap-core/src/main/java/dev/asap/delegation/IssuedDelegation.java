// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.delegation;

import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A delegation as a store keeps it: what was issued, and whether it was revoked.
 *
 * <pre>{@code
 * store.register(IssuedDelegation.of("del_1", boss, worker, clock.instant()).expiringAt(tomorrow).limitedTo(5));
 * }</pre>
 *
 * @param id the token's id
 * @param delegator who granted; customarily a URN, not checked
 * @param delegate who was granted, or null where that is not known; an empty text is the same
 * @param parentId the token on whose strength this one was issued, or null where there is none or it is not known
 * @param scopes what was granted; empty where that is not known
 * @param maxTasks the most tasks, or null for no bound
 * @param createdAt when it was issued, in whole microseconds
 * @param expiresAt when it ends, in whole microseconds, or null for never or not known
 * @param revokedAt when it was revoked, or null
 * @param revocationReason why it was revoked, or null
 */
public record IssuedDelegation(
        String id,
        String delegator,
        @Nullable String delegate,
        @Nullable String parentId,
        List<String> scopes,
        @Nullable Long maxTasks,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable String revocationReason) {
    /** The longest id, in characters: so that the place behind any delegation fits into a {@link dev.asap.page.Cursor}. */
    public static final int MAX_ID_LENGTH = 1000;

    /**
     * Checks the rules, copies the scopes and cuts the times to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if the id, the delegator, the scopes or the time of issue is missing, an id or
     *     URN is longer than {@value #MAX_ID_LENGTH} characters or no Unicode text, {@code maxTasks} is negative, or a year is not
     *     1 to 9999
     */
    public IssuedDelegation {
        Checks checks = Checks.of("IssuedDelegation")
                .required("id", id)
                .required("delegator", delegator)
                .required("scopes", scopes)
                .atLeast("max_tasks", maxTasks, 0)
                .required("created_at", createdAt);
        checkText(checks, "id", id);
        checkText(checks, "delegator", delegator);
        checkText(checks, "delegate", delegate);
        checkText(checks, "parent_id", parentId);
        checks.wellFormed("reason", revocationReason);
        if (scopes != null) {
            scopes.forEach(scope -> checks.wellFormed("scopes", scope));
        }
        checkTime(checks, "created_at", createdAt);
        checkTime(checks, "expires_at", expiresAt);
        checkTime(checks, "revoked_at", revokedAt);
        checks.done();
        delegate = delegate == null || delegate.isEmpty() ? null : delegate;
        scopes = List.copyOf(scopes);
        createdAt = WireTime.toPrecision(createdAt);
        expiresAt = expiresAt == null ? null : WireTime.toPrecision(expiresAt);
        revokedAt = revokedAt == null ? null : WireTime.toPrecision(revokedAt);
    }

    /**
     * Checks an id that a store is about to keep; for stores.
     *
     * @return the id
     * @throws IllegalArgumentException if it is longer than {@value #MAX_ID_LENGTH} characters or no Unicode text
     */
    public static String requireId(String id) {
        if (!Checks.isWellFormed(id) || id.codePointCount(0, id.length()) > MAX_ID_LENGTH) {
            throw new IllegalArgumentException("a delegation's id must be Unicode text of at most " + MAX_ID_LENGTH
                    + " characters, got " + id.length() + " characters: '" + Checks.quoted(id) + "'");
        }
        return id;
    }

    private static void checkText(Checks checks, String member, @Nullable String text) {
        checks.wellFormed(member, text).maxLength(member, text, MAX_ID_LENGTH);
    }

    private static void checkTime(Checks checks, String member, @Nullable Instant time) {
        checks.rule(member, time == null || WireTime.isWritable(time), "must be in the years 1 to 9999");
    }

    /** A delegation without bounds, parent and known scopes, not revoked. */
    public static IssuedDelegation of(String id, String delegator, @Nullable String delegate, Instant createdAt) {
        return new IssuedDelegation(id, delegator, delegate, null, List.of(), null, createdAt, null, null, null);
    }

    /** The same, issued on the strength of another token. */
    public IssuedDelegation withParent(String parentId) {
        return new IssuedDelegation(
                id, delegator, delegate, parentId, scopes, maxTasks, createdAt, expiresAt, revokedAt, revocationReason);
    }

    /** The same with these scopes. */
    public IssuedDelegation withScopes(List<String> scopes) {
        return new IssuedDelegation(
                id, delegator, delegate, parentId, scopes, maxTasks, createdAt, expiresAt, revokedAt, revocationReason);
    }

    /** The same for so many tasks at most. */
    public IssuedDelegation limitedTo(long maxTasks) {
        return new IssuedDelegation(
                id, delegator, delegate, parentId, scopes, maxTasks, createdAt, expiresAt, revokedAt, revocationReason);
    }

    /** The same, ending then. */
    public IssuedDelegation expiringAt(Instant expiresAt) {
        return new IssuedDelegation(
                id, delegator, delegate, parentId, scopes, maxTasks, createdAt, expiresAt, revokedAt, revocationReason);
    }

    /** The same, revoked then. */
    public IssuedDelegation revokedAt(Instant revokedAt, @Nullable String reason) {
        return new IssuedDelegation(
                id, delegator, delegate, parentId, scopes, maxTasks, createdAt, expiresAt, revokedAt, reason);
    }

    /** Whether it was revoked. */
    public boolean isRevoked() {
        return revokedAt != null;
    }

    /** Whether it is neither revoked nor, at this time, expired; at {@code expiresAt} itself it is. */
    public boolean isActiveAt(Instant time) {
        return revokedAt == null && (expiresAt == null || time.isBefore(expiresAt));
    }

    /** What a list shows of it. */
    public DelegationSummary summaryAt(Instant time) {
        return new DelegationSummary(id, delegator, delegateOrEmpty(), createdAt, isActiveAt(time), expiresAt);
    }

    /** What is shown of it alone. */
    public DelegationDetail detailAt(Instant time) {
        return new DelegationDetail(
                id, delegator, delegateOrEmpty(), createdAt, isActiveAt(time), revokedAt, expiresAt);
    }

    /** The protocol's answers show a delegate that is not known as an empty text. */
    private String delegateOrEmpty() {
        return delegate == null ? "" : delegate;
    }
}
