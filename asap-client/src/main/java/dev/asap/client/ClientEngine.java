// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.codec.JsonRpcCodec;
import dev.asap.model.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the calls of a client need whatever their messages travel over: places, threads, a timer, the documents of the agent. Ends
 * with everything that it started. Thread-safe.
 */
final class ClientEngine {
    /** How many calls may wait for a place. */
    private static final int MAX_WAITING = 10_000;

    /** How long {@link #close} waits for what it has cut off to notice. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /** Fits a number of nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    final PeerAddress agent;
    final PeerSignals signals;
    final HttpClients clients;
    final ConnectionCounts counts = new ConnectionCounts();
    final RunningCalls running = new RunningCalls();
    final CallFailures failures = new CallFailures(running);
    final CallSlots slots;
    final ExecutorService threads = ClientThreads.newExecutor();
    final ScheduledExecutorService timer;
    final CallbackThreads callbacks = new CallbackThreads();
    final JsonRpcCodec codec;
    final AnswerReader answers;
    final BodyReader bodies;
    final ObservedCalls observed;
    final MessageCalls messages;
    final DocumentCalls documents;
    final AccessCalls accesses;

    private final Operation send;

    /**
     * The parts of a client.
     *
     * @param send what messages about calls show
     */
    ClientEngine(ClientOptions options, Operation send) {
        this.send = send;
        this.agent = options.agent();
        this.timer = options.timers().get();
        this.signals = new PeerSignals(
                agent,
                options.autoRegisterOnChallenge()
                        ? new ManifestPrefetch(agent, threads, this::fetchManifest)
                        : challenge -> {});
        this.clients = new HttpClients(options, signals);
        this.slots = new CallSlots(options.pool().maxSize(), MAX_WAITING, timer, threads);
        this.codec = new JsonRpcCodec(options.clock());
        this.answers = new AnswerReader(codec);
        this.bodies = new BodyReader(options.maxResponseBytes());
        this.observed = new ObservedCalls(options.interceptors());
        this.messages = new MessageCalls(options, send, slots, running, failures, observed, threads, timer, callbacks);
        this.documents = new DocumentCalls(
                options, clients.documents(), counts, running, failures, answers, bodies, observed, timer);
        this.accesses = new AccessCalls(options, clients, counts, running, failures, answers, bodies, observed);
    }

    private void fetchManifest(PeerAddress address) {
        Manifest unused = documents.manifest(address);
    }

    /**
     * Has one of the client's threads do something.
     *
     * @throws ClientClosedException if the client is closed
     */
    <T> Future<T> inBackground(Operation operation, Callable<T> work) {
        try {
            return threads.submit(work);
        } catch (RejectedExecutionException e) {
            throw new ClientClosedException(operation + " was not sent: the client is closed", e);
        }
    }

    /** Waits for several calls; what runs of them is cut off when the thread is interrupted. */
    List<BatchItem> await(Units units) {
        try {
            return units.get();
        } catch (InterruptedException e) {
            units.cancel(true);
            throw failures.interrupted(e, send);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        }
    }

    /**
     * Lets running calls end until the timeout, then cuts them off; the second time it does nothing.
     *
     * @param connections ends the connections that are not the engine's, once nothing is cut off any more
     */
    void close(Duration timeout, Runnable connections) {
        if (!running.refuse()) {
            return;
        }
        boolean interrupted = !awaitCalls(timeout.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : timeout);
        running.cancelAll();
        slots.close();
        timer.shutdownNow();
        interrupted |= !awaitCalls(SETTLE);
        threads.shutdown();
        // The thread that waits here must not be one of those that it waits for.
        if (!callbacks.isHere()) {
            interrupted |= !awaitThreads();
        }
        connections.run();
        clients.close();
        interrupted |= !CoarseClock.SHARED.stop();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitCalls(Duration timeout) {
        try {
            boolean unused = running.awaitNone(timeout);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** False if the thread was interrupted while it waited. */
    private boolean awaitThreads() {
        try {
            boolean unused = threads.awaitTermination(SETTLE.toMillis(), TimeUnit.MILLISECONDS)
                    && timer.awaitTermination(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
