// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.client.ASAPClient;
import dev.asap.client.RetryPolicy;
import dev.asap.id.AgentUrn;
import dev.asap.model.Endpoint;
import dev.asap.model.Envelope;
import dev.asap.model.Manifest;
import dev.asap.server.ASAPServer;
import dev.asap.server.RateLimit;
import dev.asap.server.ResumeHandler;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.Storage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A worker over a store: it notes what it is asked to resume. With a client that calls it once and does not try again. */
final class TestWorker implements AutoCloseable {
    static final AgentUrn URN = AgentUrn.of("urn:asap:agent:worker");
    static final AgentUrn COORDINATOR = AgentUrn.of("urn:asap:agent:coordinator");

    final String name;
    final SnapshotStore store;
    final BlockingQueue<StateSnapshot> resumed = new LinkedBlockingQueue<>();
    final List<Envelope> restoreRequests = new CopyOnWriteArrayList<>();
    final ASAPClient client;
    private final ASAPServer server;

    private TestWorker(String name, SnapshotStore store, ResumeHandler resume) {
        this.name = name;
        this.store = store;
        this.server = ASAPServer.builder(Manifest.builder(URN, name, "1.0.0", Endpoint.of("http://127.0.0.1/asap"))
                        .build())
                .storage(Storage.of(FencedSnapshotStore.of(store, name)))
                .rateLimit(RateLimit.none())
                .onRestore((snapshot, context) -> {
                    restoreRequests.add(context.envelope());
                    resumed.add(snapshot);
                    resume.resume(snapshot, context);
                })
                .start();
        this.client = client(server.url().toString());
    }

    static TestWorker start(String name, SnapshotStore store) {
        return new TestWorker(name, store, (snapshot, context) -> {});
    }

    static TestWorker start(String name, SnapshotStore store, ResumeHandler resume) {
        return new TestWorker(name, store, resume);
    }

    static ASAPClient client(String url) {
        return ASAPClient.builder(url)
                .retry(RetryPolicy.never())
                .timeout(Duration.ofSeconds(5))
                .build();
    }

    /** The worker as a coordinator sees it that reaches its store. */
    TaskHost host() {
        return new TaskHost(name, URN, client, store);
    }

    /** The worker as a coordinator sees it that can only call it. */
    TaskHost hostWithoutStore() {
        return new TaskHost(name, URN, client, null);
    }

    /** Ends the agent; the client stays, and reaches nothing any more. */
    void die() {
        server.close();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
