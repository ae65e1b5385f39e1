// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.ASAPException;
import dev.asap.client.ASAPClient;
import dev.asap.client.RetryPolicy;
import dev.asap.model.Envelope;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What is counted of a client that many use at a time. It sends nothing twice. */
final class ClientCounts {
    private static final int REUSE_CALLS = 10_000;
    private static final int REUSE_THREADS = 200;
    private static final int POOL_SIZE = 100;
    private static final int AT_A_TIME = 1000;
    private static final int BURSTS = 10;
    private static final long MOST_SECONDS = 60;

    private static final Envelope REQUEST = Samples.echoRequest();

    private ClientCounts() {}

    /**
     * Which part of 10,000 calls from 200 threads finds a connection that is there already. All options that matter are at their defaults, and
     * the 100 connections of the pool are opened before: the calls that open them would be the hundredth part.
     */
    static Tally reuse(int millis) throws Exception {
        try (CountingPeer peer = new CountingPeer(millis, REQUEST);
                ASAPClient client = ASAPClient.builder(peer.url())
                        .retry(RetryPolicy.never())
                        .build()) {
            int before = client.warmUp(POOL_SIZE);
            Callers.run(REUSE_THREADS, () -> {
                for (int i = 0; i < REUSE_CALLS / REUSE_THREADS; i++) {
                    client.send(REQUEST);
                }
                return null;
            });
            long opened = client.stats().connectionsOpened();
            long most = Math.max(opened, peer.connections()) - before;
            return Tally.of((REUSE_CALLS - most) / (double) REUSE_CALLS)
                    .with("calls", REUSE_CALLS)
                    .with("threads", REUSE_THREADS)
                    .with("connections_before", before)
                    .with("opened_in_all", opened)
                    .with("accepted_in_all", peer.connections());
        }
    }

    /** Which part of the calls is answered when 1,000 threads make ten each. */
    static Tally blockingCalls(int millis) throws Exception {
        return thousandCalls(
                millis,
                AT_A_TIME,
                client -> Callers.run(AT_A_TIME, () -> {
                            int answered = 0;
                            for (int burst = 0; burst < BURSTS; burst++) {
                                answered += isAnswered(() -> client.send(REQUEST)) ? 1 : 0;
                            }
                            return answered;
                        })
                        .stream()
                        .mapToInt(Integer::intValue)
                        .sum());
    }

    /** The same when one thread begins 1,000 calls and waits for all of them, ten times. */
    static Tally asyncCalls(int millis) throws Exception {
        return thousandCalls(millis, 0, client -> {
            int answered = 0;
            for (int burst = 0; burst < BURSTS; burst++) {
                List<CompletableFuture<Envelope>> running = new ArrayList<>();
                for (int i = 0; i < AT_A_TIME; i++) {
                    running.add(client.sendAsync(REQUEST));
                }
                for (CompletableFuture<Envelope> call : running) {
                    answered += isAnswered(() -> call.get(MOST_SECONDS, TimeUnit.SECONDS)) ? 1 : 0;
                }
            }
            return answered;
        });
    }

    /** How many requests 1,000 threads make that miss the same manifest at one moment. */
    static Tally manifestMisses(int millis) throws Exception {
        try (CountingPeer peer = new CountingPeer(millis, REQUEST);
                ASAPClient client = ASAPClient.builder(peer.url()).build()) {
            Callers.run(AT_A_TIME, client::getManifest);
            long misses = client.manifestCache().stats().misses();
            if (misses != AT_A_TIME) {
                throw new IllegalStateException("only " + misses + " of " + AT_A_TIME + " calls missed within the "
                        + millis + " ms that the peer takes; the machine is too busy");
            }
            return Tally.of(peer.requests()).with("misses", misses).with("requests", peer.requests());
        }
    }

    /** Makes 10,000 calls, 1,000 at a time. */
    private interface Sending {
        /** How many of them were answered. */
        int send(ASAPClient client) throws Exception;
    }

    private static Tally thousandCalls(int millis, int threadsOfCallers, Sending sending) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (CountingPeer peer = new CountingPeer(millis, REQUEST);
                ASAPClient client = ASAPClient.builder(peer.url())
                        .poolMaxSize(AT_A_TIME)
                        .poolConnections(AT_A_TIME)
                        .retry(RetryPolicy.never())
                        .build()) {
            int threadsBefore = threads.getThreadCount();
            threads.resetPeakThreadCount();
            int answered = sending.send(client);
            int calls = AT_A_TIME * BURSTS;
            return Tally.of(answered / (double) calls)
                    .with("calls", calls)
                    .with("failures", calls - answered)
                    .with("at_once", peer.mostAtOnce())
                    .with("threads_at_peak", threads.getPeakThreadCount() - threadsBefore)
                    .with("callers_among_them", threadsOfCallers)
                    .with("connections_opened", client.stats().connectionsOpened())
                    .with("connections_accepted", peer.connections());
        }
    }

    private static boolean isAnswered(Callable<Envelope> call) throws Exception {
        try {
            return call.call().correlationId() != null;
        } catch (ASAPException | ExecutionException | TimeoutException e) {
            System.err.println(e);
            return false;
        }
    }
}
