// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.crypto.Ed25519PublicKey;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.TaskCancel;
import dev.asap.model.TaskRequest;
import dev.asap.server.http.HttpRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds tasks to the delegation tokens that come with them, after another access has decided about the caller. Thread-safe. */
final class DelegatedTasks implements MessageAccess {
    static final ErrorCode REFUSED = new ErrorCode("asap:delegation/refused", -32058);

    /** A longer chain of delegations is refused: nobody could say whether all of it still stands. */
    static final int MAX_DEPTH = 50;

    private static final Set<String> ALGORITHMS = Set.of("Ed25519", "EdDSA");

    private record Bearer(Caller caller, @Nullable String token) implements Caller {
        @Override
        public String name() {
            return caller.name();
        }
    }

    /** A token that was verified, as far as it is needed here. */
    private record Grant(String id, @Nullable Long maxTasks) {}

    private final MessageAccess first;
    private final DelegationGuard guard;
    private final DelegationStore store;
    private final InstantSource clock;

    DelegatedTasks(MessageAccess first, DelegationGuard guard, DelegationStore store, InstantSource clock) {
        this.first = first;
        this.guard = guard;
        this.store = store;
        this.clock = clock;
    }

    @Override
    public Optional<String> refusal(HttpRequest handshake) {
        return first.refusal(handshake);
    }

    @Override
    public Caller authenticate(HttpRequest request) {
        return new Bearer(first.authenticate(request), request.header(DelegationGuard.HEADER));
    }

    @Override
    public void admit(Caller caller, Envelope envelope) {
        first.admit(of(caller).caller(), envelope);
    }

    /** All of it happens here, when the message is known to be fresh: a replayed one must not use a token up. */
    @Override
    public void use(Caller caller, Envelope envelope) {
        first.use(of(caller).caller(), envelope);
        Grant grant = check(of(caller), envelope);
        if (grant != null && grant.maxTasks() != null && !store.tryUse(grant.id(), grant.maxTasks())) {
            throw refused("Delegation task limit exceeded");
        }
    }

    private static Bearer of(Caller caller) {
        return (Bearer) caller;
    }

    private @Nullable Grant check(Bearer bearer, Envelope envelope) {
        String action = action(envelope.payload());
        if (action == null) {
            return null;
        }
        if (bearer.token() == null) {
            if (guard.isRequired()) {
                throw refused("Delegation token required in the header " + DelegationGuard.HEADER);
            }
            return null;
        }
        return check(bearer.token().strip(), envelope.sender().value(), action);
    }

    private static @Nullable String action(Payload payload) {
        if (payload instanceof TaskRequest) {
            return "task.execute";
        }
        return payload instanceof TaskCancel ? "task.cancel" : null;
    }

    private Grant check(String text, String sender, String action) {
        SignedToken token = SignedToken.parse(text, ALGORITHMS);
        String delegator = token == null ? null : token.text("iss");
        if (token == null || delegator == null) {
            throw refused("Invalid or malformed token");
        }
        if (!guard.mayDelegate(delegator)) {
            throw refused("Delegator not allowed to issue delegations");
        }
        Optional<Ed25519PublicKey> key = guard.keyOf(delegator);
        if (key.isEmpty()) {
            throw refused("Delegator key not found or invalid");
        }
        if (!token.isSignedBy(key.get())) {
            throw refused("Invalid or expired token: its signature does not hold");
        }
        String id = token.text("jti");
        if (id == null || id.length() > IssuedDelegation.MAX_ID_LENGTH) {
            throw refused("Invalid or malformed token: it has no usable 'jti'");
        }
        Instant expiry = checkExpiry(token);
        List<String> audience = token.texts("aud");
        if (audience.isEmpty() || !audience.get(0).equals(sender)) {
            throw refused("Token was issued to another agent than the sender");
        }
        List<String> scopes = token.texts("scp");
        if (!allows(scopes, action)) {
            throw refused("Action not allowed by token scopes");
        }
        checkChain(id, delegator, scopes, expiry, token.text("prn"));
        return new Grant(id, maxTasks(token));
    }

    private Instant checkExpiry(SignedToken token) {
        Double seconds = token.seconds("exp");
        if (seconds == null) {
            throw refused("Invalid or malformed token: it must have an end, its claim 'exp'");
        }
        Instant expiry = Instant.ofEpochMilli((long) (seconds * 1000));
        if (!clock.instant().isBefore(expiry)) {
            throw refused("Token expired");
        }
        return expiry;
    }

    private static boolean allows(List<String> scopes, String action) {
        return scopes.contains("*") || scopes.contains(action);
    }

    /** A token is worth no more than what it was issued on the strength of, and nothing once any of that is revoked. */
    private void checkChain(
            String id, String delegator, List<String> scopes, Instant expiry, @Nullable String parentId) {
        List<String> chain = new ArrayList<>(List.of(id));
        String next = parentId;
        while (next != null) {
            if (chain.size() > MAX_DEPTH) {
                throw refused("Token was delegated more than " + MAX_DEPTH + " times");
            }
            Optional<IssuedDelegation> parent = store.get(next);
            if (chain.size() == 1 && parent.isPresent()) {
                checkAttenuation(parent.get(), delegator, scopes, expiry);
            }
            chain.add(next);
            next = parent.map(IssuedDelegation::parentId).orElse(null);
        }
        if (store.areRevoked(chain).containsValue(true)) {
            throw refused("Token revoked");
        }
    }

    private static void checkAttenuation(
            IssuedDelegation parent, String delegator, List<String> scopes, Instant expiry) {
        boolean held = parent.delegate() == null || parent.delegate().equals(delegator);
        boolean narrower = parent.scopes().isEmpty()
                || parent.scopes().contains("*")
                || parent.scopes().containsAll(scopes);
        boolean shorter = parent.expiresAt() == null || !expiry.isAfter(parent.expiresAt());
        if (!held || !narrower || !shorter) {
            throw refused("Token allows more than the one that it was issued on the strength of");
        }
    }

    private static @Nullable Long maxTasks(SignedToken token) {
        JsonValue constraints = token.claims().find("x-asap-constraints").orElse(null);
        JsonValue max = constraints instanceof JsonObject object
                ? object.find("max_tasks").orElse(null)
                : null;
        boolean unlimited = max == null || max.isNull();
        if (constraints == null || (constraints instanceof JsonObject && unlimited)) {
            return null;
        }
        if (max instanceof JsonNumber number
                && number.isWhole()
                && number.asDouble() >= 0
                && number.asDouble() < 1e15) {
            return (long) number.asDouble();
        }
        throw refused("Invalid or malformed token: its 'max_tasks' must be a whole number, 0 or more");
    }

    private static ProtocolException refused(String reason) {
        return ProtocolException.builder(REFUSED, reason)
                .details(JsonObject.of("reason", reason))
                .build();
    }
}
