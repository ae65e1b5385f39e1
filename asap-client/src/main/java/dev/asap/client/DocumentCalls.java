// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Reads manifests, through the cache, and asks for the health. Thread-safe. */
final class DocumentCalls {
    private static final int NOT_MODIFIED = 304;

    /** What becomes of an answer. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(Call call, Response response) throws IOException;
    }

    private final OkHttpClient http;
    private final ConnectionCounts counts;
    private final RunningCalls running;
    private final CallFailures failures;
    private final AnswerReader answers;
    private final BodyReader bodies;
    private final ObservedCalls observed;
    private final ManifestCache cache;
    private final ManifestTrust trust;
    private final InstantSource clock;
    private final ClientOptions options;

    DocumentCalls(
            ClientOptions options,
            OkHttpClient http,
            ConnectionCounts counts,
            RunningCalls running,
            CallFailures failures,
            AnswerReader answers,
            BodyReader bodies,
            ObservedCalls observed) {
        this.options = options;
        this.http = http;
        this.counts = counts;
        this.running = running;
        this.failures = failures;
        this.answers = answers;
        this.bodies = bodies;
        this.observed = observed;
        this.cache = options.manifestCache();
        this.trust = options.manifestTrust();
        this.clock = options.clock();
    }

    Manifest manifest(PeerAddress address) {
        Operation operation = Operation.get(address);
        return cache.get(address.url().toString(), new ManifestCache.Loader() {
            @Override
            public ManifestCache.Fetched load(@Nullable String etag) {
                return fetch(operation, etag);
            }

            @Override
            public Duration timeout() {
                return Duration.ofMillis(http.callTimeoutMillis());
            }

            @Override
            public String operation() {
                return operation.toString();
            }
        });
    }

    HealthStatus health(PeerAddress address) {
        Operation operation = Operation.get(address);
        return execute(CallKind.HEALTH, operation, null, (call, response) -> {
            int status = response.code();
            if (AnswerReader.isDocument(status)) {
                return answers.health(operation, status, bodies.read(operation, call, response));
            }
            byte[] body = bodies.readError(call, response);
            return answers.unhealthy(status, body)
                    .orElseThrow(() -> answers.failure(operation, status, body, RetryAfter.of(response, clock)));
        });
    }

    private ManifestCache.Fetched fetch(Operation operation, @Nullable String etag) {
        return execute(CallKind.MANIFEST, operation, etag, (call, response) -> {
            int status = response.code();
            String caching = response.header("Cache-Control");
            if (status == NOT_MODIFIED && etag != null) {
                return new ManifestCache.Fetched.NotModified(ManifestTtl.ofHeader(caching));
            }
            if (!AnswerReader.isDocument(status)) {
                throw answers.failure(
                        operation, status, bodies.readError(call, response), RetryAfter.of(response, clock));
            }
            byte[] body = bodies.read(operation, call, response);
            Manifest manifest = answers.manifest(operation, status, body, trust);
            return new ManifestCache.Fetched.Fresh(
                    manifest,
                    ManifestTtl.of(caching, manifest.ttlSeconds(), ManifestCache.DEFAULT_TTL),
                    ManifestTtl.mayBeKept(caching) ? response.header("ETag") : null);
        });
    }

    private <T> T execute(CallKind kind, Operation operation, @Nullable String etag, Reading<T> reading) {
        CallObserver observer =
                observed.begin(new CallStart(kind, operation.address().shown(), null));
        Deadline time = Deadline.in(null, options.nanoTime());
        try {
            T value = executeOnce(operation, etag, observer, reading);
            observer.end(new CallEnd(new CallEnd.Answered(null), 1, time.elapsed(), 0, 0));
            return value;
        } catch (RuntimeException | Error e) {
            ASAPException failure = CallFailures.unexpected(operation, e);
            observer.end(new CallEnd(new CallEnd.Failed(failure), 1, time.elapsed(), 0, 0));
            throw e;
        }
    }

    private <T> T executeOnce(Operation operation, @Nullable String etag, CallObserver observer, Reading<T> reading) {
        Call call = http.newCall(request(operation, etag, observer));
        RunningCalls.Running cutOff = call::cancel;
        running.begin(cutOff, operation.shown());
        try (Response response = responseTo(call)) {
            return reading.read(call, response);
        } catch (IOException e) {
            throw failures.toException(e, call, operation, http, null);
        } catch (InterruptedException e) {
            throw failures.interrupted(e, operation);
        } finally {
            running.end(cutOff);
        }
    }

    private Request request(Operation operation, @Nullable String etag, CallObserver observer) {
        Request.Builder request = new Request.Builder()
                .url(operation.address().url())
                .tag(CallProgress.class, new CallProgress(counts))
                .header("Accept", "application/json");
        if (etag != null) {
            request.header("If-None-Match", etag);
        }
        observer.attempt(1, request::header);
        return request.build();
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }
}
