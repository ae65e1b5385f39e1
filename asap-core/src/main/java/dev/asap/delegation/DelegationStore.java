// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.delegation;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which delegations were issued and revoked, and how often they were used. It knows nothing of signatures: what it is told, it
 * believes.
 *
 * <p>Implementations are thread-safe. A call that returns has happened, and is seen by every later call of whoever uses the same
 * storage; each call is atomic. Ids are compared as they are. An id that is no Unicode text or longer than {@value
 * IssuedDelegation#MAX_ID_LENGTH} characters is refused where it would be kept, and unknown where it is asked for. Failures of the
 * medium are {@link dev.asap.storage.StorageException}s.
 *
 * <p>Prove a store of one's own by extending the contract suite {@code DelegationStoreContract} of the module {@code asap-testkit}.
 */
public interface DelegationStore {
    /**
     * Keeps that a delegation was issued, in place of what was registered under its id before. What was revoked stays so, and uses
     * stay counted.
     *
     * @throws IllegalArgumentException if it is revoked: register it, then {@link #revoke} it
     */
    void register(IssuedDelegation delegation);

    /** A delegation that was registered; empty for others, also when they were revoked. */
    Optional<IssuedDelegation> get(String id);

    /**
     * Delegations, the newest first and those of one moment by their ids from behind, by pages; with their exact total. The
     * filter's {@code activeAt} has to be the same for all pages of a list.
     */
    Page<IssuedDelegation> list(DelegationFilter filter, PageRequest request);

    /**
     * Counts a use if there were fewer than {@code maxTasks}, in one step: however many ask at once, no more than that many get
     * {@code true}. Neither revocation nor expiry is looked at, and the delegation need not be registered.
     *
     * @return whether the use is granted
     * @throws IllegalArgumentException if {@code maxTasks} is negative
     */
    boolean tryUse(String id, long maxTasks);

    /** How many uses were counted. */
    long uses(String id);

    /**
     * Revokes one delegation, be it registered or not. The first revocation counts: its time and reason stay.
     *
     * @param reason why, for people; Unicode text, may be null
     * @return whether it was not revoked before
     */
    boolean revoke(String id, @Nullable String reason);

    /**
     * Revokes a delegation and everything that was issued on its strength, however deep: the delegations that name it as their
     * parent, those without a known parent that its delegate issued, and so on from each of them. Goes through what is revoked
     * already. All or nothing.
     *
     * @param reason why, for people; Unicode text, may be null
     * @return what was not revoked before: the delegation itself first, the others in the order of their ids by code points
     */
    List<String> revokeCascade(String id, @Nullable String reason);

    /** Whether a delegation was revoked. */
    boolean isRevoked(String id);

    /** Whether each of some delegations was revoked, all at one moment; in the order in which they are asked for. */
    Map<String, Boolean> areRevoked(Collection<String> ids);

    /**
     * Forgets the delegations that are expired at a time, and their uses, not their revocations. Nobody calls it by itself. A
     * cascade does not go through what is forgotten: keep what expired for as long as what was issued on its strength may live.
     *
     * @return how many were forgotten
     */
    long purgeExpired(Instant time);
}
