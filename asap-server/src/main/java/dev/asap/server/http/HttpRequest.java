// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import org.jspecify.annotations.Nullable;

/** An HTTP request as routes see it. Belongs to the thread that handles it. */
public interface HttpRequest {
    /** The method, upper case. */
    String method();

    /** The path without the query, percent-encoded as it was sent, with dots resolved. */
    String path();

    /** The query as it was sent, without the question mark, or null when there is none. */
    @Nullable
    String query();

    /** The value of the first header with this name, in any case, or null when there is none. */
    @Nullable
    String header(String name);

    /**
     * The value of a parameter of the route's path, decoded: of {@code id} where the route is {@code /asap/delegations/{id}}.
     *
     * @throws IllegalArgumentException if the route's path has no such parameter
     */
    default String pathParameter(String name) {
        throw new IllegalArgumentException("the route's path has no parameter '" + name + "'");
    }

    /** The address that the request came from, without the port: the peer's, or that of the last proxy before this server. */
    String remoteAddress();

    /** Who calls, where a token was verified before the request came here; null where none was asked for. */
    default @Nullable CallerIdentity caller() {
        return null;
    }

    /** The same request, from a caller who is known. */
    default HttpRequest from(CallerIdentity caller) {
        return new IdentifiedRequest(this, caller);
    }

    /** The length that the {@code Content-Length} header announces, or -1 when it announces none. */
    long announcedLength();

    /**
     * The whole body; empty when there is none. Read at the first call, which may block.
     *
     * @throws BodyTooLargeException if it is larger than the server accepts
     * @throws BodyReadException if the connection fails before its end
     */
    byte[] body();

    /**
     * Takes room for bytes that are kept beside the body until the request is answered, of the memory that all requests share: of what a
     * compressed body unpacks to, for instance.
     *
     * @throws ServerBusyException if there is not so much left; nothing else need be done, the server answers HTTP 503
     */
    default void takeRoom(long bytes) {}
}
