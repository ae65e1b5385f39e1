// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.ProtocolException;
import dev.asap.error.UnknownOutcomeException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Makes one attempt to get an answer from the message endpoint. It takes two exchanges when the peer refuses the coding of the
 * body, or a token for which there is another one. Thread-safe.
 */
final class MessageExchange {
    private static final int UNAUTHORIZED = 401;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient http;
    private final ConnectionCounts counts;
    private final Operation operation;
    private final Request template;
    private final @Nullable TokenProvider tokens;
    private final RequestCompressor compressor;
    private final AnswerInflation inflation;
    private final PeerCodings peerCodings;
    private final AnswerReader answers;
    private final BodyReader bodies;
    private final CallFailures failures;
    private final InstantSource clock;

    MessageExchange(
            OkHttpClient http,
            ConnectionCounts counts,
            Operation operation,
            Request template,
            @Nullable TokenProvider tokens,
            RequestCompressor compressor,
            AnswerInflation inflation,
            PeerCodings peerCodings,
            AnswerReader answers,
            BodyReader bodies,
            CallFailures failures,
            InstantSource clock) {
        this.http = http;
        this.counts = counts;
        this.operation = operation;
        this.template = template;
        this.tokens = tokens;
        this.compressor = compressor;
        this.inflation = inflation;
        this.peerCodings = peerCodings;
        this.answers = answers;
        this.bodies = bodies;
        this.failures = failures;
        this.clock = clock;
    }

    /** Makes an attempt. Throws nothing that belongs to the call. */
    <T> AttemptResult<T> attempt(MessageCall<T> call, Outgoing<T> outgoing) {
        int number = call.nextAttempt();
        byte[] plain = outgoing.body(number);
        try {
            String token = tokens == null ? null : tokens.token();
            RequestCompressor.Body body = compressor.compress(plain);
            AttemptResult<T> result = exchange(call, outgoing, number, body, token);
            if (body.coding() != null && isStatus(result, UNSUPPORTED_MEDIA_TYPE)) {
                result = exchange(call, outgoing, number, new RequestCompressor.Body(plain, null), token);
            }
            if (tokens != null && token != null && isStatus(result, UNAUTHORIZED)) {
                String renewed = tokens.renewed(token);
                if (renewed != null) {
                    result = exchange(call, outgoing, number, compressor.compress(plain), renewed);
                }
            }
            return result;
        } catch (ASAPException e) {
            return conclusive(e);
        }
    }

    private static <T> AttemptResult<T> conclusive(ASAPException failure) {
        return new AttemptResult.Failed<>(new AttemptFailure.Conclusive(failure));
    }

    private static boolean isStatus(AttemptResult<?> result, int status) {
        return result instanceof AttemptResult.Failed<?> failed
                && failed.failure() instanceof AttemptFailure.Answered answered
                && answered.httpStatus() == status;
    }

    private <T> AttemptResult<T> exchange(
            MessageCall<T> call,
            Outgoing<T> outgoing,
            int number,
            RequestCompressor.Body body,
            @Nullable String token) {
        CallProgress progress = new CallProgress(counts);
        Call exchange = http.newCall(request(call, outgoing, number, body, token, progress));
        Duration left = call.deadline().left();
        if (left != null) {
            if (left.isZero()) {
                return conclusive(call.outOfTime());
            }
            exchange.timeout().timeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS);
        }
        call.runs(exchange::cancel);
        try (Response response = responseTo(exchange)) {
            return answer(call, outgoing, exchange, body, response);
        } catch (IOException e) {
            return failed(call, outgoing, exchange, progress, e);
        } catch (InterruptedException e) {
            return conclusive(failures.interrupted(e, operation));
        } catch (ASAPException e) {
            return conclusive(e);
        }
    }

    private <T> AttemptResult<T> answer(
            MessageCall<T> call, Outgoing<T> outgoing, Call exchange, RequestCompressor.Body body, Response response)
            throws IOException {
        int status = response.code();
        if (!AnswerReader.isJsonRpc(status)) {
            Duration retryAfter = RetryAfter.of(response, clock);
            byte[] error = bodies.readError(exchange, response);
            call.transferred(body.bytes().length, error.length);
            if (status == UNSUPPORTED_MEDIA_TYPE && body.coding() != null) {
                peerCodings.refused(body.coding(), response.headers("Accept-Encoding"));
            }
            return new AttemptResult.Failed<>(new AttemptFailure.Answered(
                    status,
                    answers.failure(operation, status, error, retryAfter, ASAPChallenge.of(response)),
                    retryAfter));
        }
        byte[] answer = bodies.read(operation, exchange, response);
        call.transferred(body.bytes().length, answer.length);
        Outgoing.Reply<T> reply = outgoing.read(operation, status, answer);
        if (reply instanceof Outgoing.Refusal<T> refusal) {
            return new AttemptResult.Failed<>(new AttemptFailure.Refused(refusal.error()));
        }
        return new AttemptResult.Answered<>(((Outgoing.Value<T>) reply).value());
    }

    private <T> AttemptResult<T> failed(
            MessageCall<T> call, Outgoing<T> outgoing, Call exchange, CallProgress progress, IOException e) {
        ASAPException failure = failures.toException(
                e, exchange, operation, http, call.deadline().limit());
        if (!(failure instanceof ProtocolException lost)) {
            return conclusive(failure);
        }
        return new AttemptResult.Failed<>(
                progress.mayHaveArrived(e)
                        ? new AttemptFailure.OutcomeUnknown(
                                new UnknownOutcomeException(lost, outgoing.idempotencyKey()))
                        : new AttemptFailure.NotSent(lost));
    }

    private Request request(
            MessageCall<?> call,
            Outgoing<?> outgoing,
            int number,
            RequestCompressor.Body body,
            @Nullable String token,
            CallProgress progress) {
        Request.Builder request = template.newBuilder()
                .tag(CallProgress.class, progress)
                .header("X-Idempotency-Key", outgoing.idempotencyKey())
                .header("Accept-Encoding", inflation.acceptEncoding())
                .post(RequestBody.create(body.bytes(), JSON));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (body.coding() != null) {
            request.header("Content-Encoding", body.coding().token());
        }
        call.observer().attempt(number, request::header);
        call.options().headers().forEach(request::header);
        return request.build();
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }
}
