// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules for URLs of the section "use through the main client" of the protocol, and the options. */
class ASAPSocketBuilderTest {
    @ParameterizedTest
    @CsvSource({
        "https://agent.example, wss://agent.example/asap/ws",
        "https://agent.example/, wss://agent.example/asap/ws",
        "https://agent.example//, wss://agent.example/asap/ws",
        "http://localhost:8000, ws://localhost:8000/asap/ws",
        "wss://agent.example, wss://agent.example/asap/ws",
        "WSS://Agent.Example:443, wss://agent.example/asap/ws",
        "ws://[::1]:8000/, ws://[::1]:8000/asap/ws",
        "wss://agent.example/asap/ws, wss://agent.example/asap/ws",
        "wss://agent.example/asap/ws//, wss://agent.example/asap/ws",
        "https://agent.example/asap, wss://agent.example/asap/ws",
        "https://agent.example/asap/, wss://agent.example/asap/ws",
        "https://agent.example:8443/a/b/, wss://agent.example:8443/a/b/asap/ws",
        "https://agent.example/a/asap/ws, wss://agent.example/a/asap/ws",
        "https://agent.example/myasap/ws, wss://agent.example/myasap/ws/asap/ws",
        "wss://user:secret@agent.example, wss://user:***@agent.example/asap/ws",
    })
    void url_inAnyForm_namesTheSocket(String url, String socket) {
        PeerAddress address = SocketAddresses.parse(url);
        assertThat(address).hasToString(socket);
        assertThat(address.url().encodedPath()).endsWith("/asap/ws");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "agent.example", "//agent.example", "wss:agent.example", "wss:///x", "ftp://x", "/asap/ws"})
    void url_withoutSchemeOrHost_isRefusedWithRemedy(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPSocket.builder(url))
                .withMessage("the socket's URL must begin with wss://, https:// (or ws://, http://) and a host, got '"
                        + url + "'; write it like wss://agent.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"wss://u:secret@agent example", "https://u:secret@agent.example:99999", "wss://u:secret@[::1"})
    void url_withBrokenHostOrPort_isRefusedWithoutItsPassword(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPSocket.builder(url))
                .withMessageContaining("the socket's URL is not valid, got '" + url.replace("secret", "***") + "'")
                .withNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wss://agent.example?token=secret", "wss://agent.example#secret"})
    void url_withQueryOrFragment_isRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPSocket.builder(URI.create(url)))
                .withMessage("the socket's URL must have no query and no fragment, got 'wss://agent.example?…';"
                        + " leave out what follows the path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://agent.example", "ws://agent.example", "ws://127.0.0.2"})
    void url_unencrypted_isRefusedUnlessAllowed(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPSocket.builder(url).build())
                .withMessageStartingWith("the socket's URL must use wss, got 'ws://");
        ASAPSocket.builder(url).requireHttps(false).build().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "ws://127.0.0.1:1", "ws://[::1]"})
    void url_ofThisMachine_needsNoEncryption(String url) {
        ASAPSocket.builder(url).build().close();
    }

    @Test
    void durations_outOfBounds_areRefused() {
        ASAPSocket.Builder builder = ASAPSocket.builder("wss://agent.example");
        refusesDurations("openTimeout", builder::openTimeout);
        refusesDurations("receiveTimeout", builder::receiveTimeout);
        refusesDurations("closeTimeout", builder::closeTimeout);
        refusesDurations("staleLimit", builder::staleLimit);
        refusesDurations("pingInterval", builder::pingInterval);
        refusesDurations("initialBackoff", builder::initialBackoff);
        refusesDurations("maxBackoff", builder::maxBackoff);
        refusesDurations("ackTimeout", builder::ackTimeout);
        refusesDurations("ackCheckInterval", builder::ackCheckInterval);
    }

    private static void refusesDurations(String option, Consumer<Duration> setter) {
        for (Duration value : new Duration[] {Duration.ofNanos(1), Duration.ofMillis(-1), Duration.ofDays(25)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> setter.accept(value))
                    .withMessage(option + " must be 1 ms to 24 days, got " + value);
        }
    }

    @Test
    void numbers_outOfBounds_areRefused() {
        ASAPSocket.Builder builder = ASAPSocket.builder("wss://agent.example");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxCalls(0))
                .withMessage("maxCalls must be 1 or more, got 0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBufferedMessages(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBufferedBytes(0));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxReconnectAttempts(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ackRetries(-1))
                .withMessage("ackRetries must be 0 or more, got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maxQueuedBytes(16_777_217))
                .withMessage("maxQueuedBytes must be 1 to 16777216, got 16777217");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxResponseBytes(0));
    }

    @Test
    void backoffs_initialLongerThanMax_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPSocket.builder("wss://agent.example")
                        .initialBackoff(Duration.ofMinutes(1))
                        .build())
                .withMessage("initialBackoff must not be longer than maxBackoff, got PT1M and PT30S");
    }

    @Test
    void bearerToken_thatIsNone_isRefusedWithoutShowingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ASAPSocket.builder("wss://agent.example").bearerToken("my secret"))
                .withMessage("bearerToken must be visible ASCII without blanks, got something else in its 9 characters"
                        + " (not shown)");
    }
}
