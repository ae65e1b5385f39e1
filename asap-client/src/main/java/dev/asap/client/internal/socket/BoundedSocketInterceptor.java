// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okio.Socket;

/**
 * Puts a {@link BoundedSocket} between OkHttp and the peer: OkHttp collects a message of any size before it hands it on.
 *
 * <p>Compression is neither offered nor accepted: a few bytes could be inflated to more than the memory holds, after they were
 * counted. The connection's {@link BoundedSocket.Monitor} is expected as a tag of the request. Has to be the last of a client's
 * interceptors.
 */
public final class BoundedSocketInterceptor implements Interceptor {
    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";

    private final long maxMessageBytes;

    /** An interceptor for messages of up to this size. */
    public BoundedSocketInterceptor(long maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request().newBuilder().removeHeader(EXTENSIONS).build();
        Response response = chain.proceed(request);
        Socket socket = response.socket();
        BoundedSocket.Monitor monitor = request.tag(BoundedSocket.Monitor.class);
        if (socket == null || monitor == null) {
            return response;
        }
        return response.newBuilder()
                .removeHeader(EXTENSIONS)
                .socket(new BoundedSocket(socket, maxMessageBytes, monitor))
                .build();
    }
}
