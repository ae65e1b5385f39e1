// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.delegation.DelegationStore;
import dev.asap.economics.delegation.DelegationVerdict;
import dev.asap.economics.delegation.Delegations;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.TaskCancel;
import dev.asap.model.TaskRequest;
import dev.asap.server.http.HttpRequest;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds tasks to the delegation tokens that come with them, after another access has decided about the caller. Thread-safe. */
final class DelegatedTasks implements MessageAccess {
    /** A task came with a token that does not allow it, or without one: it had no effect. */
    static final class Refusal extends ProtocolException {
        private static final long serialVersionUID = 1L;

        private static final ErrorCode CODE = new ErrorCode("asap:delegation/refused", -32058);

        private Refusal(String reason) {
            super(builder(CODE, reason).details(JsonObject.of("reason", reason)));
        }
    }

    private record Bearer(Caller caller, @Nullable String token) implements Caller {
        @Override
        public String name() {
            return caller.name();
        }
    }

    /** One way to judge a token. */
    @FunctionalInterface
    private interface Judge {
        DelegationVerdict judge(String token, String action, String presenter);
    }

    private final MessageAccess first;
    private final boolean required;
    private final Delegations delegations;

    DelegatedTasks(MessageAccess first, DelegationGuard guard, DelegationStore store, InstantSource clock) {
        this.first = first;
        this.required = guard.isRequired();
        this.delegations = guard.delegations(store, clock);
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
        require(of(caller), envelope, delegations::use);
    }

    /** The first message used the token, which may have been its last time; this one must still have one that stands. */
    @Override
    public void repeat(Caller caller, Envelope envelope) {
        first.repeat(of(caller).caller(), envelope);
        require(of(caller), envelope, delegations::validateRepeated);
    }

    private static Bearer of(Caller caller) {
        return (Bearer) caller;
    }

    private void require(Bearer bearer, Envelope envelope, Judge judge) {
        String action = action(envelope.payload());
        if (action == null) {
            return;
        }
        if (bearer.token() == null) {
            if (required) {
                throw new Refusal("Delegation token required in the header " + DelegationGuard.HEADER);
            }
            return;
        }
        String sender = envelope.sender().value();
        if (judge.judge(bearer.token().strip(), action, sender) instanceof DelegationVerdict.Refused refused) {
            throw new Refusal(refused.text());
        }
    }

    private static @Nullable String action(Payload payload) {
        if (payload instanceof TaskRequest) {
            return "task.execute";
        }
        return payload instanceof TaskCancel ? "task.cancel" : null;
    }
}
