// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.delegation;

import static java.util.Objects.requireNonNull;

import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.id.Ulid;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Grants rights to other agents by signed tokens, tells whether a token that somebody presents may be used, counts its uses and takes
 * grants back: the rules that a server keeps at its routes and for the tasks that come with tokens, without a server.
 *
 * <pre>{@code
 * Delegations delegations = Delegations.builder(storage.delegations()).keys(directory::publicKeyOf).build();
 *
 * SignedDelegation granted = delegations.create(boss, bossKey, DelegationTerms.of(worker, List.of("task.execute")).limitedTo(5));
 * DelegationVerdict verdict = delegations.use(token, "task.execute", worker);
 * }</pre>
 *
 * <p>Whoever shares the store shares what was issued, revoked and counted. Thread-safe; holds nothing but its options. Calls block as long
 * as the store and the function for keys do. Failures of the store are {@link dev.asap.storage.StorageException}s; what a token holds
 * never makes a call throw.
 */
public final class Delegations {
    /** The most delegations that may stand above one another. */
    public static final int MAX_DEPTH = DelegationChain.MAX_DEPTH;

    /** The longest token that is issued or accepted, in characters. */
    public static final int MAX_TOKEN_LENGTH = DelegationJwt.MAX_LENGTH;

    /** What is done about the uses of a token that may be used but for their number. */
    private enum Counting {
        LOOK,
        TAKE,
        PASS
    }

    private final DelegationStore store;
    private final Function<String, Optional<Ed25519PublicKey>> keys;
    private final @Nullable Set<String> delegators;
    private final boolean compatible;
    private final Duration leeway;
    private final String algorithm;
    private final InstantSource clock;
    private final Supplier<String> ids;

    private Delegations(Builder builder) {
        this.store = builder.store;
        this.keys = builder.keys;
        this.delegators = builder.delegators;
        this.compatible = builder.compatible;
        this.leeway = builder.leeway;
        this.algorithm = builder.algorithm;
        this.clock = builder.clock;
        this.ids = builder.ids;
    }

    /** Starts with a store; the options that are not set have defaults. */
    public static Builder builder(DelegationStore store) {
        return new Builder(requireNonNull(store, "store"));
    }

    // ---- Granting

    /**
     * Issues a delegation: registers it in the store and signs its token. With a parent, the delegator must hold it, it must still stand,
     * and the terms must not go beyond it: no scope that it lacks, no later end, no larger number of tasks. A parent that is given by its
     * token is verified as {@link #validate} does.
     *
     * @param delegator who grants; customarily a URN, not checked
     * @param key the delegator's key
     * @throws DelegationRefusedException if the parent does not allow it; nothing is issued then
     * @throws ValidationException if the delegator's name or the id is no text of 1 to {@value IssuedDelegation#MAX_ID_LENGTH} characters,
     *     or the scopes are too many for a token of {@link #MAX_TOKEN_LENGTH} characters
     */
    public SignedDelegation create(String delegator, Ed25519PrivateKey key, DelegationTerms terms) {
        Checks.of("Delegation")
                .rule("delegator", !delegator.isBlank(), "must name an agent")
                .done();
        Instant now = clock.instant();
        Parent parent = parent(delegator, terms, now);
        Instant expiresAt = end(terms, parent, now);
        IssuedDelegation delegation = delegation(delegator, terms, parent, now, expiresAt);
        if (parent != null) {
            requireWithin(parent, delegation);
        }
        String token = DelegationJwt.sign(delegation, terms.delegate(), expiresAt, algorithm, key);
        Checks.of("Delegation")
                .rule(
                        "scopes",
                        token.length() <= MAX_TOKEN_LENGTH,
                        "must fit into a token of " + MAX_TOKEN_LENGTH + " characters")
                .done();
        store.register(delegation);
        if (parent != null && store.isRevoked(parent.id())) {
            // Revoked between the look at it and the registration: that cascade may have missed this one.
            store.revokeCascade(delegation.id(), null);
            throw new DelegationRefusedException(DelegationRefusal.REVOKED);
        }
        return new SignedDelegation(delegation, token);
    }

    /** What a delegation is issued on the strength of. */
    private record Parent(String id, DelegationBounds bounds) {}

    private @Nullable Parent parent(String delegator, DelegationTerms terms, Instant now) {
        Parent parent;
        if (terms.parentToken() != null) {
            Proven proven = verify(terms.parentToken(), now);
            DelegationChain.require(store, proven.id(), proven.delegator(), proven.bounds(), proven.parentId());
            if (proven.id() == null) {
                throw DelegationJwt.malformed("it has no usable 'jti'");
            }
            parent = new Parent(proven.id(), proven.bounds());
        } else if (terms.parentId() != null) {
            IssuedDelegation issued = store.get(terms.parentId())
                    .orElseThrow(() -> new DelegationRefusedException(DelegationRefusal.UNKNOWN));
            parent = new Parent(issued.id(), DelegationBounds.of(issued));
        } else {
            return null;
        }
        if (!delegator.equals(parent.bounds().holder())) {
            throw new DelegationRefusedException(DelegationRefusal.NOT_THE_HOLDER);
        }
        Instant end = parent.bounds().end();
        if (end != null && !now.isBefore(end)) {
            throw new DelegationRefusedException(DelegationRefusal.EXPIRED);
        }
        return parent;
    }

    /** As tokens have it, in whole seconds. */
    private static Instant end(DelegationTerms terms, @Nullable Parent parent, Instant now) {
        Instant begin = now.truncatedTo(ChronoUnit.SECONDS);
        if (terms.lifetime() != null) {
            return begin.plus(terms.lifetime());
        }
        Instant end = begin.plus(DelegationTerms.DEFAULT_LIFETIME);
        Instant last = parent == null ? null : parent.bounds().end();
        return last != null && last.isBefore(end) ? last.truncatedTo(ChronoUnit.SECONDS) : end;
    }

    private IssuedDelegation delegation(
            String delegator, DelegationTerms terms, @Nullable Parent parent, Instant now, Instant expiresAt) {
        IssuedDelegation delegation = IssuedDelegation.of(ids.get(), delegator, terms.delegate(), now)
                .withScopes(terms.scopes())
                .expiringAt(expiresAt);
        if (terms.maxTasks() != null) {
            delegation = delegation.limitedTo(terms.maxTasks());
        }
        return parent == null ? delegation : delegation.withParent(parent.id());
    }

    private void requireWithin(Parent parent, IssuedDelegation child) {
        DelegationBounds bounds = DelegationBounds.of(child);
        DelegationChain.require(store, child.id(), child.delegator(), bounds, child.parentId());
        if (!parent.bounds().cover(child.delegator(), bounds)) {
            throw new DelegationRefusedException(DelegationRefusal.MORE_THAN_PARENT);
        }
    }

    // ---- Judging

    /**
     * Tells whether a token may be used, without using it. Looks, in this order, at its form, its delegator, the delegator's key, the
     * signature, its end, who presents it, its scopes, whether it or one above it was revoked, whether it stays within the ones above it,
     * and how often it was used. What stands above it is looked at as far as the store knows it. Costs a signature to verify and some
     * reads: one for revocations, one for the uses if they are limited, and one for each delegation above it.
     *
     * @param token what was presented; may be anything
     * @param action what is to be done, as in {@code task.execute}
     * @param presenter the agent that presents it, whose name was proved in another way
     */
    public DelegationVerdict validate(String token, String action, String presenter) {
        return judge(token, action, presenter, Counting.LOOK);
    }

    /**
     * Uses a token if it may be used. As {@link #validate}, and a token with a limit is counted in one step with the look at its limit:
     * however many ask at once, no more of them get {@link DelegationVerdict.Valid} than the token allows. A token without a limit is
     * not counted; neither are those above it.
     */
    public DelegationVerdict use(String token, String action, String presenter) {
        return judge(token, action, presenter, Counting.TAKE);
    }

    /**
     * Tells whether what a token was used for may be repeated: the first answer given again, for one. As {@link #validate}, but it does
     * not matter that the token was used as often as it may be.
     */
    public DelegationVerdict validateRepeated(String token, String action, String presenter) {
        return judge(token, action, presenter, Counting.PASS);
    }

    private DelegationVerdict judge(String token, String action, String presenter, Counting counting) {
        requireNonNull(action, "action");
        requireNonNull(presenter, "presenter");
        try {
            Proven proven = verify(requireNonNull(token, "token"), clock.instant());
            DelegationBounds bounds = proven.bounds();
            if (!compatible && !presenter.equals(bounds.holder())) {
                throw new DelegationRefusedException(DelegationRefusal.OTHER_PRESENTER);
            }
            if (!bounds.allow(action)) {
                throw new DelegationRefusedException(DelegationRefusal.SCOPE_MISSING);
            }
            DelegationChain.require(store, proven.id(), proven.delegator(), bounds, proven.parentId());
            Long remaining = count(proven.id(), bounds.maxTasks(), counting);
            return new DelegationVerdict.Valid(
                    proven.delegator(),
                    bounds.holder() == null ? "" : bounds.holder(),
                    proven.id(),
                    bounds.scopes() == null ? List.of() : bounds.scopes(),
                    bounds.end(),
                    remaining);
        } catch (DelegationRefusedException e) {
            return new DelegationVerdict.Refused(e.reason(), String.valueOf(e.getMessage()));
        }
    }

    /** A token whose signature holds and whose time is not over. */
    private record Proven(
            String delegator, @Nullable String id, @Nullable String parentId, DelegationBounds bounds) {}

    private Proven verify(String text, Instant now) {
        DelegationJwt token = DelegationJwt.parse(text);
        String delegator = token.delegator();
        if (delegators != null && !delegators.contains(delegator)) {
            throw new DelegationRefusedException(DelegationRefusal.DELEGATOR_NOT_ALLOWED);
        }
        if (!token.isSignedBy(keyOf(delegator))) {
            throw new DelegationRefusedException(DelegationRefusal.SIGNATURE_INVALID);
        }
        String id = token.id();
        if (id == null && !compatible) {
            throw DelegationJwt.malformed("it has no usable 'jti'");
        }
        Instant end = end(token.expiry());
        if (end != null && !now.isBefore(end.plus(leeway))) {
            throw new DelegationRefusedException(DelegationRefusal.EXPIRED);
        }
        DelegationBounds bounds = new DelegationBounds(token.delegate(), token.scopes(), end, token.maxTasks());
        return new Proven(delegator, id, token.parentId(), bounds);
    }

    private Ed25519PublicKey keyOf(String delegator) {
        try {
            return keys.apply(delegator)
                    .orElseThrow(() -> new DelegationRefusedException(DelegationRefusal.KEY_NOT_FOUND));
        } catch (IllegalArgumentException | ValidationException e) {
            // A name that is none for whoever knows the keys: the token's fault.
            throw new DelegationRefusedException(DelegationRefusal.KEY_NOT_FOUND);
        }
    }

    private @Nullable Instant end(@Nullable Double seconds) {
        if (compatible && (seconds == null || seconds <= 0)) {
            return null;
        } else if (seconds == null) {
            throw DelegationJwt.malformed("it must have an end, its claim 'exp'");
        }
        return Instant.ofEpochMilli((long) (seconds * 1000));
    }

    private @Nullable Long count(@Nullable String id, @Nullable Long maxTasks, Counting counting) {
        if (id == null || maxTasks == null) {
            return null;
        }
        if (counting == Counting.TAKE && !store.tryUse(id, maxTasks)) {
            throw new DelegationRefusedException(DelegationRefusal.LIMIT_REACHED);
        }
        long left = Math.max(0, maxTasks - store.uses(id));
        if (counting == Counting.LOOK && left == 0) {
            throw new DelegationRefusedException(DelegationRefusal.LIMIT_REACHED);
        }
        return left;
    }

    // ---- Looking and taking back

    /**
     * Delegations, the newest first, by pages; as {@link DelegationStore#list}.
     *
     * @param filter which
     * @param request which page
     */
    public Page<IssuedDelegation> list(DelegationFilter filter, PageRequest request) {
        return store.list(filter, request);
    }

    /** A delegation that is registered, whoever asks; empty where there is none. */
    public Optional<IssuedDelegation> find(String id) {
        return store.get(id);
    }

    /**
     * A delegation for one of its parties.
     *
     * @param viewer who asks
     * @throws DelegationRefusedException if there is none, or the viewer neither issued nor holds it
     */
    public IssuedDelegation showTo(String viewer, String id) {
        IssuedDelegation delegation =
                store.get(id).orElseThrow(() -> new DelegationRefusedException(DelegationRefusal.UNKNOWN));
        if (!viewer.equals(delegation.delegator()) && !viewer.equals(delegation.delegate())) {
            throw new DelegationRefusedException(DelegationRefusal.NOT_A_PARTY);
        }
        return delegation;
    }

    /**
     * Revokes a delegation in the name of whoever issued it, with all that was issued on its strength; see {@link #revoke}.
     *
     * @param delegator who asks
     * @throws DelegationRefusedException if there is none, or somebody else issued it
     */
    public List<String> revokeBy(String delegator, String id, @Nullable String reason) {
        IssuedDelegation delegation = store.get(id)
                .orElseThrow(() -> new DelegationRefusedException(
                        DelegationRefusal.UNKNOWN, "Delegation token not found or not issued via this server"));
        if (!delegator.equals(delegation.delegator())) {
            throw new DelegationRefusedException(DelegationRefusal.NOT_THE_DELEGATOR);
        }
        return revoke(id, reason);
    }

    /**
     * Revokes a delegation, be it registered or not, with all that was issued on its strength, whoever asks: for operators. Goes from token
     * to token where a delegation names its parent, and by its delegate's name only to those that name none. The first revocation counts.
     *
     * @param reason why, for people, or null
     * @return what was not revoked before, this delegation first
     * @throws IllegalArgumentException if the id or the reason is no text that a store can keep
     */
    public List<String> revoke(String id, @Nullable String reason) {
        return store.revokeCascade(id, reason);
    }

    /** Options of {@link Delegations}. Not thread-safe. */
    public static final class Builder {
        /** The most that clocks may differ. */
        private static final Duration MAX_LEEWAY = Duration.ofMinutes(5);

        private final DelegationStore store;
        private Function<String, Optional<Ed25519PublicKey>> keys = delegator -> Optional.empty();
        private @Nullable Set<String> delegators;
        private boolean compatible;
        private Duration leeway = Duration.ZERO;
        private String algorithm = "Ed25519";
        private InstantSource clock = InstantSource.system();
        private Supplier<String> ids = () -> Ulid.next("del_");

        private Builder(DelegationStore store) {
            this.store = store;
        }

        /**
         * Gives the keys of delegators, by their URNs; nobody has one unless set, which does for issuing. May block. Where it throws an
         * {@link IllegalArgumentException} or a {@link ValidationException}, there is no key; other failures reach the caller.
         */
        public Builder keys(Function<String, Optional<Ed25519PublicKey>> value) {
            keys = requireNonNull(value, "keys");
            return this;
        }

        /** Accepts the tokens of these delegators only, by their URNs; of everyone who has a key, unless set. */
        public Builder delegators(Set<String> value) {
            delegators = Set.copyOf(value);
            return this;
        }

        /**
         * Whether tokens are judged as the protocol's first implementation does: they need have neither an end nor an id, without which
         * they can be neither revoked nor counted, and may be presented by anybody. Off unless set.
         */
        public Builder compatible(boolean value) {
            compatible = value;
            return this;
        }

        /**
         * How long after its end a token is still accepted, for clocks that differ; not at all, unless set.
         *
         * @throws IllegalArgumentException if it is negative or more than 5 minutes
         */
        public Builder leeway(Duration value) {
            if (value.isNegative() || value.compareTo(MAX_LEEWAY) > 0) {
                throw new IllegalArgumentException("leeway must be 0 to 5 minutes, got " + value);
            }
            leeway = value;
            return this;
        }

        /**
         * The name of the signature in tokens that are issued: {@code Ed25519} unless set, or {@code EdDSA} for peers before 1.4. Both are
         * accepted.
         *
         * @throws IllegalArgumentException if it is neither
         */
        public Builder algorithm(String value) {
            if (!DelegationJwt.ALGORITHMS.contains(value)) {
                throw new IllegalArgumentException("algorithm must be 'Ed25519' or 'EdDSA', got '" + value + "'");
            }
            algorithm = value;
            return this;
        }

        /** Gives the time; the system's clock unless set. */
        public Builder clock(InstantSource value) {
            clock = requireNonNull(value, "clock");
            return this;
        }

        /** Gives the ids of new tokens, each another; {@code del_} and a ULID unless set. */
        public Builder ids(Supplier<String> value) {
            ids = requireNonNull(value, "ids");
            return this;
        }

        /** The delegations. */
        public Delegations build() {
            return new Delegations(this);
        }
    }
}
