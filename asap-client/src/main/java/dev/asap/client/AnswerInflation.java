// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.Compression.Coding;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.GzipSource;
import okio.Okio;

/**
 * Asks for compressed answers and unpacks them while they are read. Thread-safe.
 *
 * <p>Reading such an answer fails with a {@link BrokenEncodingException} where it is not what its header says, and with an {@link
 * OversizedAnswerException} as soon as it exceeds the limit. Nothing is read, and nothing fails, before someone reads the body: what
 * the status says stays known. Who asks for other codings in a request than {@link #acceptEncoding} gets the answer as it came.
 */
final class AnswerInflation implements Interceptor {
    private static final String ACCEPT = "Accept-Encoding";
    private static final String CODING = "Content-Encoding";
    private static final String LENGTH = "Content-Length";

    private static final String IDENTITY = "identity";

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final boolean wantsBrotli;
    private final String withBrotli;
    private final String withoutBrotli;
    private final long maxBytes;

    /**
     * Unpacks up to a number of bytes.
     *
     * @param maxBytes the limit for an answer, both as it comes and unpacked
     */
    AnswerInflation(Compression options, long maxBytes) {
        List<Coding> codings = options.codings();
        this.wantsBrotli = codings.contains(Coding.BROTLI);
        this.withBrotli = listOf(codings);
        this.withoutBrotli =
                listOf(codings.stream().filter(each -> each != Coding.BROTLI).toList());
        this.maxBytes = maxBytes;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Request request = chain.request();
        String asked = request.header(ACCEPT);
        if (asked == null) {
            return inflated(chain.proceed(
                    request.newBuilder().header(ACCEPT, acceptEncoding()).build()));
        }
        Response response = chain.proceed(request);
        return asked.equals(acceptEncoding()) ? inflated(response) : response;
    }

    /** The codings that are asked for. The first call may load native code. */
    String acceptEncoding() {
        return readsBrotli() ? withBrotli : withoutBrotli;
    }

    private boolean readsBrotli() {
        return wantsBrotli && Brotli.isAvailable();
    }

    private Response inflated(Response response) {
        String coding = coding(response);
        if (coding.isEmpty() || coding.equals(IDENTITY) || hasNoBody(response)) {
            return response;
        }
        ResponseBody packed = response.body();
        MediaType type = packed.contentType();
        BufferedSource content = Okio.buffer(new InflatingSource(packed.source(), decoder(coding), maxBytes));
        return response.newBuilder()
                .removeHeader(CODING)
                .removeHeader(LENGTH)
                .body(ResponseBody.create(content, type, -1))
                .build();
    }

    /** Several codings stay one text, which names none. */
    private static String coding(Response response) {
        return String.join(",", response.headers(CODING)).trim().toLowerCase(Locale.ROOT);
    }

    private static boolean hasNoBody(Response response) {
        return response.request().method().equals("HEAD")
                || response.code() == NO_CONTENT
                || response.code() == NOT_MODIFIED;
    }

    private InflatingSource.Decoder decoder(String coding) {
        if (coding.equals(Coding.GZIP.token())) {
            return GzipSource::new;
        }
        if (coding.equals(Coding.BROTLI.token()) && readsBrotli()) {
            return Brotli::decoder;
        }
        return packed -> {
            throw new IOException("it has another coding than it was asked for in");
        };
    }

    private static String listOf(List<Coding> codings) {
        return codings.isEmpty()
                ? IDENTITY
                : codings.stream().map(Coding::token).collect(Collectors.joining(", "));
    }
}
