// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the manifest that a challenge names into the cache, one at a time and without making anyone wait. Thread-safe.
 *
 * <p>Only from the agent's own origin: otherwise an agent could have this process call addresses that only this process reaches.
 */
final class ManifestPrefetch implements Consumer<HttpUrl> {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPClient.class);

    private final HttpUrl agent;
    private final Executor threads;
    private final Consumer<PeerAddress> fetch;
    private final AtomicBoolean running = new AtomicBoolean();

    ManifestPrefetch(PeerAddress agent, Executor threads, Consumer<PeerAddress> fetch) {
        this.agent = agent.url();
        this.threads = threads;
        this.fetch = fetch;
    }

    @Override
    public void accept(HttpUrl manifest) {
        if (!isOfTheAgent(manifest) || !running.compareAndSet(false, true)) {
            return;
        }
        PeerAddress address = PeerAddress.ofDocument(manifest.toString());
        try {
            threads.execute(() -> fetch(address));
        } catch (RejectedExecutionException e) {
            // The client is being closed.
            running.set(false);
        }
    }

    private boolean isOfTheAgent(HttpUrl url) {
        return url.scheme().equals(agent.scheme()) && url.host().equals(agent.host()) && url.port() == agent.port();
    }

    private void fetch(PeerAddress address) {
        try {
            fetch.accept(address);
        } catch (RuntimeException e) {
            LOG.debug("The manifest that a challenge names was not fetched from {}", address, e);
        } finally {
            running.set(false);
        }
    }
}
