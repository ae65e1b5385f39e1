// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.server.http.CallerIdentity;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.validation.ValidationException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /asap/delegations}: callers grant rights to others by signed tokens, see what they granted, and take it back. */
final class DelegationRoutes implements RouteGroup {
    private static final String SCOPE = "asap:execute";
    private static final String PATH = "/asap/delegations";
    private static final String ID = "id";
    private static final int MAX_REASON = 1000;

    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private final DelegationKeys keys;
    private final @Nullable DelegationStore configured;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final Supplier<String> ids;

    /**
     * Routes to a store, or to none.
     *
     * @param ids gives the ids of new tokens
     */
    DelegationRoutes(
            DelegationKeys keys,
            @Nullable DelegationStore store,
            ServerMetrics metrics,
            InstantSource clock,
            Supplier<String> ids) {
        this.keys = keys;
        this.configured = store;
        this.metrics = metrics;
        this.clock = clock;
        this.ids = ids;
    }

    @Override
    public List<Route> routes() {
        return Stream.of(
                        Route.post(PATH, this::create),
                        Route.get(PATH, this::list),
                        Route.get(PATH + "/{" + ID + "}", this::show),
                        new Route("DELETE", PATH + "/{" + ID + "}", this::revoke))
                .map(RequestRefusedException::answeredAt)
                .toList();
    }

    /** Registered before it is handed out: a token that nobody could revoke is none. */
    private HttpResponse create(HttpRequest request) {
        String caller = caller(request);
        DelegationOrder order = DelegationOrder.read(request);
        Ed25519PrivateKey key = keys.keyOf(caller)
                .orElseThrow(() -> RequestRefusedException.detail(503, "Delegation key not configured for this agent"));
        DelegationStore store = store();
        Instant now = clock.instant();
        // As the token has it, in whole seconds.
        Instant expiresAt = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(order.expiresInSeconds());
        IssuedDelegation delegation = delegation(caller, order, now).expiringAt(expiresAt);
        String token = DelegationSigner.sign(delegation, expiresAt, key);
        store.register(delegation);
        metrics.delegationIssued();
        return HttpResponse.json(201, JsonObject.of("token", token));
    }

    private IssuedDelegation delegation(String caller, DelegationOrder order, Instant now) {
        try {
            IssuedDelegation delegation = IssuedDelegation.of(ids.get(), caller, order.delegate(), now)
                    .withScopes(order.scopes());
            Long maxTasks = order.maxTasks();
            return maxTasks == null ? delegation : delegation.limitedTo(maxTasks);
        } catch (ValidationException e) {
            throw DelegationOrder.refusal(e);
        }
    }

    private HttpResponse list(HttpRequest request) {
        String caller = caller(request);
        QueryParameters query = QueryParameters.of(request);
        boolean activeOnly = query.flag("active", true);
        ListPart part = query.part(null, PageRequest.MAX_LIMIT);
        query.requireValid();
        DelegationStore store = store();
        Instant now = clock.instant();
        DelegationFilter all = DelegationFilter.issuedBy(caller);
        DelegationFilter filter = activeOnly ? all.activeAt(now) : all;
        return new ListAnswer<IssuedDelegation>(
                        page -> store.list(filter, page), delegation -> CODEC.write(delegation.summaryAt(now)))
                .array(part);
    }

    private HttpResponse show(HttpRequest request) {
        String caller = caller(request);
        IssuedDelegation delegation = find(request, "Delegation token not found");
        if (!caller.equals(delegation.delegator()) && !caller.equals(delegation.delegate())) {
            throw RequestRefusedException.detail(403, "Only the issuer or holder of this token can view it");
        }
        return HttpResponse.json(200, CODEC.write(delegation.detailAt(clock.instant())));
    }

    private HttpResponse revoke(HttpRequest request) {
        String caller = caller(request);
        QueryParameters query = QueryParameters.of(request);
        String reason = query.text("reason", MAX_REASON);
        query.requireValid();
        IssuedDelegation delegation = find(request, "Delegation token not found or not issued via this server");
        if (!caller.equals(delegation.delegator())) {
            throw RequestRefusedException.detail(403, "Only the delegator that issued this token can revoke it");
        }
        metrics.delegationsRevoked(
                store().revokeCascade(delegation.id(), reason).size());
        return HttpResponse.json(204, new byte[0]);
    }

    private IssuedDelegation find(HttpRequest request, String otherwise) {
        return store().get(request.pathParameter(ID)).orElseThrow(() -> RequestRefusedException.detail(404, otherwise));
    }

    private static String caller(HttpRequest request) {
        CallerIdentity caller = request.caller();
        if (caller == null) {
            throw new RequestRefusedException(
                    HttpResponse.detail(401, "Authentication required").withHeader("WWW-Authenticate", "Bearer"));
        } else if (!caller.hasScope(SCOPE)) {
            throw RequestRefusedException.detail(403, "Insufficient scope");
        }
        return caller.subject();
    }

    private DelegationStore store() {
        if (configured == null) {
            throw RequestRefusedException.detail(
                    503, "Delegation revocation not configured (delegation_storage not set)");
        }
        return configured;
    }
}
