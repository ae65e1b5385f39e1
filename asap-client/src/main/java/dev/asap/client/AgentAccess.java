// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.AgentToken;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.HostToken;
import dev.asap.error.ProtocolException;
import dev.asap.identity.AgentSession;
import dev.asap.identity.AgentStatus;
import dev.asap.identity.ApprovalStatus;
import dev.asap.identity.CapabilityDescription;
import dev.asap.identity.CapabilityPage;
import dev.asap.identity.CapabilityRequest;
import dev.asap.identity.ExecutedCapability;
import dev.asap.identity.RegistrationRequest;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An agent's dealings with the server that an {@link ASAPClient} calls: it registers, asks for capabilities and uses them.
 * Thread-safe.
 *
 * <pre>{@code
 * AgentAccess access = client.access(identity);
 * access.register(RegistrationRequest.of("report.read"));
 * CapabilityOutcome outcome = access.requestCapability("pay");
 * ExecutedCapability paid = access.executeCapability("pay", JsonObject.of("amount", 3));
 * }</pre>
 *
 * <p>Each call is made once, with a token of its own that is signed when it is needed; the client's bearer token is not sent. Calls
 * that only ask take 10 s at most, the others what the client's timeouts allow. All of them take no place in the client's pool.
 *
 * <p>What the server refuses is an {@link AccessRefusedException}. The other failures are those of {@link ASAPClient#send}; an
 * {@link dev.asap.error.UnknownOutcomeException} means that the server may have acted. Servers answer HTTP 429 to those who
 * ask too often, by the protocol's default 5 times a second and 30 times a minute.
 */
public final class AgentAccess {
    private static final String AGENT = "/asap/agent/";
    private static final String CAPABILITY = "/asap/capability/";

    /** Waits between two questions. */
    @FunctionalInterface
    interface Pauses {
        void pause(Operation next, Duration wait);
    }

    private final PeerAddress server;
    private final AccessCalls calls;
    private final Pauses pauses;
    private final AtomicReference<AgentIdentity> identity;

    AgentAccess(PeerAddress server, AccessCalls calls, Pauses pauses, AgentIdentity identity) {
        this.server = server;
        this.calls = calls;
        this.pauses = pauses;
        this.identity = new AtomicReference<>(identity);
    }

    /**
     * Who calls, with the id that the server gave the agent and with its latest key. Store them where the agent is to go on after a
     * restart.
     */
    public AgentIdentity identity() {
        return identity.get();
    }

    /**
     * Registers the agent. Someone may have to approve: the session is pending then, with what to show to them; see {@link
     * #awaitApproval}. Registering again with the same keys changes nothing and gives the same id, so it may be repeated.
     *
     * @throws AccessRefusedException if the server refuses
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public AgentSession register(RegistrationRequest request) {
        AgentIdentity current = identity.get();
        HostToken token = hostToken(current).withAgentKey(current.agentKey().publicKey());
        Operation operation = Operation.post(server.route(AGENT + "register"));
        JsonObject answer = calls.post(operation, toJson(request), token.sign(current.hostKey()));
        AgentSession session = AccessAnswers.read(operation, answer, AgentSession.class);
        identity.updateAndGet(latest -> latest.withAgentId(session.agentId()));
        return session;
    }

    /**
     * Asks how the agent stands. An approval takes effect with the first such call after it.
     *
     * @throws IllegalStateException if the agent is not registered
     * @throws AccessRefusedException if the server refuses; with 404 it does not know the agent
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public AgentStatus status() {
        AgentIdentity current = registered();
        return calls.get(statusOf(current), hostToken(current).sign(current.hostKey()), AgentStatus.class);
    }

    /**
     * Asks again and again until someone has decided about the latest request for approval, or the limit is over: then the status
     * still says that approval is awaited. Waits longer where the server asks to, and goes on after failures that may pass.
     *
     * @throws IllegalStateException if the agent is not registered
     * @throws AccessRefusedException if the server refuses to tell, with 401, 403 or 404 for instance
     * @throws CallInterruptedException if the thread is interrupted
     * @throws ClientClosedException if the client is closed meanwhile
     * @throws dev.asap.ASAPException the last failure, if the limit is over and the server has never told
     */
    public AgentStatus awaitApproval(ApprovalOptions options) {
        Deadline deadline = Deadline.in(options.limit(), calls.options().nanoTime());
        Operation next = Operation.get(statusOf(registered()));
        AgentStatus last = null;
        while (true) {
            Duration wait = options.interval();
            ProtocolException failure = null;
            try {
                last = status();
                if (!last.awaitsApproval()) {
                    return last;
                }
            } catch (ProtocolException e) {
                if (!e.retryable()) {
                    throw e;
                }
                failure = e;
                wait = longer(wait, e.retryAfter().orElse(wait));
            }
            if (deadline.atMost(wait).compareTo(wait) < 0) {
                return lastKnown(last, failure);
            }
            pauses.pause(next, wait);
        }
    }

    /**
     * Revokes the agent, for good.
     *
     * @throws IllegalStateException if the agent is not registered
     * @throws AccessRefusedException if the server refuses
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public AgentSession revoke() {
        AgentIdentity current = registered();
        return change(current, "revoke", JsonObject.of("agent_id", current.agentId()));
    }

    /**
     * Gives the agent another key, which {@link #identity()} has from then on. Setting the same key again changes nothing, so it may
     * be repeated.
     *
     * @throws IllegalStateException if the agent is not registered
     * @throws AccessRefusedException if the server refuses; with 409 another agent of the host has the key
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public AgentSession rotateKey(Ed25519PrivateKey newKey) {
        AgentIdentity current = registered();
        AgentSession session = change(
                current,
                "rotate-key",
                JsonObject.of(
                        "agent_id",
                        current.agentId(),
                        "new_public_key",
                        newKey.publicKey().toJwk()));
        identity.updateAndGet(latest -> latest.withAgentKey(newKey));
        return session;
    }

    /**
     * Lets an agent act again whose time is over. It loses what it was granted; what the host grants to all its agents is in the
     * answer.
     *
     * @throws IllegalStateException if the agent is not registered
     * @throws AccessRefusedException if the server refuses; with 403 the agent is revoked or too old
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public AgentSession reactivate() {
        AgentIdentity current = registered();
        return change(current, "reactivate", JsonObject.of("agent_id", current.agentId()));
    }

    /** Asks for a capability, as {@link #requestCapability(List, ApprovalOptions)} does with the options that are the default. */
    public CapabilityOutcome requestCapability(String name) {
        return requestCapability(List.of(CapabilityRequest.of(name)), ApprovalOptions.defaults());
    }

    /**
     * Asks for capabilities that the agent does not have, and waits until someone has decided where someone has to.
     *
     * @param capabilities at least one
     * @throws IllegalArgumentException if there is none
     * @throws IllegalStateException if the agent is not registered
     * @throws AccessRefusedException if the server refuses
     * @throws dev.asap.ASAPException see {@link AgentAccess} and {@link #awaitApproval}
     */
    public CapabilityOutcome requestCapability(List<CapabilityRequest> capabilities, ApprovalOptions options) {
        if (capabilities.isEmpty()) {
            throw new IllegalArgumentException("requestCapability takes at least one capability, got none");
        }
        AgentIdentity current = registered();
        Operation operation = Operation.post(server.route(AGENT + "request-capability"));
        JsonObject body = JsonObject.of(
                "capabilities", capabilities.stream().map(AgentAccess::toJson).toList());
        AgentToken token = agentToken(current)
                .withCapabilities(
                        capabilities.stream().map(CapabilityRequest::name).toList());
        JsonObject answer = calls.post(operation, body, token.sign(current.agentKey()));
        AgentSession session = session(operation, current, answer);
        if (!session.isPending()) {
            return decided(session);
        }
        if (session.approval() != null) {
            options.onPending().accept(session.approval());
        }
        return options.limit().isZero()
                ? new CapabilityOutcome.Pending(session.grants(), session.approval())
                : outcome(awaitApproval(options));
    }

    /**
     * Lists the server's capabilities; with what the agent may do, if it is registered.
     *
     * @throws AccessRefusedException if the server refuses
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public CapabilityPage listCapabilities(CapabilityQuery query) {
        AgentIdentity current = identity.get();
        PeerAddress address = server.route(CAPABILITY + "list");
        if (query.text() != null) {
            address = address.withQuery("query", query.text());
        }
        if (query.cursor() > 0) {
            address = address.withQuery("cursor", Long.toString(query.cursor()));
        }
        address = address.withQuery("limit", Integer.toString(query.limit()));
        String token = current.agentId() == null ? null : agentToken(current).sign(current.agentKey());
        return calls.get(address, token, CapabilityPage.class);
    }

    /**
     * Describes a capability, with the schemas of its arguments and its result. Sends no token.
     *
     * @throws AccessRefusedException if the server refuses; with 404 it has no such capability
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public CapabilityDescription describeCapability(String name) {
        return calls.get(
                server.route(CAPABILITY + "describe").withQuery("name", name), null, CapabilityDescription.class);
    }

    /**
     * Has a capability executed.
     *
     * @param arguments what it takes; null for none, and then constraints are not looked at
     * @throws IllegalStateException if the agent is not registered
     * @throws ConstraintViolatedException if the arguments break the constraints of the grant
     * @throws AccessRefusedException if the server refuses; with 403 the agent may not
     * @throws dev.asap.ASAPException see {@link AgentAccess}
     */
    public ExecutedCapability executeCapability(String name, @Nullable JsonObject arguments) {
        AgentIdentity current = registered();
        Operation operation = Operation.post(server.route(CAPABILITY + "execute"));
        JsonObject body = JsonObject.of("capability", name);
        JsonObject answer = calls.post(
                operation,
                arguments == null ? body : body.with("arguments", arguments),
                agentToken(current).sign(current.agentKey()));
        return AccessAnswers.read(operation, answer, ExecutedCapability.class);
    }

    /** The same with other waits. */
    AgentAccess withPauses(Pauses other) {
        return new AgentAccess(server, calls, other, identity.get());
    }

    /** Who calls which server. */
    @Override
    public String toString() {
        return "AgentAccess[" + server + ", " + identity.get() + "]";
    }

    private AgentSession change(AgentIdentity current, String route, JsonObject body) {
        Operation operation = Operation.post(server.route(AGENT + route));
        JsonObject answer = calls.post(operation, body, hostToken(current).sign(current.hostKey()));
        return session(operation, current, answer);
    }

    /** Answers about an agent that is known may leave out which one it is. */
    private static AgentSession session(Operation operation, AgentIdentity current, JsonObject answer) {
        JsonObject complete = answer.has("agent_id") ? answer : answer.with("agent_id", current.agentId());
        return AccessAnswers.read(operation, complete, AgentSession.class);
    }

    private static CapabilityOutcome decided(AgentSession session) {
        return session.isActive()
                ? new CapabilityOutcome.Granted(session.grants())
                : new CapabilityOutcome.Denied(session.grants(), null, "the agent's session is " + session.status());
    }

    private static CapabilityOutcome outcome(AgentStatus status) {
        if (status.awaitsApproval()) {
            return new CapabilityOutcome.Pending(status.grants(), status.approval());
        }
        boolean granted = status.approvalStatus() == null
                ? status.isActive()
                : status.approvalStatus().equals(ApprovalStatus.APPROVED);
        return granted
                ? new CapabilityOutcome.Granted(status.grants())
                : new CapabilityOutcome.Denied(status.grants(), status.approvalStatus(), status.denyReason());
    }

    private static AgentStatus lastKnown(@Nullable AgentStatus last, @Nullable ProtocolException failure) {
        if (last != null) {
            return last;
        }
        throw failure != null ? failure : new IllegalStateException("neither a status nor a failure");
    }

    private AgentIdentity registered() {
        AgentIdentity current = identity.get();
        if (current.agentId() == null) {
            throw new IllegalStateException(
                    "the agent is not registered yet: call register, or give the identity its id withAgentId");
        }
        return current;
    }

    private PeerAddress statusOf(AgentIdentity current) {
        return server.route(AGENT + "status").withQuery("agent_id", String.valueOf(current.agentId()));
    }

    private HostToken hostToken(AgentIdentity current) {
        return HostToken.issue(
                current.hostKey().publicKey(),
                current.audience(),
                calls.options().clock(),
                this::nextTokenId);
    }

    private AgentToken agentToken(AgentIdentity current) {
        return AgentToken.issue(
                current.hostKey().publicKey(),
                String.valueOf(current.agentId()),
                current.audience(),
                calls.options().clock(),
                this::nextTokenId);
    }

    private String nextTokenId() {
        return "jwt_" + calls.options().idempotencyKeys().get();
    }

    private static JsonObject toJson(Object request) {
        return ASAPCodec.tolerant().toJson(request, WireForm.COMPACT);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
