// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.ResponseTooLargeException;
import dev.asap.rpc.JsonRpcError;
import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Call;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of answers, inflated, up to a bound.
 *
 * @param maxBytes the most that is read of one
 */
record BodyReader(long maxBytes) {
    /** Errors are short; what is longer is no error of the protocol. */
    private static final long MAX_ERROR_BYTES = 65_536;

    private static final byte[] NO_BYTES = {};

    /**
     * The body.
     *
     * @throws ResponseTooLargeException if it is larger than allowed; the rest of it is not read
     * @throws dev.asap.error.RemoteErrorException if it cannot be unpacked
     */
    byte[] read(Operation operation, Call call, Response response) throws IOException {
        try {
            byte[] body = readUpTo(maxBytes, call, response);
            if (body != null) {
                return body;
            }
        } catch (OversizedAnswerException e) {
            call.cancel();
        } catch (BrokenEncodingException e) {
            call.cancel();
            throw new JsonRpcError(
                            JsonRpcError.PARSE_ERROR,
                            "the answer to " + operation + " (HTTP " + response.code() + ") cannot be unpacked: "
                                    + e.getMessage(),
                            null)
                    .toException();
        }
        throw new ResponseTooLargeException(operation.address().shown(), maxBytes);
    }

    /** The body of a failure; empty where it cannot be had: the status says more than that it is missing. */
    byte[] readError(Call call, Response response) {
        try {
            byte[] body = readUpTo(Math.min(MAX_ERROR_BYTES, maxBytes), call, response);
            return body == null ? NO_BYTES : body;
        } catch (IOException e) {
            return NO_BYTES;
        }
    }

    private static byte @Nullable [] readUpTo(long maxBytes, Call call, Response response) throws IOException {
        ResponseBody body = response.body();
        if (body.contentLength() < -1) {
            // OkHttp cannot end such a body by itself.
            call.cancel();
            throw new ProtocolException("the length of the answer is negative");
        }
        BufferedSource source = body.source();
        // The second condition asks for one byte more than allowed: false means that the body has ended before.
        if (body.contentLength() > maxBytes || source.request(maxBytes + 1)) {
            // Otherwise closing the answer would first try to read the rest of it.
            call.cancel();
            return null;
        }
        return source.getBuffer().readByteArray();
    }
}
