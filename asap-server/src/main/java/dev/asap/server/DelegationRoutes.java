// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.economics.delegation.DelegationRefusal;
import dev.asap.economics.delegation.DelegationRefusedException;
import dev.asap.economics.delegation.DelegationTerms;
import dev.asap.economics.delegation.Delegations;
import dev.asap.economics.delegation.SignedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.page.PageRequest;
import dev.asap.server.http.CallerIdentity;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import dev.asap.sla.SLAStore;
import dev.asap.validation.ValidationException;
import java.time.Instant;
import java.time.InstantSource;
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
    private final @Nullable Delegations configured;
    private final @Nullable SLAStore sla;
    private final ServerMetrics metrics;
    private final InstantSource clock;

    /**
     * Routes to a store, or to none.
     *
     * @param sla knows what delegates promised and did not keep; null where nobody does
     * @param ids gives the ids of new tokens
     */
    DelegationRoutes(
            DelegationKeys keys,
            @Nullable DelegationStore store,
            @Nullable SLAStore sla,
            ServerMetrics metrics,
            InstantSource clock,
            Supplier<String> ids) {
        this.keys = keys;
        this.configured = store == null
                ? null
                : Delegations.builder(store).clock(clock).ids(ids).build();
        this.sla = sla;
        this.metrics = metrics;
        this.clock = clock;
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

    private HttpResponse create(HttpRequest request) {
        String caller = caller(request);
        DelegationTerms terms = DelegationOrder.read(request);
        Ed25519PrivateKey key = keys.keyOf(caller)
                .orElseThrow(() -> RequestRefusedException.detail(503, "Delegation key not configured for this agent"));
        try {
            SignedDelegation created = delegations().create(caller, key, terms);
            metrics.delegationIssued();
            return HttpResponse.json(201, JsonObject.of("token", created.token()));
        } catch (ValidationException e) {
            throw DelegationOrder.refusal(e);
        } catch (DelegationRefusedException e) {
            throw e.reason() == DelegationRefusal.NOT_THE_HOLDER
                    ? refusal(e)
                    : DelegationOrder.parentRefusal(String.valueOf(e.getMessage()));
        }
    }

    private HttpResponse list(HttpRequest request) {
        String caller = caller(request);
        QueryParameters query = QueryParameters.of(request);
        boolean activeOnly = query.flag("active", true);
        ListPart part = query.part(null, PageRequest.MAX_LIMIT);
        query.requireValid();
        Delegations delegations = delegations();
        Instant now = clock.instant();
        DelegationFilter all = DelegationFilter.issuedBy(caller);
        DelegationFilter filter = activeOnly ? all.activeAt(now) : all;
        DelegateBreaches breaches = new DelegateBreaches(sla, now);
        return new ListAnswer<IssuedDelegation>(
                        page -> delegations.list(filter, page),
                        delegation -> breaches.addTo(CODEC.write(delegation.summaryAt(now)), delegation))
                .array(part);
    }

    private HttpResponse show(HttpRequest request) {
        String caller = caller(request);
        try {
            IssuedDelegation delegation = delegations().showTo(caller, request.pathParameter(ID));
            Instant now = clock.instant();
            byte[] shown = CODEC.write(delegation.detailAt(now));
            return HttpResponse.json(200, new DelegateBreaches(sla, now).addTo(shown, delegation));
        } catch (DelegationRefusedException e) {
            throw refusal(e);
        }
    }

    private HttpResponse revoke(HttpRequest request) {
        String caller = caller(request);
        QueryParameters query = QueryParameters.of(request);
        String reason = query.text("reason", MAX_REASON);
        query.requireValid();
        try {
            List<String> revoked = delegations().revokeBy(caller, request.pathParameter(ID), reason);
            metrics.delegationsRevoked(revoked.size());
            return HttpResponse.json(204, new byte[0]);
        } catch (DelegationRefusedException e) {
            throw refusal(e);
        }
    }

    private static RequestRefusedException refusal(DelegationRefusedException e) {
        int status = e.reason() == DelegationRefusal.UNKNOWN ? 404 : 403;
        return RequestRefusedException.detail(status, String.valueOf(e.getMessage()));
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

    private Delegations delegations() {
        if (configured == null) {
            throw RequestRefusedException.detail(
                    503, "Delegation revocation not configured (delegation_storage not set)");
        }
        return configured;
    }
}
