// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses requests of clients that send too many, with the answer that the protocol has for it. Thread-safe. */
final class RequestLimits {
    static final int MAX_CLIENTS = 16_384;

    /** Keys may come from headers, and are remembered: what is longer is cut off. */
    static final int MAX_KEY_CHARACTERS = 256;

    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private static final int IPV4_BYTES = 4;
    private static final int NETWORK_BYTES = 8;
    private static final int TOO_MANY_REQUESTS = 429;

    private final MovingWindows windows;
    private final Function<HttpRequest, String> client;
    private final AtomicBoolean told = new AtomicBoolean();

    RequestLimits(RateLimit limit, Function<HttpRequest, String> client, LongSupplier ticker) {
        this.windows = new MovingWindows(limit, MAX_CLIENTS, ticker);
        this.client = client;
    }

    /**
     * Counts a request, or the messages of a batch: those count all, but are let through as long as one is left. With 0 messages it
     * only looks.
     *
     * @return null if it may go on; the answer if not, and then nothing was counted
     */
    @Nullable
    HttpResponse refusal(HttpRequest request, int messages) {
        String key = client.apply(request);
        String kept = key.length() > MAX_KEY_CHARACTERS ? key.substring(0, MAX_KEY_CHARACTERS) : key;
        return windows.count(kept, messages).map(this::refuse).orElse(null);
    }

    private HttpResponse refuse(MovingWindows.Refusal refusal) {
        if (told.compareAndSet(false, true)) {
            LOG.warn(
                    "A client sent more than {} and is refused; others will be without a further word here. Set .rateLimit(…) to"
                            + " allow more, and .rateLimitKey(…) if all come through one proxy",
                    refusal.window());
        }
        JsonObject data = JsonObject.of(
                "retry_after",
                refusal.retryAfterSeconds(),
                "limit",
                refusal.window().toString());
        return HttpResponse.json(
                        TOO_MANY_REQUESTS,
                        JsonObject.of(
                                "jsonrpc",
                                "2.0",
                                "id",
                                null,
                                "error",
                                JsonObject.of(
                                        "code", TOO_MANY_REQUESTS, "message", "Rate limit exceeded", "data", data)))
                .withHeader("Retry-After", Long.toString(refusal.retryAfterSeconds()));
    }

    /**
     * The address that a request came from. Of an IPv6 address the network counts, its first half: whoever has one address of it has all
     * of them.
     */
    static String network(HttpRequest request) {
        String address = request.remoteAddress();
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            // An address as the engine writes it is never looked up.
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return bytes.length == IPV4_BYTES
                    ? HexFormat.of().formatHex(bytes)
                    : HexFormat.of().formatHex(bytes, 0, NETWORK_BYTES);
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
