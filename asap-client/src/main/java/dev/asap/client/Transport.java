// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** How the calls of a client travel. What it cannot do, it refuses with an {@link UnsupportedOperationException}. Thread-safe. */
interface Transport {
    /** The one that the options ask for. */
    static Transport of(ClientOptions options) {
        return options.isSocket() ? new SocketTransport(options) : new HttpTransport(options);
    }

    Envelope send(Envelope message, CallOptions options);

    CompletableFuture<Envelope> sendAsync(Envelope message, CallOptions options);

    EnvelopeStream stream(Envelope message, StreamOptions options);

    Flow.Publisher<Envelope> publisher(Envelope message, StreamOptions options);

    BatchCalls batches();

    int warmUp(int connections);

    ClientStats stats();

    /** Lets running calls end until the timeout, then cuts them off; the second time it does nothing. */
    void close(Duration timeout);

    /** What does not depend on how messages travel. */
    ClientEngine engine();

    /** Waits for several calls; what runs of them is cut off when the thread is interrupted. */
    default List<BatchItem> await(Units units) {
        return engine().await(units);
    }

    default DocumentCalls documents() {
        return engine().documents;
    }

    /** What an identity may do at the client's agent. */
    default AgentAccess access(AgentIdentity identity) {
        AccessCalls accesses = engine().accesses;
        return new AgentAccess(engine().agent, accesses, accesses::pause, identity);
    }

    /** What the client's agent said last. */
    default PeerSignals signals() {
        return engine().signals;
    }

    /** The manifest of the client's agent. */
    default Manifest manifest() {
        return documents().manifest(engine().agent.manifest());
    }

    /** The health of the client's agent. */
    default HealthStatus health() {
        return documents().health(engine().agent.health());
    }
}
