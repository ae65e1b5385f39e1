// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.internal.jetty;

import dev.asap.server.http.BodyReadException;
import dev.asap.server.http.BodyTooLargeException;
import dev.asap.server.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request as the embedded server has it. */
final class JettyRequest implements HttpRequest {
    /** An announced length up to this is believed; a larger body gets its room as it arrives. */
    private static final int BELIEVED_LENGTH = 64 * 1024;

    private static final int BUFFER = 16 * 1024;

    private final Request request;
    private final long maxBodyBytes;
    private final IdleWatch watch;
    private byte @Nullable [] body;

    JettyRequest(Request request, long maxBodyBytes, IdleWatch watch) {
        this.request = request;
        this.maxBodyBytes = maxBodyBytes;
        this.watch = watch;
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
            known = read();
            body = known;
            // All is there: from now on the application takes its time.
            watch.off();
        }
        return known;
    }

    private byte[] read() {
        long length = request.getLength();
        try (InputStream in = Content.Source.asInputStream(request)) {
            if (length >= 0 && length <= Math.min(BELIEVED_LENGTH, maxBodyBytes)) {
                return in.readNBytes((int) length);
            }
            return readBounded(in);
        } catch (IOException e) {
            throw new BodyReadException(e);
        }
    }

    private byte[] readBounded(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            all.write(buffer, 0, count);
            if (all.size() > maxBodyBytes) {
                throw new BodyTooLargeException(all.size(), maxBodyBytes);
            }
        }
        return all.toByteArray();
    }
}
