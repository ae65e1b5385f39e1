// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditFilter;
import dev.asap.audit.AuditStore;
import dev.asap.codec.ASAPCodec;
import dev.asap.json.WireTime;
import dev.asap.page.PageRequest;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import dev.asap.server.http.RouteGroup;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /audit}: who did what and when. There in any case, so that peers can tell a server without a log from an old one. */
final class AuditRoutes implements RouteGroup {
    private final @Nullable AuditStore store;

    /** Routes to a log, or to none. */
    AuditRoutes(@Nullable AuditStore store) {
        this.store = store;
    }

    @Override
    public List<Route> routes() {
        return List.of(RequestRefusedException.answeredAt(Route.get("/audit", this::entries)));
    }

    private HttpResponse entries(HttpRequest request) {
        AuditStore log = store;
        if (log == null) {
            return HttpResponse.detail(404, "audit not configured");
        }
        QueryParameters query = QueryParameters.of(request);
        ListPart part = part(query);
        AuditFilter filter = new AuditFilter(query.text("urn"), time(query.text("start")), time(query.text("end")));
        return new ListAnswer<AuditEntry>(page -> log.query(filter, page), ASAPCodec.strict()::write)
                .object("entries", part);
    }

    /** A limit beyond the largest page is cut, and one of 0 is a way to ask for the total alone. */
    private static ListPart part(QueryParameters query) {
        Long limit = query.wholeNumber(ListPart.LIMIT, Long.MIN_VALUE, Long.MAX_VALUE);
        Long offset = query.wholeNumber(ListPart.OFFSET, Long.MIN_VALUE, Long.MAX_VALUE);
        long items = limit == null ? PageRequest.DEFAULT_LIMIT : Math.min(limit, PageRequest.MAX_LIMIT);
        long passedOver = offset == null ? 0 : offset;
        ListPart part = query.partAt((int) Math.max(-1, items), passedOver);
        query.requireValid();
        if (items < 0 || passedOver < 0) {
            throw RequestRefusedException.detail(400, "limit and offset must be non-negative");
        }
        return part;
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : WireTime.parse(text);
        } catch (IllegalArgumentException e) {
            throw RequestRefusedException.detail(400, "Invalid date format. Use ISO 8601 (e.g. 2026-01-01T00:00:00)");
        }
    }
}
