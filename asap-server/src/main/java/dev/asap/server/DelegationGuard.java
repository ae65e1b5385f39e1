// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.delegation.DelegationStore;
import dev.asap.economics.delegation.Delegations;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which delegation tokens a server accepts with tasks, in the header {@value #HEADER}. Immutable: each {@code with…} gives a copy.
 *
 * <pre>{@code
 * DelegationGuard.of(directory::publicKeyOf).withRequired(true)
 * }</pre>
 *
 * <p>A token must be signed by its delegator, issued to the message's sender, neither over nor revoked, and allow what is asked for:
 * the scope {@code task.execute} to request a task, {@code task.cancel} to cancel one, or {@code *}. Each task that it is used for
 * counts against its {@code max_tasks}, in the server's storage, so that servers that share a storage share the count; a repeated task
 * that gets its first answer again does not count, but needs a token that still stands. A token that names its parent ({@code prn}) is
 * worth nothing once the parent is revoked, and allows no more than the parent, where that is known in the storage. The rules are those
 * of {@link Delegations}, for use without a server.
 */
public final class DelegationGuard {
    /** The header that carries the token. */
    public static final String HEADER = "X-ASAP-Delegation-Token";

    private final Function<String, Optional<Ed25519PublicKey>> keys;
    private final boolean required;
    private final @Nullable Set<String> delegators;

    private DelegationGuard(
            Function<String, Optional<Ed25519PublicKey>> keys, boolean required, @Nullable Set<String> delegators) {
        this.keys = keys;
        this.required = required;
        this.delegators = delegators;
    }

    /**
     * Checks the tokens that come with tasks; tasks without one are done as ever.
     *
     * @param keys gives the key of a delegator by its URN, empty where there is none; may block; see {@link Delegations.Builder#keys}
     */
    public static DelegationGuard of(Function<String, Optional<Ed25519PublicKey>> keys) {
        return new DelegationGuard(keys, false, null);
    }

    /** The same, and tasks without a token are refused, or not. */
    public DelegationGuard withRequired(boolean value) {
        return new DelegationGuard(keys, value, delegators);
    }

    /** The same for tokens of these delegators only, by their URNs; of everyone who has a key, unless set. */
    public DelegationGuard withDelegators(Set<String> value) {
        return new DelegationGuard(keys, required, Set.copyOf(value));
    }

    boolean isRequired() {
        return required;
    }

    /** The rules for the tokens that are accepted, over a store. */
    Delegations delegations(DelegationStore store, InstantSource clock) {
        Delegations.Builder builder = Delegations.builder(store).keys(keys).clock(clock);
        return (delegators == null ? builder : builder.delegators(delegators)).build();
    }
}
