// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.ProtocolException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Calls the identity and capability routes of an agent, each call once. Thread-safe. */
final class AccessCalls {
    private final ClientOptions options;
    private final HttpClients clients;
    private final ConnectionCounts counts;
    private final RunningCalls running;
    private final CallFailures failures;
    private final BodyReader bodies;
    private final ObservedCalls observed;
    private final AccessAnswers answers;

    AccessCalls(
            ClientOptions options,
            HttpClients clients,
            ConnectionCounts counts,
            RunningCalls running,
            CallFailures failures,
            AnswerReader answers,
            BodyReader bodies,
            ObservedCalls observed) {
        this.options = options;
        this.clients = clients;
        this.counts = counts;
        this.running = running;
        this.failures = failures;
        this.bodies = bodies;
        this.observed = observed;
        this.answers = new AccessAnswers(answers, options.clock());
    }

    ClientOptions options() {
        return options;
    }

    /** Asks; a connection that breaks is no failure if another one works. */
    <T> T get(PeerAddress address, @Nullable String token, Class<T> type) {
        Operation operation = Operation.get(address);
        return AccessAnswers.read(operation, exchange(operation, clients.documents(), null, token), type);
    }

    /** Has the agent do something. */
    JsonObject post(Operation operation, JsonObject body, String token) {
        return exchange(operation, clients.messages(), body, token);
    }

    /**
     * Waits in the calling thread.
     *
     * @param operation what follows, for messages
     * @throws ClientClosedException if the client is closed meanwhile
     * @throws CallInterruptedException if the thread is interrupted
     */
    void pause(Operation operation, Duration wait) {
        CountDownLatch cutOff = new CountDownLatch(1);
        RunningCalls.Running waiting = cutOff::countDown;
        running.begin(waiting, operation.shown());
        try {
            if (cutOff.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw CallFailures.closed(operation);
            }
        } catch (InterruptedException e) {
            throw failures.interrupted(e, operation);
        } finally {
            running.end(waiting);
        }
    }

    private JsonObject exchange(
            Operation operation, OkHttpClient http, @Nullable JsonObject body, @Nullable String token) {
        CallObserver observer = observed.begin(
                new CallStart(CallKind.IDENTITY, operation.address().shown(), null));
        Deadline time = Deadline.in(null, options.nanoTime());
        try {
            JsonObject answer = exchangeOnce(operation, http, body, token, observer);
            observer.end(new CallEnd(new CallEnd.Answered(null), 1, time.elapsed(), 0, 0));
            return answer;
        } catch (RuntimeException | Error e) {
            ASAPException failure = CallFailures.unexpected(operation, e);
            observer.end(new CallEnd(new CallEnd.Failed(failure), 1, time.elapsed(), 0, 0));
            throw e;
        }
    }

    private JsonObject exchangeOnce(
            Operation operation,
            OkHttpClient http,
            @Nullable JsonObject body,
            @Nullable String token,
            CallObserver observer) {
        CallProgress progress = new CallProgress(counts);
        Call call = http.newCall(request(operation, body, token, observer, progress));
        Duration limit = options.callTimeout();
        if (body != null && limit != null) {
            call.timeout().timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
        }
        RunningCalls.Running cutOff = call::cancel;
        running.begin(cutOff, operation.shown());
        try (Response response = responseTo(call)) {
            int status = response.code();
            if (!AnswerReader.isDocument(status)) {
                throw answers.failure(operation, response, bodies.readError(call, response));
            }
            return answers.object(operation, status, bodies.read(operation, call, response));
        } catch (IOException e) {
            throw failed(call, operation, http, body != null && progress.mayHaveArrived(e), e);
        } catch (InterruptedException e) {
            throw failures.interrupted(e, operation);
        } finally {
            running.end(cutOff);
        }
    }

    private ASAPException failed(
            Call call, Operation operation, OkHttpClient http, boolean mayHaveActed, IOException e) {
        ASAPException failure = failures.toException(e, call, operation, http, options.callTimeout());
        return mayHaveActed && failure instanceof ProtocolException lost
                ? new UnknownOutcomeException(lost, null)
                : failure;
    }

    private static Request request(
            Operation operation,
            @Nullable JsonObject body,
            @Nullable String token,
            CallObserver observer,
            CallProgress progress) {
        Request.Builder request = new Request.Builder()
                .url(operation.address().url())
                .tag(CallProgress.class, progress)
                .header("Accept", "application/json");
        if (body != null) {
            request.post(RequestBody.create(body.toBytes(), MessageExchange.JSON));
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        observer.attempt(1, request::header);
        return request.build();
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }
}
