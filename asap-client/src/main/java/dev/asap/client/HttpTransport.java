// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.rpc.JsonRpcId;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * The protocol over HTTP: makes the requests, reads the answers within bounds, and ends with everything it started.
 * Thread-safe.
 *
 * <p>Messages and documents are fetched by two OkHttp clients that share threads and connections: a message must not be sent
 * twice behind the caller's back, a document may.
 */
final class HttpTransport {
    /** How many asynchronous calls run at a time, and how many idle connections are kept. */
    private static final int MAX_CONNECTIONS = 100;

    /** Shorter than the time after which servers usually close a silent connection. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration DOCUMENT_TIMEOUT = Duration.ofSeconds(10);

    /** Errors are short; what is longer is no error of the protocol. */
    private static final long MAX_ERROR_BYTES = 65_536;

    /** How long {@link #close} waits for what it has cut off to notice. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** Fits a number of nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private static final MediaType JSON = MediaType.get("application/json");
    private static final byte[] NO_BYTES = {};

    /** What becomes of an answer. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(Call call, Response response) throws IOException;
    }

    /** The transport whose call just completed a future in this thread: closing it from there must not wait for the thread. */
    private static final ThreadLocal<@Nullable HttpTransport> COMPLETING = new ThreadLocal<>();

    private final InstantSource clock;
    private final Supplier<String> idempotencyKeys;
    private final long maxResponseBytes;
    private final Operation send;
    private final Operation ownManifest;
    private final Operation ownHealth;
    private final Request messageTemplate;
    private final AtomicLong lastRequestNumber = new AtomicLong();

    private final OkHttpClient messages;
    private final OkHttpClient documents;
    private final ExecutorService threads = ClientThreads.newExecutor();
    private final @Nullable ConnectionPool ownConnections;

    private final JsonRpcCodec codec;
    private final AnswerReader answers;
    private final RunningCalls running = new RunningCalls();
    private final CallFailures failures = new CallFailures(running);

    HttpTransport(ClientOptions options) {
        this.clock = options.clock();
        this.idempotencyKeys = options.idempotencyKeys();
        this.maxResponseBytes = options.maxResponseBytes();
        this.send = Operation.post(options.agent().messages());
        this.ownManifest = Operation.get(options.agent().manifest());
        this.ownHealth = Operation.get(options.agent().health());
        this.messageTemplate = messageTemplate(options);
        this.codec = new JsonRpcCodec(clock);
        this.answers = new AnswerReader(codec);
        OkHttpClient given = options.okHttpClient();
        this.ownConnections = given == null
                ? new ConnectionPool(MAX_CONNECTIONS, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
                : null;
        this.messages = messageClient(options, newDispatcher(threads), ownConnections);
        this.documents = documentClient(messages);
    }

    Envelope send(Envelope envelope) {
        return execute(messages, requestOf(envelope), send, (call, response) -> answerTo(envelope, call, response));
    }

    CompletableFuture<Envelope> sendAsync(Envelope envelope) {
        Call call;
        try {
            call = messages.newCall(requestOf(envelope));
            running.begin(call, send.shown());
        } catch (ASAPException e) {
            return CompletableFuture.failedFuture(e);
        }
        PendingAnswer answer = new PendingAnswer(call, envelope);
        call.enqueue(answer);
        return answer;
    }

    Manifest manifest() {
        return manifest(ownManifest);
    }

    Manifest manifest(PeerAddress address) {
        return manifest(Operation.get(address));
    }

    private Manifest manifest(Operation operation) {
        return execute(documents, documentRequest(operation), operation, (call, response) -> {
            if (!AnswerReader.isDocument(response.code())) {
                throw failure(operation, call, response);
            }
            return answers.manifest(operation, response.code(), read(operation, call, response, maxResponseBytes));
        });
    }

    HealthStatus health() {
        return execute(documents, documentRequest(ownHealth), ownHealth, (call, response) -> {
            int status = response.code();
            if (AnswerReader.isDocument(status)) {
                return answers.health(ownHealth, status, read(ownHealth, call, response, maxResponseBytes));
            }
            byte[] body = readError(call, response);
            return answers.unhealthy(status, body)
                    .orElseThrow(() -> answers.failure(ownHealth, status, body, RetryAfter.of(response, clock)));
        });
    }

    /** Lets running calls end until the timeout, then cuts them off; the second time it does nothing. */
    void close(Duration timeout) {
        if (!running.refuse()) {
            return;
        }
        boolean interrupted = !awaitCalls(timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout);
        running.cancelAll();
        threads.shutdown();
        interrupted |= !awaitCalls(SETTLE);
        // The thread that waits here must not be one of those that it waits for.
        if (COMPLETING.get() != this) {
            interrupted |= !awaitThreads();
        }
        if (ownConnections != null) {
            ownConnections.evictAll();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitCalls(Duration timeout) {
        try {
            boolean unused = running.awaitNone(timeout);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitThreads() {
        try {
            boolean unused = threads.awaitTermination(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private Request requestOf(Envelope envelope) {
        String key = idempotencyKeys.get();
        JsonRpcId id = JsonRpcId.of("req-" + lastRequestNumber.incrementAndGet());
        byte[] body = codec.writeRequest(id, envelope, key);
        return messageTemplate
                .newBuilder()
                .addHeader("X-Idempotency-Key", key)
                .post(RequestBody.create(body, JSON))
                .build();
    }

    private static Request documentRequest(Operation operation) {
        return new Request.Builder()
                .url(operation.address().url())
                .header("Accept", "application/json")
                .build();
    }

    private <T> T execute(OkHttpClient http, Request request, Operation operation, Reading<T> reading) {
        Call call = http.newCall(request);
        running.begin(call, operation.shown());
        try (Response response = responseTo(call)) {
            return reading.read(call, response);
        } catch (IOException e) {
            throw failures.toException(e, call, operation, http);
        } catch (InterruptedException e) {
            throw failures.interrupted(e, operation);
        } finally {
            running.end(call);
        }
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }

    private Envelope answerTo(Envelope envelope, Call call, Response response) throws IOException {
        int status = response.code();
        if (!AnswerReader.isJsonRpc(status)) {
            throw failure(send, call, response);
        }
        return answers.envelope(send, status, read(send, call, response, maxResponseBytes), envelope);
    }

    private ASAPException failure(Operation operation, Call call, Response response) {
        return answers.failure(operation, response.code(), readError(call, response), RetryAfter.of(response, clock));
    }

    /** The body, inflated; what is larger than allowed is not read to its end. */
    private static byte[] read(Operation operation, Call call, Response response, long maxBytes) throws IOException {
        byte[] body = readUpTo(maxBytes, call, response);
        if (body == null) {
            throw new ResponseTooLargeException(operation.address().shown(), maxBytes);
        }
        return body;
    }

    /** The body of a failure; empty where it cannot be had: the status says more than that it is missing. */
    private byte[] readError(Call call, Response response) {
        try {
            byte[] body = readUpTo(Math.min(MAX_ERROR_BYTES, maxResponseBytes), call, response);
            return body == null ? NO_BYTES : body;
        } catch (IOException e) {
            return NO_BYTES;
        }
    }

    private static byte @Nullable [] readUpTo(long maxBytes, Call call, Response response) throws IOException {
        ResponseBody body = response.body();
        BufferedSource source = body.source();
        // The second condition asks for one byte more than allowed: false means that the body has ended before.
        if (body.contentLength() > maxBytes || source.request(maxBytes + 1)) {
            // Otherwise closing the answer would first try to read the rest of it.
            call.cancel();
            return null;
        }
        return source.getBuffer().readByteArray();
    }

    private static Request messageTemplate(ClientOptions options) {
        Request.Builder template = new Request.Builder()
                .url(options.agent().messages().url())
                .header("Accept", "application/json")
                .header("ASAP-Version", String.join(", ", options.asapVersions()));
        if (options.bearerToken() != null) {
            template.header("Authorization", "Bearer " + options.bearerToken());
        }
        return template.build();
    }

    private static Dispatcher newDispatcher(ExecutorService threads) {
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(MAX_CONNECTIONS);
        dispatcher.setMaxRequestsPerHost(MAX_CONNECTIONS);
        return dispatcher;
    }

    private static OkHttpClient messageClient(
            ClientOptions options, Dispatcher dispatcher, @Nullable ConnectionPool connections) {
        OkHttpClient given = options.okHttpClient();
        OkHttpClient.Builder builder = given != null
                ? given.newBuilder()
                : new OkHttpClient.Builder()
                        .connectTimeout(DEFAULT_TIMEOUT)
                        .readTimeout(DEFAULT_TIMEOUT)
                        .writeTimeout(DEFAULT_TIMEOUT);
        builder.dispatcher(dispatcher)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false);
        builder.networkInterceptors().add(0, RetryAfter::holdBack);
        if (connections != null) {
            builder.connectionPool(connections);
        }
        if (options.connectTimeout() != null) {
            builder.connectTimeout(options.connectTimeout());
        }
        if (options.readTimeout() != null) {
            builder.readTimeout(options.readTimeout());
        }
        if (options.writeTimeout() != null) {
            builder.writeTimeout(options.writeTimeout());
        }
        if (options.callTimeout() != null) {
            builder.callTimeout(options.callTimeout());
        }
        return builder.build();
    }

    private static OkHttpClient documentClient(OkHttpClient messages) {
        return messages.newBuilder()
                .connectTimeout(atMostDocumentTimeout(messages.connectTimeoutMillis()))
                .readTimeout(atMostDocumentTimeout(messages.readTimeoutMillis()))
                .writeTimeout(atMostDocumentTimeout(messages.writeTimeoutMillis()))
                .callTimeout(atMostDocumentTimeout(messages.callTimeoutMillis()))
                .retryOnConnectionFailure(true)
                .build();
    }

    /** OkHttp's 0 is no limit. */
    private static Duration atMostDocumentTimeout(int millis) {
        return millis == 0 || millis > DOCUMENT_TIMEOUT.toMillis() ? DOCUMENT_TIMEOUT : Duration.ofMillis(millis);
    }

    /** The answer to an asynchronous call. Completed by anyone else, it takes the call back. */
    private final class PendingAnswer extends CompletableFuture<Envelope> implements Callback {
        private final Call call;
        private final Envelope request;

        PendingAnswer(Call call, Envelope request) {
            this.call = call;
            this.request = request;
        }

        @Override
        public void onResponse(Call answered, Response response) {
            try (response) {
                settle(answerTo(request, call, response), null);
            } catch (IOException e) {
                settle(null, failures.toException(e, call, send, messages));
            } catch (RuntimeException | Error e) {
                settle(null, e);
            }
        }

        @Override
        public void onFailure(Call failed, IOException e) {
            settle(null, failures.toException(e, call, send, messages));
        }

        /** Ends the call, then tells: what hangs on this future may close the client, which waits for running calls. */
        private void settle(@Nullable Envelope answer, @Nullable Throwable failure) {
            running.end(call);
            HttpTransport outer = COMPLETING.get();
            COMPLETING.set(HttpTransport.this);
            try {
                if (answer != null) {
                    super.complete(answer);
                } else {
                    super.completeExceptionally(Objects.requireNonNull(failure));
                }
            } finally {
                COMPLETING.set(outer);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return takeBackIf(super.cancel(mayInterruptIfRunning));
        }

        @Override
        public boolean complete(Envelope value) {
            return takeBackIf(super.complete(value));
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            return takeBackIf(super.completeExceptionally(failure));
        }

        private boolean takeBackIf(boolean completed) {
            if (completed) {
                call.cancel();
            }
            return completed;
        }
    }
}
