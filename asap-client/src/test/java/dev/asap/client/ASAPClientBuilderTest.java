// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ASAPClientBuilderTest {
    @AfterEach
    void nothingIsLeft() {
        ClientTestThreads.assertNoneLeft();
    }

    private static ASAPClient.Builder builder() {
        return ASAPClient.builder("https://agent.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://agent.example", "http://127.0.0.2:8000"})
    void build_unencryptedUrl_isRefusedWithRemedy(String url) {
        ASAPClient.Builder builder = ASAPClient.builder(url);
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageStartingWith("the base URL must use https, got '" + url)
                .withMessageEndingWith("if the network in between is trusted, say so with requireHttps(false)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"})
    void build_unencryptedUrlOfThisMachine_isAllowed(String url) {
        assertThatNoException().isThrownBy(() -> ASAPClient.builder(url).build().close());
    }

    @Test
    void build_httpsNotRequired_allowsAnyHost() {
        assertThatNoException()
                .isThrownBy(() -> ASAPClient.builder("http://agent.example")
                        .requireHttps(false)
                        .build()
                        .close());
    }

    @Test
    void builder_uri_isTakenLikeText() {
        ASAPClient.builder(URI.create("https://agent.example/a")).build().close();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPClient.builder(URI.create("agent.example")))
                .withMessageContaining("'agent.example'");
    }

    static Stream<BiFunction<ASAPClient.Builder, Duration, ASAPClient.Builder>> timeouts() {
        return Stream.of(
                ASAPClient.Builder::connectTimeout,
                ASAPClient.Builder::readTimeout,
                ASAPClient.Builder::writeTimeout,
                ASAPClient.Builder::callTimeout);
    }

    @ParameterizedTest
    @MethodSource("timeouts")
    void timeout_outOfRange_isRefused(BiFunction<ASAPClient.Builder, Duration, ASAPClient.Builder> option) {
        for (Duration value :
                List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(999_999), Duration.ofDays(25))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> option.apply(builder(), value))
                    .withMessageContaining("must be 1 ms to 24 days, got " + value);
        }
        option.apply(builder(), Duration.ofMillis(1)).build().close();
        option.apply(builder(), Duration.ofMillis(Integer.MAX_VALUE)).build().close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Integer.MAX_VALUE - 7L})
    void maxResponseBytes_outOfRange_isRefused(long value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maxResponseBytes(value))
                .withMessage("maxResponseBytes must be 1 to 2147483639, got " + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3cret\n", "s3 cret", "s3crét", "s3cret\u007f"})
    void bearerToken_notVisibleAscii_isRefusedWithoutShowingIt(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().bearerToken(value))
                .withMessageContaining("not shown")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3"));
    }

    static Stream<List<String>> wrongVersions() {
        return Stream.of(List.of(), List.of("2.3"), List.of("2.2", "2.0"), List.of("2.2", "2.2"));
    }

    @ParameterizedTest
    @MethodSource("wrongVersions")
    void asapVersions_noneOrUnknownOrTwice_areRefused(List<String> value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().asapVersions(value))
                .withMessage("asapVersions must be some of [2.2, 2.1], each once, got " + value);
    }

    @Test
    void asapVersions_ownOrder_isSent() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.setDispatcher(new Peer.EchoDispatcher());
            try (ASAPClient client = ASAPClient.builder(server.url("/").uri())
                    .asapVersions(List.of("2.1", "2.2"))
                    .build()) {
                client.send(Peer.message());
            }
            assertThat(server.takeRequest().getHeaders().get("ASAP-Version")).isEqualTo("2.1, 2.2");
        }
    }
}
