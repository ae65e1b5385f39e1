// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import dev.asap.ASAPException;
import dev.asap.client.CallEnd;
import dev.asap.client.CallInterceptor;
import dev.asap.client.CallObserver;
import dev.asap.client.CallStart;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Measures the calls of clients with Micrometer. Needs {@code io.micrometer:micrometer-core}, which a module that uses this class
 * requires as {@code micrometer.core}. Thread-safe; one for all clients is enough, several with the same registry add up.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>Name</th><th>Meter</th><th>Tags</th><th>Measures</th></tr>
 * <tr><td>{@code asap.transport.send.duration}</td><td>timer</td><td>{@code kind}, {@code status}, {@code reason}</td>
 *     <td>calls that have ended, with all attempts and the waits between them</td></tr>
 * <tr><td>{@code asap.transport.send.active}</td><td>long task timer</td><td>{@code kind}</td>
 *     <td>calls that run: how many, and for how long</td></tr>
 * <tr><td>{@code asap.transport.attempts}</td><td>counter</td><td>{@code kind}</td><td>attempts</td></tr>
 * <tr><td>{@code asap.transport.retries}</td><td>counter</td><td>{@code kind}, {@code reason}</td>
 *     <td>failed attempts that another one follows</td></tr>
 * <tr><td>{@code asap.transport.request.size}</td><td>summary, bytes</td><td>{@code kind}</td>
 *     <td>bodies of requests as they are sent, the last of each call; calls without one do not count</td></tr>
 * <tr><td>{@code asap.transport.response.size}</td><td>summary, bytes</td><td>{@code kind}</td>
 *     <td>bodies of answers after inflation, the last of each call; calls without one do not count</td></tr>
 * </table>
 *
 * <p>The values of the tags are bounded, whatever peers send:
 *
 * <ul>
 *   <li>{@code kind}: {@code send}, {@code batch}, {@code stream}, {@code manifest}, {@code health}
 *   <li>{@code status}: {@code success}, {@code error}, {@code cancelled}
 *   <li>{@code reason}: the name of an error of the protocol, as in {@code asap:transport/timeout}; {@code invalid_document}, {@code
 *       response_too_large}, {@code client_closed}, {@code interrupted}; {@code other} for every other failure; {@code none} without one
 *   <li>{@code host}, only with {@link #byHost}: the host's name; the first 100 hosts have their own, the others
 *       share {@code other}
 * </ul>
 */
public final class MicrometerCalls implements CallInterceptor {
    /** How many hosts are told apart. */
    static final int MAX_HOSTS = 100;

    private static final String KIND = "kind";
    private static final String HOST = "host";
    private static final String STATUS = "status";
    private static final String REASON = "reason";

    private final MeterProvider<Timer> durations;
    private final MeterProvider<LongTaskTimer> active;
    private final MeterProvider<Counter> attempts;
    private final MeterProvider<Counter> retries;
    private final MeterProvider<DistributionSummary> requestSizes;
    private final MeterProvider<DistributionSummary> responseSizes;

    private final boolean withHost;
    private final Set<String> hosts = ConcurrentHashMap.newKeySet();

    /** Measures into a registry, all hosts together. */
    @SuppressWarnings("exports") // Who calls this requires the library.
    public MicrometerCalls(MeterRegistry registry) {
        this(registry, false);
    }

    private MicrometerCalls(MeterRegistry registry, boolean withHost) {
        this.withHost = withHost;
        this.durations = Timer.builder("asap.transport.send.duration")
                .description("Calls that have ended")
                .withRegistry(registry);
        this.active = LongTaskTimer.builder("asap.transport.send.active")
                .description("Calls that run")
                .withRegistry(registry);
        this.attempts = Counter.builder("asap.transport.attempts")
                .description("Attempts of calls")
                .withRegistry(registry);
        this.retries = Counter.builder("asap.transport.retries")
                .description("Failed attempts that another one follows")
                .withRegistry(registry);
        this.requestSizes = sizes("asap.transport.request.size", "Bodies of requests as they are sent", registry);
        this.responseSizes = sizes("asap.transport.response.size", "Bodies of answers after inflation", registry);
    }

    /**
     * Measures into a registry, each host for itself. For clients that call few hosts: each one has its own series of every meter.
     * Not together with {@link #MicrometerCalls(MeterRegistry)} in one registry, since some want the same tags in all meters of a name.
     */
    @SuppressWarnings("exports") // Who calls this requires the library.
    public static MicrometerCalls byHost(MeterRegistry registry) {
        return new MicrometerCalls(registry, true);
    }

    @Override
    public CallObserver begin(CallStart call) {
        Tags tags = Tags.of(KIND, CallWords.kind(call.kind()));
        if (withHost) {
            tags = tags.and(HOST, hostOf(call.address()));
        }
        return new Measured(tags, active.withTags(tags).start());
    }

    /** Threads that meet new hosts at the same time may let in a few more than the limit. */
    private String hostOf(String address) {
        String host = CallTarget.of(address).host();
        if (hosts.contains(host)) {
            return host;
        } else if (hosts.size() >= MAX_HOSTS) {
            return CallWords.OTHER;
        }
        hosts.add(host);
        return host;
    }

    private static MeterProvider<DistributionSummary> sizes(String name, String description, MeterRegistry registry) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit("bytes")
                .withRegistry(registry);
    }

    private final class Measured implements CallObserver {
        private final Tags tags;
        private final LongTaskTimer.Sample running;

        Measured(Tags tags, LongTaskTimer.Sample running) {
            this.tags = tags;
            this.running = running;
        }

        @Override
        public void attempt(int number, BiConsumer<String, String> headers) {
            attempts.withTags(tags).increment();
        }

        @Override
        public void repeated(int number, ASAPException failure, Duration wait) {
            retries.withTags(tags.and(REASON, CallWords.reason(failure))).increment();
        }

        @Override
        public void end(CallEnd end) {
            running.stop();
            durations
                    .withTags(
                            tags.and(STATUS, CallWords.status(end.outcome()), REASON, CallWords.reason(end.outcome())))
                    .record(end.took());
            if (end.requestBytes() > 0) {
                requestSizes.withTags(tags).record((double) end.requestBytes());
            }
            if (end.responseBytes() > 0) {
                responseSizes.withTags(tags).record((double) end.responseBytes());
            }
        }
    }
}
