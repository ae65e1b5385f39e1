// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonShape;
import dev.asap.json.JsonValue;
import dev.asap.json.ReadOptions;
import dev.asap.json.Shapes;
import dev.asap.rpc.JsonRpcError;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Answers batches: each element on its own, several at once, the answers in the order of the elements.
 *
 * <p>The request's own thread works on the elements too, so that a batch gets on however busy the other threads are. Thread-safe.
 */
final class BatchAnswers {
    /** How many elements of one batch are worked on at once. */
    static final int WIDTH = 16;

    /** How many threads work on batches besides those of the requests, in the whole server, those included that have not begun. */
    private static final int MAX_HELPERS = 256;

    private static final JsonShape<JsonValue> ANY = Shapes.SHALLOW;

    private final MessagePipeline pipeline;
    private final int maxItems;
    private final Executor threads;
    private final RequestLimits limits;
    private final Semaphore helpers = new Semaphore(MAX_HELPERS);

    BatchAnswers(MessagePipeline pipeline, int maxItems, Executor threads, RequestLimits limits) {
        this.pipeline = pipeline;
        this.maxItems = maxItems;
        this.threads = threads;
        this.limits = limits;
    }

    /** The answer to an array: an array, or one error for the whole. Each element counts as a request of the client. */
    HttpResponse answer(byte[] body, HttpRequest request) {
        BatchItems items;
        List<Boolean> objects = new ArrayList<>();
        try {
            items = BatchItems.of(body, maxItems);
            if (items.count() > maxItems) {
                return refused("batch size " + items.count() + " exceeds max " + maxItems);
            }
            for (byte[] item : items.texts()) {
                objects.add(ANY.parse("element of the batch", item, ReadOptions.strict()) instanceof JsonObject);
            }
        } catch (JsonException e) {
            return HttpResponse.json(
                    200, pipeline.codec().writeError(null, JsonRpcError.parseError(String.valueOf(e.getMessage()))));
        }
        if (items.count() == 0) {
            return refused("empty batch");
        }
        HttpResponse refusal = limits.refusal(request, items.count());
        if (refusal != null) {
            return refusal;
        }
        Work work = new Work(items.texts(), objects, request);
        work.start();
        return HttpResponse.json(200, work.await());
    }

    private HttpResponse refused(String reason) {
        return HttpResponse.json(
                200, pipeline.codec().writeError(null, JsonRpcError.invalidRequest(JsonObject.of("reason", reason))));
    }

    /** One batch. Each thread that works on it takes the next element until there is none. */
    private final class Work {
        private final List<byte[]> items;
        private final List<Boolean> objects;
        private final HttpRequest request;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReferenceArray<byte @Nullable []> answers;
        private final CountDownLatch unanswered;

        Work(List<byte[]> items, List<Boolean> objects, HttpRequest request) {
            this.items = items;
            this.objects = objects;
            this.request = request;
            this.answers = new AtomicReferenceArray<>(items.size());
            this.unanswered = new CountDownLatch(items.size());
        }

        void start() {
            int others = Math.min(items.size(), WIDTH) - 1;
            for (int i = 0; i < others && helpers.tryAcquire(); i++) {
                try {
                    threads.execute(this::help);
                } catch (RejectedExecutionException closing) {
                    // The threads that are there will do.
                    helpers.release();
                }
            }
            run();
        }

        private void help() {
            try {
                run();
            } finally {
                helpers.release();
            }
        }

        private void run() {
            for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                try {
                    answers.set(i, objects.get(i) ? answer(items.get(i)) : notAnObject());
                } finally {
                    unanswered.countDown();
                }
            }
        }

        private byte[] answer(byte[] item) {
            Reply reply = pipeline.answer(item, Arrival.inBatch(request));
            if (reply instanceof Reply.Answered answered) {
                return answered.body();
            }
            Reply.Overloaded overloaded = (Reply.Overloaded) reply;
            return pipeline.codec()
                    .writeError(
                            overloaded.id(),
                            JsonRpcError.of(
                                    overloaded.reason(),
                                    String.valueOf(overloaded.reason().getMessage())));
        }

        private byte[] notAnObject() {
            return pipeline.codec()
                    .writeError(null, new JsonRpcError(JsonRpcError.INVALID_REQUEST, "Invalid request", null));
        }

        /** Waits as long as the handlers take: nothing else could be answered. */
        byte[] await() {
            try {
                unanswered.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < items.size(); i++) {
                byte[] answer = answers.get(i);
                all.write(i == 0 ? '[' : ',');
                all.writeBytes(answer != null ? answer : lost());
            }
            all.write(']');
            return all.toByteArray();
        }

        /** For an element whose thread died of an error. */
        private byte[] lost() {
            return pipeline.codec()
                    .writeError(null, JsonRpcError.internalError(JsonObject.of("error", "Internal server error")));
        }
    }
}
