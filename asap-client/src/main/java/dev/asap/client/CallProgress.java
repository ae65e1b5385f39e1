// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * How far one HTTP exchange got: whether its connection is a new one, and whether the request was written to its end. Travels
 * as a tag of the request. Written by the thread of the call.
 */
final class CallProgress extends EventListener {
    /** OkHttp's text for a stream that the peer had not begun to work on. */
    private static final String REFUSED_STREAM = "stream was reset: REFUSED_STREAM";

    private static final String CONNECTION_SHUTDOWN = "ConnectionShutdownException";

    private final ConnectionCounts counts;
    private volatile boolean connected;
    private volatile boolean sent;

    CallProgress(ConnectionCounts counts) {
        this.counts = counts;
    }

    /** What OkHttp asks for the listener of a call; calls without progress of ours are not listened to. */
    static EventListener of(Call call) {
        CallProgress progress = call.request().tag(CallProgress.class);
        return progress == null ? EventListener.NONE : progress;
    }

    /**
     * Whether the peer may have got the whole request, and acted on it.
     *
     * @param failure how the exchange ended
     */
    boolean mayHaveArrived(IOException failure) {
        return sent && !isUntouched(failure);
    }

    /** In these cases HTTP/2 promises that the peer has not begun with the request. */
    private static boolean isUntouched(IOException failure) {
        return REFUSED_STREAM.equals(failure.getMessage())
                || failure.getClass().getSimpleName().equals(CONNECTION_SHUTDOWN);
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        connected = true;
        counts.opened();
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        if (!connected) {
            counts.reused();
        }
        connected = false;
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        sent = request.body() == null;
    }

    @Override
    public void requestBodyEnd(Call call, long byteCount) {
        sent = true;
    }
}
