// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonObject;
import dev.asap.server.http.HttpRequest;
import dev.asap.server.http.HttpResponse;
import dev.asap.server.http.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many requests a client may send: the texts of limits, windows that move, and the answers of a server that has enough. */
class RateLimitTest {
    private final AtomicLong nanos = new AtomicLong();

    private MovingWindows windows(String limit) {
        return new MovingWindows(RateLimit.parse(limit), 1000, nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10/second;100/minute | [10 per 1 second, 100 per 1 minute]",
                "5 per 2 hours | [5 per 2 hour]",
                "5/2hours , 7/day | [5 per 2 hour, 7 per 1 day]",
                "1 PER SECOND | [1 per 1 second]"
            })
    void text_namesWindows(String text, String windows) {
        assertThat(RateLimit.parse(text).windows()).hasToString(windows);
    }

    @Test
    void standard_isThatOfTheProtocol() {
        assertThat(RateLimit.standard()).isEqualTo(RateLimit.parse("10/second;100/minute"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10/fortnight", "ten/second", "10/second;", "-1/second", "10/second 3"})
    void textThatIsNoLimit_isRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10/second;100/minute")
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"0/second, requests", "100001/second, requests", "1/0day, units", "1/10001day, units"})
    void numbers_outOfRange_areRefused(String text, String what) {
        assertThatThrownBy(() -> RateLimit.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the " + what);
    }

    @Test
    void window_movesWithEachRequest() {
        MovingWindows windows = windows("2/minute");

        assertThat(windows.count("a", 1)).isEmpty();
        pass(Duration.ofSeconds(40));
        assertThat(windows.count("a", 1)).isEmpty();
        pass(Duration.ofSeconds(19));
        assertThat(windows.count("a", 1))
                .get()
                .extracting(MovingWindows.Refusal::retryAfterSeconds)
                .isEqualTo(1L);
        assertThat(windows.count("b", 1)).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(windows.count("a", 1)).isEmpty();
        assertThat(windows.count("a", 1))
                .get()
                .extracting(MovingWindows.Refusal::retryAfterSeconds)
                .isEqualTo(40L);
    }

    @Test
    void refusedRequests_countInNoWindow() {
        MovingWindows windows = windows("1/second;3/minute");

        windows.count("a", 1);
        for (int i = 0; i < 10; i++) {
            assertThat(windows.count("a", 1))
                    .get()
                    .extracting(refusal -> refusal.window().toString())
                    .isEqualTo("1 per 1 second");
        }
        pass(Duration.ofSeconds(1));
        assertThat(windows.count("a", 1)).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(windows.count("a", 1)).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(windows.count("a", 1))
                .get()
                .extracting(refusal -> refusal.window().toString())
                .isEqualTo("3 per 1 minute");
    }

    @Test
    void batch_isLetThroughWhileOneIsLeftAndCountsAll() {
        MovingWindows windows = windows("3/second");

        assertThat(windows.count("a", 2)).isEmpty();
        assertThat(windows.count("a", 50)).isEmpty();
        assertThat(windows.count("a", 1)).isPresent();
        pass(Duration.ofSeconds(1));
        assertThat(windows.count("a", 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void windows_countAsAListOfAllRequestsWould(long seed) {
        Random random = new Random(seed);
        MovingWindows windows = windows("7/second;20/minute;31/hour");
        List<Long> accepted = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            nanos.addAndGet((long) (random.nextDouble() * random.nextDouble() * 20e9));
            int requests = 1 + random.nextInt(3);
            boolean expected = room(accepted, 1e9, 7) && room(accepted, 60e9, 20) && room(accepted, 3600e9, 31);

            assertThat(windows.count("a", requests).isEmpty()).isEqualTo(expected);

            for (int j = 0; expected && j < requests; j++) {
                accepted.add(nanos.get());
            }
        }
    }

    private boolean room(List<Long> accepted, double window, int limit) {
        return accepted.stream().filter(time -> nanos.get() - time < window).count() < limit;
    }

    @Test
    void clients_areRememberedWithinBounds() {
        MovingWindows windows = windows("1/hour");
        for (int i = 0; i < 100_000; i++) {
            windows.count("client " + i, 1);
        }

        assertThat(windows.clients()).isBetween(500, 1000);
        assertThat(windows.count("client 99999", 1)).isPresent();
    }

    @Test
    void manyThreads_getNoMoreThanTheLimit() throws InterruptedException {
        MovingWindows windows = windows("100/hour");
        AtomicInteger admitted = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int j = 0; j < 100; j++) {
                    if (windows.count("a", 1).isEmpty()) {
                        admitted.incrementAndGet();
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(admitted).hasValue(100);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:3:4:5:6, 20010db800010002",
        "2001:db8:1:2::9, 20010db800010002",
        "[2001:db8:1:2::9], 20010db800010002",
        "2001:db8:1:3::9, 20010db800010003"
    })
    void client_isAnAddressOrAnIpv6Network(String address, String client) {
        assertThat(RequestLimits.network(new AddressOnly(address))).isEqualTo(client);
    }

    private record AddressOnly(String remoteAddress) implements HttpRequest {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String path() {
            return "/";
        }

        @Override
        public String query() {
            return null;
        }

        @Override
        public String header(String name) {
            return null;
        }

        @Override
        public long announcedLength() {
            return -1;
        }

        @Override
        public byte[] body() {
            return new byte[0];
        }
    }

    @Test
    void server_refusesWhatIsTooMuchAsRecorded() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.rateLimit(RateLimit.parse("3/hour"))
                .routes(() -> List.of(Route.get("/usage/own", request -> HttpResponse.empty(200)))))) {
            agent.post(TestAgent.echo(JsonObject.empty()));
            agent.post("no json");
            agent.get("/usage/own").close();
            try (Response response = agent.exchange("POST", "/asap", TestAgent.echo(JsonObject.empty()))) {
                long wait = Long.parseLong(response.header("Retry-After"));

                assertThat(response.code()).isEqualTo(429);
                assertThat(wait).isBetween(3500L, 3600L);
                assertThat(response.body().string())
                        .isEqualTo(
                                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\","
                                        + "\"data\":{\"retry_after\":" + wait + ",\"limit\":\"3 per 1 hour\"}}}");
            }
            try (Response usage = agent.get("/usage/own");
                    Response health = agent.get("/health");
                    Response manifest = agent.get("/.well-known/asap/manifest.json");
                    Response metrics = agent.get("/asap/metrics")) {
                assertThat(usage.code()).isEqualTo(429);
                assertThat(List.of(health.code(), manifest.code(), metrics.code()))
                        .containsOnly(200);
            }
        }
    }

    @Test
    void key_canBeAHeader() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.rateLimit(RateLimit.parse("1/hour"))
                .rateLimitKey(request -> String.valueOf(request.header("X-Real-IP"))))) {
            JsonObject message = TestAgent.echo(JsonObject.empty());

            assertThat(agent.postWith(message, "X-Real-IP", "192.0.2.1").has("result"))
                    .isTrue();
            assertThat(agent.postWith(message, "X-Real-IP", "192.0.2.2").has("result"))
                    .isTrue();
            assertThat(agent.postWith(message, "X-Real-IP", "192.0.2.1").has("result"))
                    .isFalse();
        }
    }

    @Test
    void longKeys_areCutOffSoThatTheyTakeNoMemory() {
        RequestLimits limits = new RequestLimits(RateLimit.parse("1/hour"), HttpRequest::remoteAddress, nanos::get);
        String same = "x".repeat(RequestLimits.MAX_KEY_CHARACTERS);

        assertThat(limits.refusal(new AddressOnly(same + "1"), 1)).isNull();
        assertThat(limits.refusal(new AddressOnly(same + "2"), 1)).isNotNull();
    }

    @Test
    void noMessages_areALookOnly() {
        RequestLimits limits = new RequestLimits(RateLimit.parse("1/hour"), HttpRequest::remoteAddress, nanos::get);
        AddressOnly client = new AddressOnly("192.0.2.1");

        assertThat(limits.refusal(client, 0)).isNull();
        assertThat(limits.refusal(client, 1)).isNull();
        assertThat(limits.refusal(client, 0)).isNotNull();
    }

    @Test
    void server_limitsUnlessToldOtherwise() throws IOException {
        try (TestAgent agent = TestAgent.start(builder -> builder.rateLimit(RateLimit.standard()))) {
            boolean refused = false;
            for (int i = 0; i < 101 && !refused; i++) {
                refused = agent.post(TestAgent.echo(JsonObject.empty())).has("error");
            }
            assertThat(refused).isTrue();
        }
    }
}
