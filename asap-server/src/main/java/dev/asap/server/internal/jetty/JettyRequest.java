// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.HttpRequest;
import dev.asap.server.internal.jetty.BodyReader.BodyLimits;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request as the embedded server has it. */
final class JettyRequest implements HttpRequest {
    private static final byte[] NO_BODY = {};

    private final Request request;
    private final BodyLimits limits;
    private final IdleWatch watch;
    private final BodyRoom room;
    private @Nullable BodyReader reader;
    private byte @Nullable [] body;

    JettyRequest(Request request, BodyLimits limits, IdleWatch watch) {
        this.request = request;
        this.limits = limits;
        this.watch = watch;
        this.room = new BodyRoom(limits.beginnings(), limits.rest());
    }

    /**
     * Runs a task when the body has arrived, in this thread or in another; at once if there is none, or if it is larger than it may be:
     * it is then refused unread.
     */
    void whenRead(Runnable task) {
        if (hasBody() && request.getLength() <= limits.maxBytes()) {
            BodyReader bodyReader = new BodyReader(request, limits, room, () -> {
                // All is there: from now on the application takes its time.
                watch.off();
                task.run();
            });
            reader = bodyReader;
            bodyReader.read();
        } else {
            task.run();
        }
    }

    private boolean hasBody() {
        HttpFields headers = request.getHeaders();
        return headers.contains(HttpHeader.CONTENT_LENGTH)
                || headers.contains(HttpHeader.TRANSFER_ENCODING)
                || !HttpMethod.GET.is(request.getMethod());
    }

    /** Gives the memory of the body back, when the request has been answered. */
    void release() {
        room.release();
    }

    @Override
    public void takeRoom(long bytes) {
        room.take(bytes);
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String path() {
        return Request.getPathInContext(request);
    }

    @Override
    public @Nullable String query() {
        return request.getHttpURI().getQuery();
    }

    @Override
    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    @Override
    public String remoteAddress() {
        return Request.getRemoteAddr(request);
    }

    @Override
    public long announcedLength() {
        return request.getLength();
    }

    @Override
    public byte[] body() {
        byte[] known = body;
        if (known == null) {
            known = reader == null ? NO_BODY : reader.body();
            body = known;
        }
        return known;
    }
}
