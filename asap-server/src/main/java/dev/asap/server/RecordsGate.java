// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.time.Duration;

/** Has those who ask what messages left behind see all that was answered before, unless the storage is slow to take it. */
final class RecordsGate implements HttpHandler {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final HttpHandler next;
    private final MessageRecords records;

    RecordsGate(HttpHandler next, MessageRecords records) {
        this.next = next;
        this.records = records;
    }

    @Override
    public HttpResponse handle(HttpRequest request) throws Exception {
        String path = request.path();
        if (Paths.isAtOrBelow("/usage", path) || Paths.isAtOrBelow("/audit", path)) {
            records.settle(LONGEST_WAIT);
        }
        return next.handle(request);
    }
}
