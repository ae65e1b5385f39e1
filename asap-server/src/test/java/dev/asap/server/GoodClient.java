// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.json.JsonObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** A client that goes on calling while others attack, and remembers what did not go well. */
final class GoodClient implements AutoCloseable {
    private static final int PAUSE_MILLIS = 10;

    private final OkHttpClient http =
            new OkHttpClient.Builder().callTimeout(10, TimeUnit.SECONDS).build();
    private final Request request;
    private final Thread thread = new Thread(this::run, "good-client");
    private final List<String> failures = new ArrayList<>();
    private volatile boolean stopped;
    private final AtomicInteger calls = new AtomicInteger();

    private GoodClient(int port) {
        byte[] body = TestAgent.echo(JsonObject.of("text", "hello")).toBytes();
        this.request = new Request.Builder()
                .url("http://127.0.0.1:" + port + "/asap")
                .post(RequestBody.create(body, MediaType.get("application/json")))
                .build();
    }

    static GoodClient start(int port) {
        GoodClient client = new GoodClient(port);
        client.thread.start();
        return client;
    }

    /** How many calls it has made. */
    int calls() {
        return calls.get();
    }

    /** What went wrong since this was asked last. */
    List<String> failures() {
        synchronized (failures) {
            List<String> seen = List.copyOf(failures);
            failures.clear();
            return seen;
        }
    }

    private void run() {
        while (!stopped) {
            try {
                call();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedIOException | InterruptedException e) {
                if (!stopped) {
                    failed(e.toString());
                }
            } catch (IOException | RuntimeException e) {
                failed(e.toString());
            }
            calls.incrementAndGet();
        }
    }

    private void call() throws IOException {
        try (Response response = http.newCall(request).execute()) {
            String body = response.body().string();
            if (response.code() != 200 || !body.contains("\"text\":\"hello\"")) {
                failed(response.code() + " " + body);
            }
        }
    }

    private void failed(String what) {
        synchronized (failures) {
            failures.add(what);
        }
    }

    @Override
    public void close() {
        stopped = true;
        http.dispatcher().cancelAll();
        http.connectionPool().evictAll();
        http.dispatcher().executorService().shutdown();
    }
}
