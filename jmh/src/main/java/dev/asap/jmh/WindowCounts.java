// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.economics.sla.SLAMonitor;
import dev.asap.economics.sla.WatchedAgent;
import dev.asap.model.Manifest;
import dev.asap.model.SLADefinition;
import dev.asap.server.ASAPServer;
import dev.asap.server.SocketOptions;
import dev.asap.sla.SLAWindow;
import dev.asap.storage.Storage;
import dev.asap.storage.StorageSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What it takes to keep service levels: figures of windows, and the way from a slow task to who is told of the breach. */
final class WindowCounts {
    private static final String AGENT = "urn:asap:agent:watched";
    private static final SLADefinition PROMISES =
            SLADefinition.builder().maxLatencyP95Ms(500).build();

    private static final int EVENTS = 1_000_000;
    private static final Duration DAYS = Duration.ofDays(30);
    private static final int SEED = 7;

    private static final int SUBSCRIBERS = 1000;
    private static final int BREACHES = 60;
    private static final Duration EVALUATION = Duration.ofSeconds(1);
    private static final double MOST_MILLIS = EVALUATION.toMillis() + 50;
    private static final long LONGEST_SECONDS = 60;
    private static final Pattern BROKEN_BY = Pattern.compile("\"agent_id\":\"([^\"]+)\"");

    private WindowCounts() {}

    /** The slowest of the windows over a million tasks of 30 days, in parts of five milliseconds. */
    static Tally windowTimes() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        AtomicLong nanos = new AtomicLong();
        SplittableRandom random = new SplittableRandom(SEED);
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                SLAMonitor monitor = SLAMonitor.builder(storage.sla())
                        .manual(true)
                        .probeExecutor(Runnable::run)
                        .logged(false)
                        .clock(now::get)
                        .ticker(nanos::get)
                        .agent(new WatchedAgent(AGENT, PROMISES, () -> true))
                        .start()) {
            Duration step = Duration.ofSeconds(15);
            long steps = DAYS.dividedBy(step);
            long added = 0;
            for (long i = 1; i <= steps; i++) {
                for (; added < EVENTS * i / steps; added++) {
                    long millis = random.nextLong(1, 5000);
                    monitor.taskEnded(AGENT, TimeUnit.MILLISECONDS.toNanos(millis), millis % 100 == 0);
                }
                now.set(now.get().plus(step));
                nanos.addAndGet(step.toNanos());
                monitor.tick();
            }
            Map<String, Callable<?>> calls = new LinkedHashMap<>();
            for (SLAWindow window : SLAWindow.values()) {
                calls.put(window.text(), () -> monitor.figures(AGENT, window));
            }
            return Turns.slowest(calls)
                    .with(
                            "tasks",
                            monitor.figures(AGENT, SLAWindow.MONTH)
                                    .orElseThrow()
                                    .latency()
                                    .count());
        }
    }

    /**
     * How long it takes from the task that breaks a promise until a thousand subscribers but one, which reads nothing, have read of the breach:
     * the 99th percentile of sixty breaches at all of them, in parts of an evaluation period and 50 ms.
     */
    static Tally breachLatency() throws Exception {
        Manifest manifest = Samples.manifest().toBuilder().sla(PROMISES).build();
        List<RawSocket> sockets = new ArrayList<>();
        try (Storage storage = Storage.open("memory", StorageSettings.defaults());
                ASAPServer server = ASAPServer.builder(manifest)
                        .storage(storage)
                        .sockets(SocketOptions.defaults()
                                .withHeartbeat(Duration.ofHours(1))
                                .withMaxConnections(SUBSCRIBERS))
                        .slaMonitor(monitor -> monitor.logged(false)
                                .evaluationPeriod(EVALUATION)
                                .probeInterval(EVALUATION)
                                .probeTimeout(EVALUATION))
                        .start()) {
            SLAMonitor monitor = server.slaMonitor().orElseThrow();
            Map<String, Long> broken = new ConcurrentHashMap<>();
            Queue<Double> millis = new ConcurrentLinkedQueue<>();
            CountDownLatch told = new CountDownLatch((SUBSCRIBERS - 1) * BREACHES);
            for (int i = 0; i < SUBSCRIBERS; i++) {
                RawSocket socket = new RawSocket(server.port(), "/asap/ws", subscription());
                sockets.add(socket);
                socket.exchange();
                if (i > 0) {
                    read(socket, broken, millis, told);
                }
            }
            watch(monitor);
            for (int i = 0; i < BREACHES; i++) {
                broken.put(AGENT + i, System.nanoTime());
                monitor.taskEnded(AGENT + i, TimeUnit.SECONDS.toNanos(2), false);
                // One in each evaluation period, each a little later in it than the one before: spread over all of it.
                TimeUnit.MILLISECONDS.sleep(EVALUATION.toMillis() + EVALUATION.toMillis() / BREACHES);
            }
            if (!told.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(told.getCount() + " notices did not arrive");
            }
            double[] sorted = millis.stream().mapToDouble(each -> each).sorted().toArray();
            double p99 = sorted[sorted.length * 99 / 100];
            return Tally.of(p99 / MOST_MILLIS)
                    .with("ms_p50", sorted[sorted.length / 2])
                    .with("ms_p99", p99)
                    .with("ms_max", sorted[sorted.length - 1])
                    .with("notices", sorted.length);
        } finally {
            for (RawSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static byte[] subscription() {
        return ("{\"jsonrpc\":\"2.0\",\"method\":\"sla.subscribe\",\"id\":1,\"note\":\"" + "x".repeat(100) + "\"}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void watch(SLAMonitor monitor) throws InterruptedException {
        for (int i = 0; i < BREACHES; i++) {
            monitor.add(new WatchedAgent(AGENT + i, PROMISES, () -> true));
        }
        while (!monitor.status().agents().stream()
                .allMatch(agent -> agent.restored() && Boolean.TRUE.equals(agent.healthy()))) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void read(RawSocket socket, Map<String, Long> broken, Queue<Double> millis, CountDownLatch told) {
        Thread thread = new Thread(
                () -> {
                    try {
                        for (int i = 0; i < BREACHES; i++) {
                            String notice = new String(socket.next(), StandardCharsets.UTF_8);
                            long arrived = System.nanoTime();
                            Matcher agent = BROKEN_BY.matcher(notice);
                            if (agent.find() && broken.containsKey(agent.group(1))) {
                                millis.add((arrived - broken.get(agent.group(1))) / 1e6);
                                told.countDown();
                            }
                        }
                    } catch (IOException e) {
                        throw new IllegalStateException("a subscriber was cut off", e);
                    }
                },
                "subscriber");
        thread.setDaemon(true);
        thread.start();
    }
}
