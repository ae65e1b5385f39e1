// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.BodyReadException;
import dev.asap.server.http.BodyTimeoutException;
import dev.asap.server.http.BodyTooLargeException;
import dev.asap.server.http.HttpHandler;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.ServerBusyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what goes wrong below JSON-RPC into HTTP answers, and refuses bodies by their announced length, unread. */
final class FailureGate implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private final HttpHandler next;
    private final long maxBodyBytes;

    FailureGate(HttpHandler next, long maxBodyBytes) {
        this.next = next;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        try {
            if (request.announcedLength() > maxBodyBytes) {
                throw new BodyTooLargeException(request.announcedLength(), maxBodyBytes);
            }
            return next.handle(request);
        } catch (BodyTooLargeException e) {
            return HttpResponse.detail(413, String.valueOf(e.getMessage()));
        } catch (UndecodableBodyException e) {
            return HttpResponse.detail(e.status(), String.valueOf(e.getMessage()));
        } catch (BodyReadException e) {
            LOG.debug("{} {}: {}", LogText.of(request.method()), LogText.of(request.path()), e.getMessage(), e);
            return HttpResponse.detail(400, String.valueOf(e.getMessage()));
        } catch (BodyTimeoutException e) {
            return HttpResponse.detail(408, String.valueOf(e.getMessage())).withHeader("Connection", "close");
        } catch (ServerBusyException e) {
            LOG.debug("{} {}: {}", LogText.of(request.method()), LogText.of(request.path()), e.getMessage());
            return HttpResponse.detail(503, String.valueOf(e.getMessage())).withHeader("Retry-After", "1");
        } catch (Exception e) {
            LOG.error("{} {} failed", LogText.of(request.method()), LogText.of(request.path()), e);
            return HttpResponse.detail(500, "Internal Server Error");
        }
    }
}
