// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.asap.error.WebhookUrlRejectedException;
import dev.asap.json.AsciiJson;
import dev.asap.json.JsonObject;
import dev.asap.server.http.ServerBusyException;
import dev.asap.testkit.SettableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks over real connections, with a time that the test moves. */
class WebhookSenderTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final JsonObject PAYLOAD = JsonObject.of("event", "task.completed");

    private record Received(String body, String signature, String contentType, String path) {}

    private record Later(Duration delay, Runnable task) {}

    private final ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Later> later = new LinkedBlockingQueue<>();
    private final AtomicLong nanos = new AtomicLong();
    private final List<DeadLetter> dead = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::receive);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void receive(HttpExchange exchange) throws IOException {
        received.add(new Received(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                exchange.getRequestHeaders().getFirst(WebhookSignature.HEADER),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                exchange.getRequestURI().toString()));
        Integer status = statuses.poll();
        if (status != null && status / 100 == 3) {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
        }
        exchange.sendResponseHeaders(status == null ? 204 : status, -1);
        exchange.close();
    }

    private URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?x=1");
    }

    private WebhookSender sender(UnaryOperator<WebhookSender.Builder> options) {
        return options.apply(WebhookSender.builder()
                        .allowPlainHttp(true)
                        .allowPrivateAddresses(true)
                        .clock(SettableClock.at(NOW))
                        .onDeadLetter(dead::add)
                        .timing(nanos::get, (delay, task) -> later.add(new Later(delay, task))))
                .build();
    }

    private WebhookSender sender() {
        return sender(builder -> builder);
    }

    /** Waits until something is to be done later, passes that time and does it. */
    private Duration passTime() throws InterruptedException {
        Later next = later.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        nanos.addAndGet(next.delay().toNanos());
        next.task().run();
        return next.delay();
    }

    private static WebhookDelivery get(CompletableFuture<WebhookDelivery> delivery) throws Exception {
        return delivery.get(10, TimeUnit.SECONDS);
    }

    @Test
    void webhook_arrivesSigned() throws Exception {
        try (WebhookSender sender = sender(builder -> builder.secret("topsecret"))) {
            JsonObject payload = JsonObject.of("task_id", "t-1", "s", "\u00e9", "n", 1.5, "event", "task.completed");

            assertThat(get(sender.send(url(), payload))).isEqualTo(new WebhookDelivery(true, 1, 204, null));
        }
        String body = "{\"event\":\"task.completed\",\"n\":1.5,\"s\":\"\\u00e9\",\"task_id\":\"t-1\"}";
        String signature = "sha256=e08fa5e8bbe1676b30aab1d1fd0e0ec9188621031d72cec357807e5f912275d0";
        assertThat(received).containsExactly(new Received(body, signature, "application/json", "/hook?x=1"));
        assertThat(WebhookSignature.matches(signature, "topsecret", body.getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(WebhookSignature.matches(signature, "other", body.getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(WebhookSignature.matches("é", "topsecret", new byte[0])).isFalse();
    }

    @Test
    void body_isSortedCompactAscii() {
        JsonObject payload = JsonObject.of(
                "\ud83d\ude00",
                List.of(),
                "\uff5e",
                JsonObject.empty(),
                "b",
                List.of(1, true, JsonObject.of("z", null, "a", "\"\\\n\u007f")),
                "a",
                1e3);

        assertThat(AsciiJson.compact(payload))
                .isEqualTo("{\"a\":1000.0,\"b\":[1,true,{\"a\":\"\\\"\\\\\\n\\u007f\",\"z\":null}],"
                        + "\"\\uff5e\":{},\"\\ud83d\\ude00\":[]}");
    }

    @Test
    void withoutASecret_nothingIsSigned() throws Exception {
        try (WebhookSender sender = sender()) {
            get(sender.send(url(), PAYLOAD));
        }
        assertThat(received.get(0).signature()).isNull();
    }

    @Test
    void failures_areRepeatedWithGrowingDelays() throws Exception {
        statuses.addAll(List.of(500, 302, 503, 599, 500));
        try (WebhookSender sender = sender()) {
            CompletableFuture<WebhookDelivery> delivery = sender.send(url(), PAYLOAD);

            List<Duration> delays = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                delays.add(passTime());
            }

            assertThat(get(delivery)).isEqualTo(new WebhookDelivery(true, 6, 204, null));
            assertThat(delays).extracting(Duration::toSeconds).containsExactly(1L, 2L, 4L, 8L, 16L);
            assertThat(received).extracting(Received::path).containsOnly("/hook?x=1");
            assertThat(sender.deadLetters()).isEmpty();
        }
    }

    @Test
    void whatFailsSixTimes_isADeadLetter() throws Exception {
        statuses.addAll(List.of(500, 500, 500, 500, 500, 502));
        try (WebhookSender sender = sender()) {
            CompletableFuture<WebhookDelivery> delivery = sender.send(url(), PAYLOAD);
            for (int i = 0; i < 5; i++) {
                passTime();
            }

            assertThat(get(delivery)).isEqualTo(new WebhookDelivery(false, 6, 502, "answered with HTTP 502"));
            DeadLetter letter = new DeadLetter(url(), PAYLOAD, 6, 502, "answered with HTTP 502", NOW);
            await().untilAsserted(() -> assertThat(dead).containsExactly(letter));
            assertThat(sender.deadLetters()).containsExactly(letter);
            assertThat(letter.toString()).doesNotContain("hook", "task.completed");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 410, 429})
    void refusals_areFinal(int status) throws Exception {
        statuses.add(status);
        try (WebhookSender sender = sender()) {
            assertThat(get(sender.send(url(), PAYLOAD)))
                    .isEqualTo(new WebhookDelivery(false, 1, status, "answered with HTTP " + status));
            assertThat(later).isEmpty();
        }
    }

    @Test
    void unreachableHost_isTriedAgain() throws Exception {
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        try (WebhookSender sender = sender()) {
            CompletableFuture<WebhookDelivery> delivery = sender.send(nobody, PAYLOAD);
            for (int i = 0; i < 5; i++) {
                passTime();
            }
            assertThat(get(delivery)).isEqualTo(new WebhookDelivery(false, 6, null, "no answer: ConnectException"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-x\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200", "", "HTTP/1.1 099 x\r\n"})
    void answerThatIsNoHttp_countsAsNone(String answer) throws Exception {
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                WebhookSender sender = sender()) {
            var unused = sender.send(URI.create("http://127.0.0.1:" + peer.getLocalPort()), PAYLOAD);
            try (Socket socket = peer.accept()) {
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(passTime()).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void interimAnswers_arePassedOver() throws Exception {
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                WebhookSender sender = sender()) {
            CompletableFuture<WebhookDelivery> delivery =
                    sender.send(URI.create("http://127.0.0.1:" + peer.getLocalPort()), PAYLOAD);
            try (Socket socket = peer.accept()) {
                socket.getOutputStream()
                        .write("HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.0 201\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(get(delivery)).isEqualTo(new WebhookDelivery(true, 1, 201, null));
            }
        }
    }

    @Test
    void peerThatNeverAnswers_isGivenUpInTime() throws Exception {
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                WebhookSender sender = sender(builder -> builder.timeout(Duration.ofMillis(200)))) {
            var unused = sender.send(URI.create("http://127.0.0.1:" + peer.getLocalPort()), PAYLOAD);
            assertThat(passTime()).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void url_getsTenASecond() throws Exception {
        try (WebhookSender sender = sender()) {
            List<CompletableFuture<WebhookDelivery>> deliveries = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                deliveries.add(sender.send(url(), PAYLOAD));
            }
            deliveries.add(sender.send(URI.create(url() + "&other"), PAYLOAD));
            for (int i : List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12)) {
                assertThat(get(deliveries.get(i)).delivered()).isTrue();
            }

            assertThat(later).extracting(Later::delay).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200));
            passTime();
            passTime();
            assertThat(get(deliveries.get(11)).delivered()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://hooks.example/x, the scheme must be https",
        "ftp://hooks.example/x, the scheme must be https",
        "file:///etc/passwd, the scheme must be https",
        "/x, the scheme must be https",
        "https:///x, it has no host",
        "https://user:secret@hooks.example/x, it must not hold a user or a password"
    })
    void url_thatLooksWrong_isRejectedAtOnce(String url, String reason) {
        try (WebhookSender sender = WebhookSender.builder().build()) {
            assertThatThrownBy(() -> sender.send(URI.create(url), PAYLOAD))
                    .isInstanceOf(WebhookUrlRejectedException.class)
                    .hasMessageContaining(reason)
                    .hasMessageNotContaining("secret");
            assertThat(sender.waiting()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1", "2130706433", "0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "172.16.0.1",
                        "172.31.255.255",
                "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
                        "224.0.0.1",
                "255.255.255.255", "[::]", "[::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[fc00::1]", "[fe80::1]",
                        "[ff02::1]",
                "[2001:db8::1]", "[2002:a00:1::]", "[2001::1]"
            })
    void url_thatLeadsInside_isRejected(String host) {
        try (WebhookSender sender = WebhookSender.builder().build()) {
            assertThatThrownBy(() -> get(sender.send(URI.create("https://" + host + "/x"), PAYLOAD)))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(WebhookUrlRejectedException.class)
                    .hasMessageContaining("not public");
            await().until(() -> sender.waiting() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1", "2001:4860:4860::8888"})
    void publicAddresses_arePublic(String address) throws UnknownHostException {
        assertThat(PublicAddresses.contains(
                        HostResolver.system().resolve(address).get(0)))
                .isTrue();
    }

    @Test
    void hostWithOneAddressInside_isRejected() {
        HostResolver mixed = host -> List.of(
                HostResolver.system().resolve("8.8.8.8").get(0),
                HostResolver.system().resolve("127.0.0.1").get(0));
        try (WebhookSender sender = WebhookSender.builder().resolver(mixed).build()) {
            assertThatThrownBy(() -> get(sender.send(URI.create("https://hooks.example"), PAYLOAD)))
                    .cause()
                    .isInstanceOf(WebhookUrlRejectedException.class);
        }
    }

    @Test
    void hostWithoutAddress_isRejectedAtFirstAndTriedAgainLater() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HostResolver failing = host -> {
            if (calls.incrementAndGet() == 2) {
                throw new UnknownHostException(host);
            }
            return List.of(InetAddress.getLoopbackAddress());
        };
        statuses.add(500);
        try (WebhookSender sender = sender(builder -> builder.resolver(failing))) {
            CompletableFuture<WebhookDelivery> delivery = sender.send(url(), PAYLOAD);
            passTime();
            passTime();
            assertThat(get(delivery)).isEqualTo(new WebhookDelivery(true, 3, 204, null));
        }
        try (WebhookSender sender = sender(builder -> builder.resolver(host -> {
            throw new UnknownHostException(host);
        }))) {
            assertThatThrownBy(() -> get(sender.send(url(), PAYLOAD)))
                    .cause()
                    .isInstanceOf(WebhookUrlRejectedException.class)
                    .hasMessageContaining("the host has no address");
        }
    }

    @Test
    void connection_goesToTheAddressThatWasLookedAt() throws Exception {
        HeldCertificate certificate = new HeldCertificate.Builder()
                .addSubjectAlternativeName("hooks.example")
                .build();
        HttpsServer secret = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secret.setHttpsConfigurator(new HttpsConfigurator(new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslContext()));
        secret.createContext("/", this::receive);
        secret.start();
        AtomicInteger lookedUp = new AtomicInteger();
        HostResolver resolver = host -> {
            lookedUp.incrementAndGet();
            return List.of(InetAddress.getLoopbackAddress());
        };
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build();
        int port = secret.getAddress().getPort();
        try (WebhookSender sender = sender(builder -> builder.resolver(resolver).tls(trust.sslContext()))) {
            assertThat(get(sender.send(URI.create("https://hooks.example:" + port + "/x"), PAYLOAD))
                            .delivered())
                    .isTrue();
            assertThat(lookedUp).hasValue(1);

            var unused = sender.send(URI.create("https://other.example:" + port + "/x"), PAYLOAD);
            // The certificate is another host's: no answer, so that it is to be tried again.
            assertThat(passTime()).isEqualTo(Duration.ofSeconds(1));
            assertThat(received).hasSize(1);
        } finally {
            secret.stop(0);
        }
    }

    @Test
    void whatWaits_isBounded() throws Exception {
        statuses.addAll(List.of(500, 500));
        try (WebhookSender sender = sender(builder -> builder.maxWaiting(2))) {
            var first = sender.send(url(), PAYLOAD);
            var second = sender.send(url(), PAYLOAD);
            assertThatThrownBy(() -> sender.send(url(), PAYLOAD))
                    .isInstanceOf(ServerBusyException.class)
                    .hasMessageContaining("maxWaiting");
            passTime();
            passTime();
            get(first);
            get(second);
            await().until(() -> sender.waiting() == 0);
        }
        try (WebhookSender sender = sender()) {
            JsonObject large = JsonObject.of("x", "y".repeat(WebhookSender.MAX_BODY_BYTES));
            assertThatThrownBy(() -> sender.send(url(), large))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("262144");
        }
    }

    @Test
    void deadLetters_areBoundedByNumberAndSize() {
        DeadLetters letters = new DeadLetters();
        for (int i = 0; i < 1500; i++) {
            letters.add(new DeadLetter(url(), PAYLOAD, i, null, "x", NOW), 10);
        }
        assertThat(letters.all())
                .hasSize(1000)
                .first()
                .extracting(DeadLetter::attempts)
                .isEqualTo(500);
        letters.add(new DeadLetter(url(), PAYLOAD, -1, null, "x", NOW), (int) DeadLetters.MAX_BYTES);
        assertThat(letters.all()).extracting(DeadLetter::attempts).containsExactly(-1);
    }

    @Test
    void buckets_rememberABoundedNumberOfUrls() {
        UrlBuckets buckets = new UrlBuckets(10);
        for (int i = 0; i < 20; i++) {
            buckets.take("first", 0);
        }
        assertThat(buckets.take("first", 0)).isPositive();
        for (int i = 0; i < UrlBuckets.MAX_URLS; i++) {
            buckets.take("url " + i, 0);
        }
        assertThat(buckets.take("first", 0)).isZero();
    }

    @Test
    void closing_givesUpWhatWaitsAndLeavesNoThread() throws Exception {
        statuses.add(500);
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            WebhookSender sender = sender();
            CompletableFuture<WebhookDelivery> waiting = sender.send(url(), PAYLOAD);
            assertThat(later.poll(10, TimeUnit.SECONDS)).isNotNull();
            CompletableFuture<WebhookDelivery> running =
                    sender.send(URI.create("http://127.0.0.1:" + silent.getLocalPort()), PAYLOAD);
            try (Socket socket = silent.accept()) {
                assertThat(socket.isConnected()).isTrue();
                sender.close();
                sender.close();
            }

            assertThat(get(waiting)).isEqualTo(new WebhookDelivery(false, 1, 500, "the sender was closed"));
            assertThat(get(running)).isEqualTo(new WebhookDelivery(false, 1, null, "the sender was closed"));
            assertThat(dead).hasSize(2);
            assertThatThrownBy(() -> sender.send(url(), PAYLOAD)).isInstanceOf(IllegalStateException.class);
            assertThat(sender.waiting()).isZero();
        }
        await().until(() -> webhookThreads().isEmpty());
    }

    private static List<String> webhookThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("asap-webhook"))
                .toList();
    }

    @Test
    void systemTimer_repeatsByItself() throws Exception {
        statuses.add(500);
        try (WebhookSender sender = WebhookSender.builder()
                .allowPlainHttp(true)
                .allowPrivateAddresses(true)
                .build()) {
            assertThat(get(sender.send(url(), PAYLOAD)).attempts()).isEqualTo(2);
        }
    }

    @Test
    void failingCallback_harmsNothing() throws Exception {
        statuses.add(404);
        try (WebhookSender sender = sender(builder -> builder.onDeadLetter(letter -> {
            throw new IllegalStateException("full");
        }))) {
            assertThat(get(sender.send(url(), PAYLOAD)).delivered()).isFalse();
            assertThat(get(sender.send(url(), PAYLOAD)).delivered()).isTrue();
        }
    }
}
