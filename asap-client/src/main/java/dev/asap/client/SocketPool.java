// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.RequestTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Lends connected {@linkplain ASAPSocket sockets}, a few for each URL. Thread-safe.
 *
 * <pre>{@code
 * try (SocketPool pool = SocketPool.builder().build();
 *         SocketPool.Lease lease = pool.acquire("wss://agent.example")) {
 *     Envelope answer = lease.socket().send(message);
 * }
 * }</pre>
 *
 * <p>A socket carries many calls at once: a pool is for agents that work on the messages of one connection one after the other, or limit
 * how many they take from it. Whoever waits for a socket gets one in the order in which they came. A socket that is not {@linkplain
 * SocketState#OPEN open} when it comes back is closed; so is one that nobody has used for {@link Builder#idleLimit}, which is looked after
 * whenever a socket is lent or comes back.
 */
public final class SocketPool implements AutoCloseable {
    private record Idle(ASAPSocket socket, long since) {}

    /** Someone who waits: for a socket, or for leave to connect one. Guarded by the pool's lock. */
    private static final class Waiter {
        final Condition turn;

        @Nullable
        ASAPSocket given;

        boolean mayConnect;

        Waiter(Condition turn) {
            this.turn = turn;
        }
    }

    /** What belongs to one URL. Guarded by the pool's lock. */
    private static final class Lane {
        final Deque<Idle> idle = new ArrayDeque<>();
        final Deque<Waiter> waiters = new ArrayDeque<>();
        int lent;

        boolean isUnused() {
            return idle.isEmpty() && waiters.isEmpty() && lent == 0;
        }
    }

    private final Function<String, ASAPSocket> sockets;
    private final int maxPerUrl;
    private final int maxIdle;
    private final Duration idleLimit;
    private final Duration acquireTimeout;
    private final LongSupplier ticker;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<HttpUrl, Lane> lanes = new HashMap<>();
    private final Set<ASAPSocket> lent = new HashSet<>();
    private boolean closed;

    private SocketPool(Builder builder) {
        this.sockets = builder.sockets;
        this.maxPerUrl = builder.maxPerUrl;
        this.maxIdle = builder.maxIdle;
        this.idleLimit = builder.idleLimit;
        this.acquireTimeout = builder.acquireTimeout;
        this.ticker = builder.ticker;
    }

    /** Starts to build a pool. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Lends a socket to the agent at a URL: an idle one, or a new one, which is connected, or one that comes back within {@link
     * Builder#acquireTimeout}.
     *
     * @throws IllegalArgumentException if the URL is none, see {@link ASAPSocket#builder(String)}
     * @throws RequestTimeoutException if none came back in time
     * @throws ClientClosedException if the pool is closed, before or meanwhile
     * @throws CallInterruptedException if the thread is interrupted while it waits
     * @throws dev.asap.ASAPException if a new one cannot be connected
     */
    public Lease acquire(String url) {
        Lease lease = lend(SocketAddresses.parse(url), () -> sockets.apply(url));
        try {
            lease.socket().connect();
            return lease;
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    /**
     * Lends a socket like {@link #acquire}, but does not connect it if it is new.
     *
     * @param made makes a new one
     */
    Lease lend(PeerAddress address, Supplier<ASAPSocket> made) {
        List<ASAPSocket> outdated = new ArrayList<>();
        ASAPSocket idle;
        lock.lock();
        try {
            requireOpen(address);
            outdated.addAll(takeOutdated());
            idle = take(lanes.computeIfAbsent(address.url(), any -> new Lane()), address);
        } finally {
            lock.unlock();
            closeAll(outdated, false);
        }
        return new Lease(address, idle != null ? idle : add(made, address));
    }

    /**
     * What the pool has now.
     *
     * @param all how many sockets there are
     * @param idle how many of them are not lent
     */
    record Counts(int all, int idle) {}

    Counts counts() {
        lock.lock();
        try {
            int idle =
                    lanes.values().stream().mapToInt(lane -> lane.idle.size()).sum();
            return new Counts(lent.size() + idle, idle);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the pool and all its sockets, lent ones too: calls in flight fail with a {@link ClientClosedException}. Takes as long as
     * {@link ASAPSocket#close()} may for one socket. Does nothing the second time.
     */
    @Override
    public void close() {
        List<ASAPSocket> all = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (Lane lane : lanes.values()) {
                lane.idle.forEach(idle -> all.add(idle.socket()));
                lane.idle.clear();
                lane.waiters.forEach(waiter -> waiter.turn.signal());
            }
            all.addAll(lent);
            lent.clear();
        } finally {
            lock.unlock();
        }
        closeAll(all, false);
    }

    /**
     * At the same time: their peers may take their time.
     *
     * @param hurry whether to leave them none
     */
    private static void closeAll(List<ASAPSocket> sockets, boolean hurry) {
        List<SocketSession> sessions = sockets.stream().map(ASAPSocket::session).toList();
        sessions.forEach(SocketSession::cut);
        if (!SocketSession.awaitEnd(sessions, hurry)) {
            Thread.currentThread().interrupt();
        }
    }

    /** With the lock: a socket, or null for leave to connect a new one. Either counts as lent from then on. */
    private @Nullable ASAPSocket take(Lane lane, PeerAddress address) {
        if (lane.waiters.isEmpty()) {
            Idle idle = lane.idle.pollFirst();
            if (idle != null || lane.lent < maxPerUrl) {
                lane.lent++;
                if (idle != null) {
                    lent.add(idle.socket());
                    return idle.socket();
                }
                return null;
            }
        }
        return awaitTurn(lane, address);
    }

    /** With the lock, which is given back meanwhile. */
    private @Nullable ASAPSocket awaitTurn(Lane lane, PeerAddress address) {
        Waiter waiter = new Waiter(lock.newCondition());
        lane.waiters.addLast(waiter);
        try {
            long left = acquireTimeout.toNanos();
            while (waiter.given == null && !waiter.mayConnect) {
                requireOpen(address);
                if (left <= 0) {
                    throw new RequestTimeoutException(
                            "no connection to " + address + " became free: acquireTimeout is "
                                    + acquireTimeout.toMillis() + " ms, and all " + maxPerUrl + " are lent",
                            acquireTimeout,
                            null);
                }
                left = waiter.turn.awaitNanos(left);
            }
            return waiter.given;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (waiter.given != null || waiter.mayConnect) {
                boolean unused = passOn(lane, waiter.given, true);
            }
            throw new CallInterruptedException(
                    "waiting for a connection to " + address + " was cut off: the thread was interrupted", e);
        } finally {
            lane.waiters.remove(waiter);
        }
    }

    /** A new socket in the place that was taken for it. */
    private ASAPSocket add(Supplier<ASAPSocket> made, PeerAddress address) {
        ASAPSocket socket = null;
        try {
            socket = made.get();
            lock.lock();
            try {
                requireOpen(address);
                lent.add(socket);
            } finally {
                lock.unlock();
            }
            return socket;
        } catch (RuntimeException | Error e) {
            giveBack(address, socket, true);
            throw e;
        }
    }

    /**
     * A socket comes back, or one that did not come about.
     *
     * @param unfit whether it is not to be lent again
     */
    private void giveBack(PeerAddress address, @Nullable ASAPSocket socket, boolean unfit) {
        List<ASAPSocket> outdated = new ArrayList<>();
        ASAPSocket discarded = null;
        lock.lock();
        try {
            outdated.addAll(takeOutdated());
            boolean useful = socket != null && !unfit && socket.state() == SocketState.OPEN && !closed;
            if (socket != null) {
                lent.remove(socket);
            }
            Lane lane = lanes.get(address.url());
            ASAPSocket kept = useful ? socket : null;
            boolean taken = lane != null && passOn(lane, kept, lane.idle.size() < maxIdle);
            if (lane != null && lane.isUnused()) {
                lanes.remove(address.url());
            }
            if (!useful || !taken) {
                discarded = socket;
            }
        } finally {
            lock.unlock();
        }
        closeAll(outdated, false);
        if (discarded != null) {
            closeAll(List.of(discarded), unfit);
        }
    }

    /**
     * With the lock: the first who waits gets the socket, or the leave to connect one in its place.
     *
     * @param mayBeIdle whether it is kept if nobody waits
     * @return false if nobody has it now
     */
    private boolean passOn(Lane lane, @Nullable ASAPSocket socket, boolean mayBeIdle) {
        Waiter first = lane.waiters.pollFirst();
        if (first != null) {
            first.given = socket;
            first.mayConnect = socket == null;
            if (socket != null) {
                lent.add(socket);
            }
            first.turn.signal();
            return true;
        }
        lane.lent--;
        if (socket == null || !mayBeIdle) {
            return false;
        }
        lent.remove(socket);
        // The one used last is used first: so the others get the chance to grow old.
        lane.idle.addFirst(new Idle(socket, ticker.getAsLong()));
        return true;
    }

    /** With the lock: takes out what has been idle for too long, or has lost its connection. */
    private List<ASAPSocket> takeOutdated() {
        long now = ticker.getAsLong();
        List<ASAPSocket> outdated = new ArrayList<>();
        for (Iterator<Lane> all = lanes.values().iterator(); all.hasNext(); ) {
            Lane lane = all.next();
            for (Iterator<Idle> each = lane.idle.iterator(); each.hasNext(); ) {
                Idle idle = each.next();
                if (now - idle.since() >= idleLimit.toNanos() || idle.socket().state() != SocketState.OPEN) {
                    each.remove();
                    outdated.add(idle.socket());
                }
            }
            if (lane.isUnused()) {
                all.remove();
            }
        }
        return outdated;
    }

    /** With the lock. */
    private void requireOpen(PeerAddress address) {
        if (closed) {
            throw new ClientClosedException("no connection to " + address + ": the pool is closed", null);
        }
    }

    /** A socket that is lent until this is closed. Thread-safe. */
    public final class Lease implements AutoCloseable {
        private final PeerAddress address;
        private final ASAPSocket socket;
        private final AtomicBoolean over = new AtomicBoolean();

        private Lease(PeerAddress address, ASAPSocket socket) {
            this.address = address;
            this.socket = socket;
        }

        /**
         * The socket. Closing it means that it is not lent again.
         *
         * @throws IllegalStateException after the lease was closed
         */
        public ASAPSocket socket() {
            if (over.get()) {
                throw new IllegalStateException("the socket to " + address + " was given back; acquire another");
            }
            return socket;
        }

        /** Gives the socket back. Calls that are in flight go on. Does nothing the second time. */
        @Override
        public void close() {
            end(false);
        }

        /** Gives the socket back, not to be lent again: it is closed, and the peer gets no time for that. */
        void discard() {
            end(true);
        }

        private void end(boolean unfit) {
            if (over.compareAndSet(false, true)) {
                giveBack(address, socket, unfit);
            }
        }
    }

    /** Collects what a pool needs. Not thread-safe. */
    public static final class Builder {
        private Function<String, ASAPSocket> sockets =
                url -> ASAPSocket.builder(url).build();
        private int maxPerUrl = 10;
        private int maxIdle = Integer.MAX_VALUE;
        private Duration idleLimit = Duration.ofSeconds(60);
        private Duration acquireTimeout = Duration.ofSeconds(5);
        private LongSupplier ticker = System::nanoTime;

        private Builder() {}

        /**
         * Builds each socket from its URL, without connecting it; a socket without further options unless set. The pool closes what it
         * gets.
         */
        public Builder sockets(Function<String, ASAPSocket> value) {
            sockets = value;
            return this;
        }

        /**
         * How many sockets there may be for one URL; 10 unless set.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxPerUrl(int value) {
            maxPerUrl = OptionChecks.atLeast(1, "maxPerUrl", value);
            return this;
        }

        /**
         * After what time without use a socket is closed; 60 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder idleLimit(Duration value) {
            idleLimit = Timeouts.checked("idleLimit", value);
            return this;
        }

        /**
         * How long to wait for a socket to come back when all are lent; 5 s unless set.
         *
         * @throws IllegalArgumentException if it is not 1 ms to 24 days
         */
        public Builder acquireTimeout(Duration value) {
            acquireTimeout = Timeouts.checked("acquireTimeout", value);
            return this;
        }

        /** How many sockets for one URL are kept while nobody uses them; as many as there are unless set. */
        Builder maxIdle(int value) {
            maxIdle = value;
            return this;
        }

        /** Gives the time in nanoseconds, from any origin; has to be thread-safe. The system's unless set. */
        Builder ticker(LongSupplier value) {
            ticker = value;
            return this;
        }

        /** The pool. Connects to nothing yet. */
        public SocketPool build() {
            return new SocketPool(this);
        }
    }
}
