// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes the body of a response piece by piece: for bodies that are long, or that come into being while they are sent. */
@FunctionalInterface
public interface BodyWriter {
    /**
     * Writes the body, in the thread that handled the request. Each write goes out at once; it blocks while the peer is slow, and fails
     * when the peer is silent for the server's idle timeout or has gone.
     *
     * @throws IOException if the body cannot be written to its end; the connection is then closed, so that the peer notices
     */
    void writeTo(OutputStream out) throws IOException;

    /**
     * What is answered in place of a body that nothing was written of: asked for after {@link #writeTo} has returned without a write.
     * Its headers replace those with the same names. Null for an empty body.
     */
    default @Nullable HttpResponse instead() {
        return null;
    }
}
