// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Reads manifests, through the cache, and asks for the health and for documents of other kinds. Thread-safe. */
final class DocumentCalls {
    private static final int NOT_MODIFIED = 304;
    private static final int TOO_MANY_REQUESTS = 429;

    /** What becomes of an answer. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(Call call, Response response) throws IOException;
    }

    /** What came of an attempt. */
    private sealed interface Step<T> {}

    private record Done<T>(T value) implements Step<T> {}

    private record Again<T>(Duration pause) implements Step<T> {}

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
    private final DocumentRules rules;
    private final ScheduledExecutorService timer;

    DocumentCalls(
            ClientOptions options,
            OkHttpClient http,
            ConnectionCounts counts,
            RunningCalls running,
            CallFailures failures,
            AnswerReader answers,
            BodyReader bodies,
            ObservedCalls observed,
            ScheduledExecutorService timer) {
        this.options = options;
        this.rules = options.documents();
        this.timer = timer;
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
                return rules.longest(Duration.ofMillis(http.callTimeoutMillis()));
            }

            @Override
            public String operation() {
                return operation.toString();
            }
        });
    }

    HealthStatus health(PeerAddress address) {
        Operation operation = Operation.get(address);
        return execute(CallKind.HEALTH, operation, Headers.EMPTY, (call, response) -> {
            int status = response.code();
            if (AnswerReader.isDocument(status)) {
                return answers.health(operation, status, bodies.read(operation, call, response));
            }
            byte[] body = bodies.readError(call, response);
            return answers.unhealthy(status, body)
                    .orElseThrow(() -> answers.failure(operation, status, body, RetryAfter.of(response, clock)));
        });
    }

    /**
     * Reads a document that is not kept here.
     *
     * @param what names it in messages
     * @param headers goes with the request
     */
    <T> T document(String what, PeerAddress address, Headers headers, Function<byte[], T> reading) {
        Operation operation = Operation.get(address);
        return execute(CallKind.REGISTRY, operation, headers, (call, response) -> {
            int status = response.code();
            if (!AnswerReader.isDocument(status)) {
                throw failure(operation, call, response);
            }
            return answers.document(what, operation, status, bodies.read(operation, call, response), reading);
        });
    }

    private ManifestCache.Fetched fetch(Operation operation, @Nullable String etag) {
        Headers headers = etag == null ? Headers.EMPTY : Headers.of("If-None-Match", etag);
        return execute(CallKind.MANIFEST, operation, headers, (call, response) -> {
            int status = response.code();
            String caching = response.header("Cache-Control");
            if (status == NOT_MODIFIED && etag != null) {
                return new ManifestCache.Fetched.NotModified(ManifestTtl.ofHeader(caching));
            }
            if (!AnswerReader.isDocument(status)) {
                throw failure(operation, call, response);
            }
            byte[] body = bodies.read(operation, call, response);
            Manifest manifest = answers.manifest(operation, status, body, trust);
            return new ManifestCache.Fetched.Fresh(
                    manifest,
                    ManifestTtl.of(caching, manifest.ttlSeconds(), ManifestCache.DEFAULT_TTL),
                    ManifestTtl.mayBeKept(caching) ? response.header("ETag") : null);
        });
    }

    private ASAPException failure(Operation operation, Call call, Response response) {
        return answers.failure(
                operation, response.code(), bodies.readError(call, response), RetryAfter.of(response, clock));
    }

    private <T> T execute(CallKind kind, Operation operation, Headers headers, Reading<T> reading) {
        CallObserver observer =
                observed.begin(new CallStart(kind, operation.address().shown(), null));
        DocumentAttempts attempts =
                new DocumentAttempts(kind == CallKind.MANIFEST ? rules : DocumentRules.ONCE, observer);
        Deadline time = Deadline.in(null, options.nanoTime());
        try {
            T value = executeWith(attempts, operation, headers, reading);
            observer.end(new CallEnd(new CallEnd.Answered(null), attempts.made(), time.elapsed(), 0, 0));
            return value;
        } catch (RuntimeException | Error e) {
            ASAPException failure = CallFailures.unexpected(operation, e);
            observer.end(new CallEnd(new CallEnd.Failed(failure), attempts.made(), time.elapsed(), 0, 0));
            throw e;
        }
    }

    private <T> T executeWith(DocumentAttempts attempts, Operation operation, Headers headers, Reading<T> reading) {
        while (true) {
            Step<T> step = attempt(attempts, operation, headers, reading);
            if (step instanceof Done<T> done) {
                return done.value();
            }
            pause(operation, ((Again<T>) step).pause());
        }
    }

    private <T> Step<T> attempt(DocumentAttempts attempts, Operation operation, Headers headers, Reading<T> reading) {
        Call call = http.newCall(request(operation, headers, attempts));
        RunningCalls.Running cutOff = call::cancel;
        running.begin(cutOff, operation.shown());
        try (Response response = responseTo(call)) {
            if (response.code() == TOO_MANY_REQUESTS) {
                ASAPException refusal = failure(operation, call, response);
                return new Again<>(attempts.waitAfter(refusal, RetryAfter.of(response, clock)));
            }
            return new Done<>(reading.read(call, response));
        } catch (IOException e) {
            throw failures.toException(e, call, operation, http, null);
        } catch (InterruptedException e) {
            throw failures.interrupted(e, operation);
        } finally {
            running.end(cutOff);
        }
    }

    private Request request(Operation operation, Headers headers, DocumentAttempts attempts) {
        Request.Builder request = new Request.Builder()
                .url(operation.address().url())
                .tag(CallProgress.class, new CallProgress(counts))
                .headers(headers)
                .header("Accept", "application/json");
        attempts.begin(request::header);
        return request.build();
    }

    /** Waits between two attempts; ends when the client is closed. */
    private void pause(Operation operation, Duration wait) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        RunningCalls.Running cutOff = () -> over.cancel(false);
        running.begin(cutOff, operation.shown());
        try {
            Runnable goOn = () -> over.complete(null);
            Future<?> alarm = timer.schedule(goOn, wait.toNanos(), TimeUnit.NANOSECONDS);
            try {
                over.get();
            } finally {
                alarm.cancel(false);
            }
        } catch (CancellationException | RejectedExecutionException e) {
            throw CallFailures.closed(operation);
        } catch (InterruptedException e) {
            throw failures.interrupted(e, operation);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an alarm does not fail", e);
        } finally {
            running.end(cutOff);
        }
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }
}
