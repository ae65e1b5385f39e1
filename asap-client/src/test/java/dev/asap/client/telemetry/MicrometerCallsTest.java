// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.CallEnd;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallInterceptor;
import dev.asap.client.CallKind;
import dev.asap.client.CallObserver;
import dev.asap.client.CallStart;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MicrometerCallsTest {
    private static final String DURATION = "asap.transport.send.duration";
    private static final String ACTIVE = "asap.transport.send.active";
    private static final String ATTEMPTS = "asap.transport.attempts";
    private static final String RETRIES = "asap.transport.retries";
    private static final String REQUEST_SIZE = "asap.transport.request.size";
    private static final String RESPONSE_SIZE = "asap.transport.response.size";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerCalls calls = new MicrometerCalls(registry);

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    @Test
    void answeredCall_isTimedWithItsSizes() {
        CallObserver call = calls.begin(Calls.send());
        call.attempt(1, Calls.NO_HEADERS);
        call.end(Calls.answered());

        Timer timer = registry.get(DURATION)
                .tags("kind", "send", "status", "success", "reason", "none")
                .timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(20);
        assertThat(registry.get(ATTEMPTS).tags("kind", "send").counter().count())
                .isEqualTo(1);
        assertThat(registry.get(REQUEST_SIZE).summary().totalAmount()).isEqualTo(400);
        assertThat(registry.get(RESPONSE_SIZE).summary().totalAmount()).isEqualTo(900);
        assertThat(registry.get(REQUEST_SIZE).summary().getId().getBaseUnit()).isEqualTo("bytes");
        assertThat(registry.find(RETRIES).counters()).isEmpty();
    }

    @Test
    void repeatedCall_countsAttemptsAndRetries() {
        CallObserver call = calls.begin(Calls.send());
        call.attempt(1, Calls.NO_HEADERS);
        call.repeated(1, Calls.refused(), Duration.ofMillis(100));
        call.attempt(2, Calls.NO_HEADERS);
        call.repeated(2, Calls.remote("asap:skill/x1"), Duration.ofMillis(200));
        call.attempt(3, Calls.NO_HEADERS);
        call.end(Calls.failed(Calls.refused(), 3));

        assertThat(registry.get(ATTEMPTS).counter().count()).isEqualTo(3);
        assertThat(registry.get(RETRIES)
                        .tags("kind", "send", "reason", "asap:transport/connection_error")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get(RETRIES).tags("reason", "other").counter().count())
                .isEqualTo(1);
        assertThat(registry.get(DURATION)
                        .tags("status", "error", "reason", "asap:transport/connection_error")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void cancelledCall_isNeitherSuccessNorError() {
        CallObserver call = calls.begin(Calls.send());
        call.end(Calls.cancelled());

        assertThat(registry.get(DURATION).timers())
                .singleElement()
                .extracting(timer -> timer.getId().getTag("status"))
                .isEqualTo("cancelled");
    }

    @Test
    void runningCalls_areActiveUntilTheyEnd() {
        CallObserver first = calls.begin(Calls.send());
        CallObserver second = calls.begin(Calls.send());
        assertThat(registry.get(ACTIVE).tags("kind", "send").longTaskTimer().activeTasks())
                .isEqualTo(2);

        first.end(Calls.answered());
        assertThat(registry.get(ACTIVE).longTaskTimer().activeTasks()).isEqualTo(1);

        second.end(Calls.failed(Calls.refused(), 1));
        assertThat(registry.get(ACTIVE).longTaskTimer().activeTasks()).isZero();
    }

    @Test
    void callsOfTwoInterceptors_addUpInOneRegistry() {
        CallObserver first = calls.begin(Calls.send());
        CallObserver second = new MicrometerCalls(registry).begin(Calls.send());
        assertThat(registry.get(ACTIVE).longTaskTimer().activeTasks()).isEqualTo(2);

        first.end(Calls.answered());
        second.end(Calls.answered());
        assertThat(registry.get(DURATION).timer().count()).isEqualTo(2);
    }

    @Test
    void bodies_thatAreNotThere_doNotCount() {
        CallObserver call = calls.begin(Calls.document());
        call.end(new CallEnd(new Answered(null), 0, Duration.ofMillis(1), 0, 0));

        assertThat(registry.find(REQUEST_SIZE).summaries()).isEmpty();
        assertThat(registry.find(RESPONSE_SIZE).summaries()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void kind_isATagOfEachMeter(CallKind kind) {
        CallObserver call = calls.begin(new CallStart(kind, Calls.URL, null));
        call.attempt(1, Calls.NO_HEADERS);
        call.repeated(1, Calls.refused(), Duration.ZERO);
        call.end(Calls.answered());

        assertThat(registry.getMeters())
                .hasSize(6)
                .allSatisfy(meter -> assertThat(meter.getId().getTag("kind")).isEqualTo(CallWords.kind(kind)));
    }

    @Test
    void tags_whateverPeersSay_stayFew() {
        for (int i = 0; i < 1_000; i++) {
            CallObserver call = calls.begin(Calls.send("https://agent-" + i + ".example/asap"));
            call.attempt(1, Calls.NO_HEADERS);
            call.repeated(1, Calls.remote("asap:skill/x" + i), Duration.ZERO);
            call.end(Calls.failed(Calls.remote("asap:skill/y" + i), 2));
        }

        assertThat(registry.getMeters()).hasSize(5);
        assertThat(valuesOf("host")).isEmpty();
        assertThat(valuesOf("reason")).containsExactly("other");
    }

    @Test
    void host_whenAskedFor_isATagWithoutSecrets() {
        CallInterceptor byHost = MicrometerCalls.byHost(registry);
        CallObserver call = byHost.begin(Calls.send("https://user:***@agent.example:8443/asap?…"));
        call.attempt(1, Calls.NO_HEADERS);
        call.repeated(1, Calls.refused(), Duration.ZERO);
        call.end(Calls.answered());

        assertThat(registry.getMeters())
                .hasSize(6)
                .allSatisfy(meter -> assertThat(meter.getId().getTag("host")).isEqualTo("agent.example"));
    }

    @Test
    void hosts_beyondTheLimit_areOneTogether() {
        CallInterceptor byHost = MicrometerCalls.byHost(registry);
        for (int i = 0; i < MicrometerCalls.MAX_HOSTS + 10; i++) {
            byHost.begin(Calls.send("https://agent-" + i + ".example/asap")).end(Calls.answered());
        }
        byHost.begin(Calls.send("https://agent-0.example/asap")).end(Calls.answered());

        assertThat(valuesOf("host"))
                .hasSize(MicrometerCalls.MAX_HOSTS + 1)
                .contains("agent-0.example", "agent-99.example", "other")
                .doesNotContain("agent-100.example");
        assertThat(registry.get(DURATION).tags("host", "other").timer().count()).isEqualTo(10);
        assertThat(registry.get(DURATION)
                        .tags("host", "agent-0.example")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    private Set<String> valuesOf(String tag) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getTags)
                .flatMap(Collection::stream)
                .filter(each -> each.getKey().equals(tag))
                .map(Tag::getValue)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
