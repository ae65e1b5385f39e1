// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import dev.asap.delegation.IssuedDelegation;
import dev.asap.validation.Checks;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be granted, to whom and within which bounds.
 *
 * <pre>{@code
 * DelegationTerms.of("urn:asap:agent:worker", List.of("task.execute")).lasting(Duration.ofHours(2)).limitedTo(5)
 * }</pre>
 *
 * @param delegate who is granted; customarily a URN, not checked
 * @param scopes what is granted, one or more; {@code *} is everything
 * @param lifetime for how long, a second to 365 days, in whole seconds; null for {@link #DEFAULT_LIFETIME}, or until the parent ends
 *     where that is sooner
 * @param maxTasks the most tasks, 0 or more, or null for no bound
 * @param parentId the id of the registered delegation that it is issued on the strength of, or null
 * @param parentToken the token that it is issued on the strength of, or null; never beside {@code parentId}
 */
public record DelegationTerms(
        String delegate,
        List<String> scopes,
        @Nullable Duration lifetime,
        @Nullable Long maxTasks,
        @Nullable String parentId,
        @Nullable String parentToken) {
    /** How long a delegation lasts unless its terms say so. */
    public static final Duration DEFAULT_LIFETIME = Duration.ofDays(1);

    /** How long a delegation may last. */
    public static final Duration MAX_LIFETIME = Duration.ofDays(365);

    /**
     * Checks the rules, copies the scopes and cuts the lifetime to whole seconds.
     *
     * @throws dev.asap.validation.ValidationException if one of them is broken, by the names that the members have on the wire: {@code
     *     delegate}, {@code scopes}, {@code expires_in_seconds}, {@code max_tasks}, {@code parent}
     */
    public DelegationTerms {
        Checks checks = Checks.of("DelegationTerms")
                .required("delegate", delegate)
                .rule("delegate", delegate == null || !delegate.isEmpty(), "must name an agent")
                .wellFormed("delegate", delegate)
                .maxLength("delegate", delegate, IssuedDelegation.MAX_ID_LENGTH)
                .required("scopes", scopes)
                .notEmpty("scopes", scopes)
                .between(
                        "expires_in_seconds",
                        lifetime == null ? null : Long.valueOf(lifetime.toSeconds()),
                        1,
                        MAX_LIFETIME.toSeconds())
                .atLeast("max_tasks", maxTasks, 0)
                .rule(
                        "parent",
                        parentId == null || parentToken == null,
                        "must be given by its id or by its token, not by both");
        if (scopes != null) {
            scopes.forEach(scope -> checks.wellFormed("scopes", scope));
        }
        checks.done();
        scopes = List.copyOf(scopes);
        lifetime = lifetime == null ? null : Duration.ofSeconds(lifetime.toSeconds());
    }

    /** Terms without a bound on tasks and without a parent, for {@link #DEFAULT_LIFETIME}. */
    public static DelegationTerms of(String delegate, List<String> scopes) {
        return new DelegationTerms(delegate, scopes, null, null, null, null);
    }

    /** The same for so long. */
    public DelegationTerms lasting(Duration lifetime) {
        return new DelegationTerms(delegate, scopes, lifetime, maxTasks, parentId, parentToken);
    }

    /** The same for so many tasks at most. */
    public DelegationTerms limitedTo(long maxTasks) {
        return new DelegationTerms(delegate, scopes, lifetime, maxTasks, parentId, parentToken);
    }

    /** The same on the strength of a delegation that is registered under this id. */
    public DelegationTerms onStrengthOf(String parentId) {
        return new DelegationTerms(delegate, scopes, lifetime, maxTasks, parentId, null);
    }

    /** The same on the strength of this token, wherever it was issued. */
    public DelegationTerms onStrengthOfToken(String parentToken) {
        return new DelegationTerms(delegate, scopes, lifetime, maxTasks, null, parentToken);
    }

    /** The terms without the parent's token: whoever has that can use it. */
    @Override
    public String toString() {
        return "DelegationTerms[delegate=" + delegate + ", scopes=" + scopes + ", lifetime=" + lifetime + ", maxTasks="
                + maxTasks + ", parentId=" + parentId + "]";
    }
}
