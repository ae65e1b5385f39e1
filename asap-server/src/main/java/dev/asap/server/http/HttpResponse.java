// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

import dev.asap.json.JsonObject;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An HTTP response as routes give it. Immutable and thread-safe. */
public final class HttpResponse {
    private static final byte[] NO_BODY = new byte[0];
    private static final String[] NO_HEADERS = new String[0];

    private final int status;
    // Names and values in turn: a response has a handful, and is made for each request.
    private final String[] headers;
    private final byte[] body;
    private final @Nullable BodyWriter writer;

    private HttpResponse(int status, String[] headers, byte[] body, @Nullable BodyWriter writer) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.writer = writer;
    }

    /** A response without a body. */
    public static HttpResponse empty(int status) {
        return new HttpResponse(status, NO_HEADERS, NO_BODY, null);
    }

    /** A response with a body, which must not be changed afterwards. */
    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(status, new String[] {"Content-Type", contentType}, body, null);
    }

    /** A response whose body is written piece by piece after the headers; of unknown length. */
    public static HttpResponse streamed(int status, String contentType, BodyWriter writer) {
        return new HttpResponse(status, new String[] {"Content-Type", contentType}, NO_BODY, writer);
    }

    /** A response with a JSON body in UTF-8, which must not be changed afterwards. */
    public static HttpResponse json(int status, byte[] body) {
        return of(status, "application/json", body);
    }

    /** A response with a JSON body. */
    public static HttpResponse json(int status, JsonObject body) {
        return json(status, body.toBytes());
    }

    /** A failure as the protocol's plain HTTP routes report it: {@code {"detail": text}}. */
    public static HttpResponse detail(int status, String text) {
        return json(status, JsonObject.of("detail", text));
    }

    /** The same response with one more header, in place of one with the same name. */
    public HttpResponse withHeader(String name, String value) {
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                String[] changed = headers.clone();
                changed[i + 1] = value;
                return new HttpResponse(status, changed, body, writer);
            }
        }
        String[] more = Arrays.copyOf(headers, headers.length + 2);
        more[headers.length] = name;
        more[headers.length + 1] = value;
        return new HttpResponse(status, more, body, writer);
    }

    /** The same response with another body in place of a known one; it must not be changed afterwards. */
    public HttpResponse withBody(byte[] value) {
        return new HttpResponse(status, headers, value, null);
    }

    /** The same response with another body that is written piece by piece. */
    public HttpResponse withWriter(BodyWriter value) {
        return new HttpResponse(status, headers, NO_BODY, value);
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** Hands each header's name and value to {@code consumer}, in the order in which they were set. */
    public void forEachHeader(BiConsumer<String, String> consumer) {
        for (int i = 0; i < headers.length; i += 2) {
            consumer.accept(headers[i], headers[i + 1]);
        }
    }

    /** What writes the body after the headers; null when the body is known. */
    public @Nullable BodyWriter writer() {
        return writer;
    }

    /** The body, shared: not to be changed. Empty when there is none, or when it is written piece by piece. */
    public byte[] body() {
        return body;
    }
}
