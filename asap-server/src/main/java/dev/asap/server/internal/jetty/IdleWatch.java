// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Watches for a peer's silence while the peer is waited for, and not while the application takes its time.
 *
 * <p>Over HTTP/1.1 the engine can be told to ask first. Over HTTP/2 it asks once and resets the stream at the second silence, so that
 * there the time itself is changed. Belongs to one request.
 */
final class IdleWatch {
    private static final long NEVER_MILLIS = TimeUnit.DAYS.toMillis(365);

    private final @Nullable HttpStream stream;
    private final long idleMillis;

    private IdleWatch(@Nullable HttpStream stream, long idleMillis) {
        this.stream = stream;
        this.idleMillis = idleMillis;
    }

    /** A watch over a request, which is on. */
    static IdleWatch over(Request request) {
        request.addIdleTimeoutListener(silence -> false);
        if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            return new IdleWatch(null, 0);
        }
        HttpStream[] found = new HttpStream[1];
        request.addHttpStreamWrapper(own -> {
            found[0] = own;
            return own;
        });
        return new IdleWatch(found[0], found[0].getIdleTimeout());
    }

    /** The peer is waited for. */
    void on() {
        if (stream != null) {
            stream.setIdleTimeout(idleMillis);
        }
    }

    /** The application works. */
    void off() {
        if (stream != null) {
            stream.setIdleTimeout(NEVER_MILLIS);
        }
    }
}
