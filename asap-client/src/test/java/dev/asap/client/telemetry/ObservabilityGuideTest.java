// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.client.ASAPClient;
import dev.asap.client.CallEnd;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallInterceptor;
import dev.asap.client.CallObserver;
import dev.asap.testkit.FaultyPeer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The code of the guide to observability. */
class ObservabilityGuideTest {
    private static ASAPClient watched(String agentUrl, OpenTelemetry openTelemetry, MeterRegistry registry) {
        ASAPClient client = ASAPClient.builder(agentUrl)
                .interceptor(new OpenTelemetryCalls(openTelemetry))
                .interceptor(new MicrometerCalls(registry))
                .interceptor(new LoggedCalls())
                .build();
        return client;
    }

    @Test
    void interceptors_ofAClient_seeItsCalls() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (FaultyPeer peer = FaultyPeer.start();
                ASAPClient client = watched(peer.url(), OpenTelemetry.noop(), registry)) {
            client.send(Calls.message());
        }
        assertThat(registry.get("asap.transport.send.duration").timer().count()).isEqualTo(1);
    }

    @Test
    void buckets_areThoseOfTheProtocol() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        double[] seconds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
        double[] nanos = Arrays.stream(seconds).map(each -> each * 1e9).toArray();
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
                if (!id.getName().equals("asap.transport.send.duration")) {
                    return config;
                }
                return DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(nanos)
                        .build()
                        .merge(config);
            }
        });
        new MicrometerCalls(registry).begin(Calls.send()).end(Calls.answered());

        CountAtBucket[] buckets = registry.get("asap.transport.send.duration")
                .timer()
                .takeSnapshot()
                .histogramCounts();
        assertThat(Arrays.stream(buckets).map(each -> each.bucket(TimeUnit.MILLISECONDS) + "ms: " + each.count()))
                .contains("10.0ms: 0.0", "25.0ms: 1.0", "10000.0ms: 1.0")
                .hasSize(11);
    }

    @Test
    void interceptor_ofOnesOwn_tellsOfSlowCalls() {
        List<String> slow = new ArrayList<>();
        Duration limit = Duration.ofSeconds(5);
        CallInterceptor slowCalls = call -> new CallObserver() {
            @Override
            public void end(CallEnd end) {
                if (end.took().compareTo(limit) > 0) {
                    slow.add(call.kind() + " " + call.address() + " took " + end.took());
                }
            }
        };
        slowCalls.begin(Calls.send()).end(Calls.answered());
        slowCalls.begin(Calls.send()).end(new CallEnd(new Answered(null), 1, Duration.ofSeconds(6), 400, 900));

        assertThat(slow).containsExactly("SEND " + Calls.URL + " took PT6S");
    }
}
