// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.client.internal.socket.SocketTimer;
import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a socket, one after the other: begins them, notices that one is lost or silent, opens the next where that is
 * wanted, and ends the last. Thread-safe; guarded by the session's lock.
 */
final class SocketConnections implements SocketLink.Events {
    /** What depends on the connections. */
    interface Dependents {
        /** A connection is open. With the lock. */
        void onOpen(SocketLink opened);

        /**
         * A connection that was open is lost. With the lock.
         *
         * @param forGood whether no other one will be opened
         * @return what is to be done about it without the lock; null if nothing depended on it
         */
        @Nullable
        Runnable onLost(SocketLink lost, Loss loss, boolean forGood);

        /** A frame has come. Without the lock. */
        void onFrame(SocketLink from, byte[] utf8);

        /** No connection will be opened any more. Without the lock. */
        void onEnd();
    }

    private static final Logger LOG = LoggerFactory.getLogger(ASAPSocket.class);

    private final SocketOptions options;
    private final PeerAddress address;
    private final SocketFailures failures;
    private final SocketTimer timer;
    private final SocketConnector connector;
    private final Dependents dependents;

    private final ReentrantLock lock;
    private final EndingLinks ending;
    private final ReopenRules reopening;
    private SocketState state = SocketState.CONNECTING;
    private boolean closing;
    private @Nullable SocketLink link;
    private @Nullable CompletableFuture<Boolean> opening;
    private @Nullable Loss lastLoss;
    private SocketTimer.Scheduled openLimit = () -> {};
    private SocketTimer.Scheduled staleCheck = () -> {};

    SocketConnections(
            SocketOptions options,
            SocketFailures failures,
            SocketTimer timer,
            SocketConnector connector,
            ReentrantLock lock,
            Dependents dependents) {
        this.options = options;
        this.address = options.address();
        this.failures = failures;
        this.timer = timer;
        this.connector = connector;
        this.lock = lock;
        this.dependents = dependents;
        this.ending = new EndingLinks(lock);
        this.reopening = new ReopenRules(options);
    }

    SocketState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Opens the first connection, unless that was done, and waits for it.
     *
     * @param limit how long to wait, if that is less than {@code openTimeout}; null for no limit of its own
     */
    void connect(@Nullable Duration limit) {
        CompletableFuture<Boolean> opened;
        SocketLink begun = null;
        lock.lock();
        try {
            requireNotClosed("connecting to " + address + " failed");
            if (state == SocketState.CLOSED) {
                throw failures.notConnected(Objects.requireNonNull(lastLoss));
            } else if (state != SocketState.CONNECTING) {
                return;
            }
            opened = opening;
            if (opened == null) {
                opened = new CompletableFuture<>();
                opening = opened;
                begun = newLink();
            }
        } finally {
            lock.unlock();
        }
        if (begun != null) {
            connector.begin(begun);
        }
        try {
            boolean unused =
                    SocketWaits.await(opened, limit, "connecting to " + address + " was cut off", this::cancelOpening);
        } catch (TimeoutException e) {
            throw new RequestTimeoutException(
                    "cannot connect to " + address + ": the time for the whole call was over",
                    Objects.requireNonNull(limit),
                    e);
        }
    }

    private void cancelOpening() {
        lock.lock();
        try {
            if (state == SocketState.CONNECTING && link != null) {
                link.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    private void reopen() {
        SocketLink begun;
        lock.lock();
        try {
            if (state != SocketState.RECONNECTING) {
                return;
            }
            begun = newLink();
        } finally {
            lock.unlock();
        }
        connector.begin(begun);
    }

    /** With the lock. */
    private SocketLink newLink() {
        SocketLink made = new SocketLink(this, timer, options.clock(), options.maxQueuedBytes());
        link = made;
        openLimit = timer.schedule(options.openTimeout(), () -> {
            onLost(made, new Loss.OpenTimedOut(options.openTimeout()));
            made.cancel();
        });
        return made;
    }

    /** With the lock: the connection, or why there is none. */
    SocketLink requireOpen(String what) {
        requireNotClosed(what + " was not sent");
        SocketLink open = link;
        if (state == SocketState.CLOSED) {
            throw failures.notSent(what, Objects.requireNonNull(lastLoss));
        } else if (state == SocketState.CONNECTING) {
            throw new IllegalStateException(what + " was not sent: the socket is not connected; call connect first");
        } else if (state != SocketState.OPEN || open == null) {
            throw failures.notNow(what, "the connection was lost and is being opened again");
        }
        return open;
    }

    /** With the lock. */
    private void requireNotClosed(String attempted) {
        if (closing) {
            throw new ClientClosedException(attempted + ": the socket is closed", null);
        }
    }

    /** With the lock: the connection; null if there is none at this moment. */
    @Nullable
    SocketLink open() {
        return state == SocketState.OPEN ? link : null;
    }

    /** With the lock: whether this is the connection, and not one that was lost meanwhile. */
    boolean isCurrent(SocketLink one) {
        return one == link;
    }

    @Override
    public void onOpen(SocketLink opened) {
        CompletableFuture<Boolean> waiting;
        lock.lock();
        try {
            if (opened != link) {
                opened.cancel();
                return;
            }
            openLimit.cancel();
            state = SocketState.OPEN;
            dependents.onOpen(opened);
            checkSilenceLater(opened, options.staleLimit());
            waiting = opening;
            opening = null;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.complete(true);
        }
    }

    @Override
    public void onFrame(SocketLink from, byte[] utf8) {
        lock.lock();
        try {
            if (from != link) {
                return;
            }
            if (!from.hasHeard) {
                // Only now the peer has shown that it wants this client: some close the connection right after the
                // handshake.
                from.hasHeard = true;
                reopening.onHeard();
            }
        } finally {
            lock.unlock();
        }
        dependents.onFrame(from, utf8);
    }

    @Override
    public void onLost(SocketLink lost, Loss loss) {
        CompletableFuture<Boolean> waiting;
        Runnable consequences = null;
        boolean ended = false;
        boolean silently;
        lock.lock();
        try {
            if (lost != link) {
                return;
            }
            link = null;
            ending.add(lost);
            openLimit.cancel();
            staleCheck.cancel();
            waiting = opening;
            opening = null;
            lastLoss = loss;
            if (state != SocketState.CONNECTING) {
                ended = !reopenLater(loss);
                consequences = dependents.onLost(lost, loss, ended);
            }
            silently = closing || options.replaceable() || consequences != null;
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.completeExceptionally(failures.notConnected(loss));
        }
        if (consequences != null) {
            consequences.run();
        }
        if (ended) {
            if (!silently) {
                LOG.warn("The connection to {} has ended: {}", address, failures.reason(loss));
            }
            dependents.onEnd();
        } else {
            LOG.debug("The connection to {} is lost: {}", address, failures.reason(loss));
        }
    }

    @Override
    public void onEnd(SocketLink ended) {
        lock.lock();
        try {
            ending.remove(ended);
        } finally {
            lock.unlock();
        }
    }

    /** With the lock: false if the socket has ended. */
    private boolean reopenLater(Loss loss) {
        Duration wait = closing ? null : reopening.waitAfter(loss);
        state = wait == null ? SocketState.CLOSED : SocketState.RECONNECTING;
        if (wait != null) {
            timer.schedule(wait, this::reopen);
        }
        return wait != null;
    }

    /** With the lock. */
    private void checkSilenceLater(SocketLink watched, Duration delay) {
        if (!options.staleLimit().isZero()) {
            staleCheck = timer.schedule(delay, () -> checkSilence(watched));
        }
    }

    private void checkSilence(SocketLink watched) {
        Duration left = options.staleLimit().minus(watched.silence());
        if (left.isNegative() || left.isZero()) {
            onLost(watched, new Loss.Stale(options.staleLimit()));
            watched.cancel();
            return;
        }
        lock.lock();
        try {
            if (watched == link) {
                checkSilenceLater(watched, left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing new begin; false if that was so before. */
    boolean refuse() {
        lock.lock();
        try {
            boolean first = !closing;
            closing = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Begins to end the connection; does nothing the second time. */
    void hangUp() {
        SocketLink last;
        CompletableFuture<Boolean> waiting;
        lock.lock();
        try {
            last = link;
            link = null;
            if (last != null) {
                ending.setLast(last);
            }
            waiting = opening;
            opening = null;
            state = SocketState.CLOSED;
            openLimit.cancel();
            staleCheck.cancel();
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            waiting.completeExceptionally(new ClientClosedException(
                    "connecting to " + address + " was cut off: the socket was closed", null));
        }
        if (last != null) {
            last.close();
        }
    }

    /**
     * Waits for the end of the connection, after {@link #hangUp}, and then cuts off what has not ended.
     *
     * @return false if the thread was interrupted while it waited
     */
    boolean awaitEnd(Duration timeout) {
        return ending.awaitEnd(timeout);
    }
}
