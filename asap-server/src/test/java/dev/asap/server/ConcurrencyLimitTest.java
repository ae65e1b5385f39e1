// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.testkit.LeakChecks;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** As many handlers as may run, and no queue behind them. */
@ExtendWith(LeakChecks.class)
@Timeout(60)
class ConcurrencyLimitTest {
    @Test
    void handlerTooMuch_isRefusedAtOnceAndServedLater() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<JsonObject> slow = new AtomicReference<>();
        try (TestAgent agent = TestAgent.start(builder -> builder.maxConcurrentHandlers(1)
                .nonceCheck(true)
                .skill("slow", task -> {
                    entered.countDown();
                    release.await();
                    return task.completed(JsonObject.empty());
                }))) {
            Thread first = new Thread(() -> {
                try {
                    slow.set(agent.post(TestRequests.task("slow", JsonObject.empty())));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            first.start();
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
            JsonObject request = TestRequests.withEnvelope(
                    TestAgent.echo(JsonObject.empty()), "extensions", JsonObject.of("nonce", "n-1"));

            for (String path : new String[] {"/asap", "/asap"}) {
                try (Response refused = agent.exchange("POST", path, RequestBody.create(request.toBytes(), null))) {
                    assertThat(refused.code()).isEqualTo(503);
                    assertThat(refused.header("ASAP-Version")).isEqualTo("2.2");
                    assertThat(refused.body().string())
                            .isEqualTo("{\"error\":\"Service Temporarily Unavailable\","
                                    + "\"code\":\"asap:transport/thread_pool_exhausted\",\"rpc_code\":-32031,"
                                    + "\"message\":\"Thread pool exhausted: 1/1 threads in use. Service temporarily unavailable.\","
                                    + "\"details\":{\"max_threads\":1,\"active_threads\":1},\"recoverable\":true,"
                                    + "\"retry_after_ms\":1000,\"fallback_action\":\"retry_later\"}");
                }
            }
            release.countDown();
            first.join();

            assertThat(slow.get().has("result")).isTrue();
            // The nonce was not used up by the refusals.
            assertThat(agent.post(request).has("result")).isTrue();
        }
    }

    @Test
    void limitBelowOne_isRefused() {
        assertThatThrownBy(() -> ASAPServer.builder(TestAgent.manifest()).maxConcurrentHandlers(0))
                .hasMessageContaining("maxConcurrentHandlers must be at least 1, got 0");
    }
}
