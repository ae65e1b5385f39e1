// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static java.util.Objects.requireNonNull;

import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAStore;
import dev.asap.sla.SLAWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how well agents serve: asks them how they are, counts their tasks, writes figures of each period to a store, and finds
 * breaches of what they promise.
 *
 * <pre>{@code
 * SLAMonitor monitor = SLAMonitor.builder(storage.sla())
 *         .agent(new WatchedAgent(agentId, promises, () -> client.healthCheck().isHealthy()))
 *         .listener(event -> alarm(event.breach()))
 *         .start();
 * }</pre>
 *
 * <p>Time that nobody looked at does not count: a health check stands for the time since the one before it, but not if the two lie
 * more than two intervals and a {@code probeTimeout} apart, as they do after the process, or its machine, slept. Then the check
 * that ran is not counted either.
 *
 * <p>What was stored is read when an agent is added, up to 30 days and 100,000 periods of it, so that a restart does not forget an
 * outage. Until that has succeeded, or failed ten times, the agent is not judged; nor is it in a window without a single health
 * check.
 *
 * <p>Thread-safe. A store that fails or hangs delays neither health checks nor tasks: figures wait, up to a bound. Watch an agent
 * from one process, or let all that watch it see the same: their figures are added up in the store.
 */
public final class SLAMonitor implements AutoCloseable {
    /** The most agents that a monitor watches. */
    public static final int MAX_AGENTS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(SLAMonitor.class);
    private static final long IDLE_SECONDS = 10;
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
    private static final Duration SHORTEST_TICK = Duration.ofMillis(1);

    /** Multiples of it, cut to their fractions, spread evenly however many there are: for when agents are asked. */
    private static final double GOLDEN_RATIO = 0.618033988749895;

    private final Duration probeInterval;
    private final Duration probeTimeout;
    private final Duration gap;
    private final long period;
    private final long evaluationPeriod;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final BreachDetector detector;
    private final LongAdder skippedProbes = new LongAdder();
    private final Map<String, AgentWatch> agents = new ConcurrentHashMap<>();

    private final Executor probes;
    private final @Nullable ThreadPoolExecutor ownProbes;
    private final StoreWork storeWork;
    private final @Nullable Thread tickingThread;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private final AtomicInteger added = new AtomicInteger();

    /** Guards who may come and whether the monitor is closed; held around nothing but that. */
    private final Object lock = new Object();

    // Touched by whoever ticks, one at a time.
    private long lastTick;
    private Instant lastTickTime;
    private volatile long nextPeriod;
    private volatile long nextEvaluation;

    private SLAMonitor(Builder builder) {
        this.probeInterval = builder.probeInterval;
        this.probeTimeout = builder.probeTimeout;
        this.gap = probeInterval.multipliedBy(2).plus(probeTimeout);
        this.period = builder.period.toNanos();
        this.evaluationPeriod = builder.evaluationPeriod.toNanos();
        this.clock = builder.clock;
        this.ticker = builder.ticker;
        this.detector = builder.detector.clock(builder.clock).build();
        this.storeWork = new StoreWork(
                builder.store,
                agents,
                detector,
                builder.evaluationWindow,
                clock,
                builder.maxWaitingPeriods,
                builder.manual);
        this.lastTick = ticker.getAsLong();
        this.lastTickTime = clock.instant();
        this.nextPeriod = lastTick + period;
        this.nextEvaluation = lastTick + evaluationPeriod;
        Executor executor = builder.probeExecutor;
        this.ownProbes = executor == null ? probeThreads() : null;
        this.probes = executor == null ? requireNonNull(ownProbes) : executor;
        this.tickingThread = builder.manual ? null : new Thread(this::keepTicking, "asap-economics-sla-ticker");
        if (tickingThread != null) {
            tickingThread.setDaemon(true);
        }
    }

    private static ThreadPoolExecutor probeThreads() {
        // As many as there are agents to ask: one that is stuck keeps nobody else from being asked.
        return new ThreadPoolExecutor(
                0,
                MAX_AGENTS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new DaemonThreads("asap-economics-sla-probe-"));
    }

    /** Starts a monitor that keeps figures and breaches in this store, which stays the caller's. */
    public static Builder builder(SLAStore store) {
        return new Builder(store);
    }

    // ---- Agents

    /**
     * Begins to watch an agent.
     *
     * @throws IllegalArgumentException if it is watched already, or {@value #MAX_AGENTS} are
     * @throws IllegalStateException if the monitor is closed
     */
    public void add(WatchedAgent agent) {
        AgentWatch watch = watch(agent);
        synchronized (lock) {
            if (closed.get()) {
                throw new IllegalStateException("the SLA monitor is closed: start another one");
            }
            if (agents.containsKey(agent.agentId())) {
                throw new IllegalArgumentException("agent " + agent.agentId() + " is watched already: remove it first");
            }
            if (agents.size() >= MAX_AGENTS) {
                throw new IllegalArgumentException(
                        "at most " + MAX_AGENTS + " agents are watched by one monitor: start another one");
            }
            agents.put(agent.agentId(), watch);
        }
        storeWork.restore();
    }

    private AgentWatch watch(WatchedAgent agent) {
        Instant now = clock.instant();
        double part = added.getAndIncrement() * GOLDEN_RATIO % 1;
        return new AgentWatch(
                agent,
                new ServiceHistory(agent.agentId(), probeInterval, gap, now),
                now,
                ticker.getAsLong() + (long) (part * probeInterval.toNanos()),
                probeInterval,
                probeTimeout,
                probes,
                skippedProbes);
    }

    /**
     * No longer watches an agent. Its figures up to now are written; a breach that is open stays open in the store.
     *
     * @return whether it was watched
     */
    public boolean remove(String agentId) {
        AgentWatch watch = agents.remove(agentId);
        if (watch == null) {
            return false;
        }
        watch.stop();
        endPeriod(List.of(watch), clock.instant(), clock.instant());
        detector.forget(agentId);
        return true;
    }

    /** The ids of the agents that are watched. */
    public List<String> agents() {
        return List.copyOf(agents.keySet());
    }

    // ---- What is known

    /**
     * Counts a task that ended; nothing where the agent is not watched. Takes a lock for some additions, which threads seldom share,
     * and never waits for the store. The task counts with the time of the next tick, at most a second later.
     *
     * @param durationNanos how long it took; less than none counts as none, more than a day as a day
     * @param failed whether it failed; its duration counts all the same
     */
    public void taskEnded(String agentId, long durationNanos, boolean failed) {
        AgentWatch watch = agents.get(agentId);
        if (watch != null) {
            watch.history().taskEnded(durationNanos, failed);
        }
    }

    /** The figures of an agent in the window that ends now, in memory; empty where the agent is not watched. */
    public Optional<WindowFigures> figures(String agentId, SLAWindow window) {
        requireNonNull(window, "window");
        return Optional.ofNullable(agents.get(agentId))
                .map(watch -> watch.history().figures(window, clock.instant()));
    }

    /** How well an agent keeps its promises in the window that ends now, 0 to 100; empty where the agent is not watched. */
    public OptionalDouble compliancePercent(String agentId, SLAWindow window) {
        AgentWatch watch = agents.get(agentId);
        return watch == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(watch.history()
                        .figures(window, clock.instant())
                        .compliancePercent(watch.agent().promises()));
    }

    /**
     * How a monitor is doing.
     *
     * @param agents what is known of each agent
     * @param lastEvaluation when agents were last judged, or null
     * @param openBreaches what is not kept at present
     * @param storeFailures how often the store failed
     * @param waitingPeriods how many periods wait to be written
     * @param droppedPeriods how many were dropped because too many waited
     * @param skippedProbes how often an agent was not asked because there was no thread for it
     * @param droppedNotifications how many notifications did not reach a listener
     * @param listenerFailures how often a listener threw
     */
    public record Status(
            List<AgentStatus> agents,
            @Nullable Instant lastEvaluation,
            List<OpenBreach> openBreaches,
            long storeFailures,
            int waitingPeriods,
            long droppedPeriods,
            long skippedProbes,
            long droppedNotifications,
            long listenerFailures) {
        /** Copies the lists. */
        public Status {
            agents = List.copyOf(agents);
            openBreaches = List.copyOf(openBreaches);
        }
    }

    /**
     * What is known of an agent.
     *
     * @param agentId its id
     * @param healthy the outcome of its last health check, or null before it
     * @param restored whether what was stored of it has been read: before, it is not judged
     */
    public record AgentStatus(String agentId, @Nullable Boolean healthy, boolean restored) {}

    /** How the monitor is doing: for health checks, metrics and consoles. Asks nobody and waits for nothing. */
    public Status status() {
        return new Status(
                agents.values().stream()
                        .map(watch -> new AgentStatus(watch.agent().agentId(), watch.healthy(), watch.isRestored()))
                        .toList(),
                storeWork.lastEvaluation(),
                detector.openBreaches(),
                storeWork.failures(),
                storeWork.waiting(),
                storeWork.dropped(),
                skippedProbes.sum(),
                detector.droppedNotifications(),
                detector.listenerFailures());
    }

    // ---- Time

    private void keepTicking() {
        long pause = Math.min(LONGEST_TICK.toNanos(), Math.max(1, probeInterval.toNanos() / 4));
        while (!closed.get()) {
            try {
                tick();
            } catch (RuntimeException | Error e) {
                LOG.warn("A tick of the SLA monitor failed; the next one comes all the same", e);
            }
            LockSupport.parkNanos(this, Math.min(pause, untilDue()));
        }
    }

    /** How long until a period ends or agents are judged, in nanoseconds: who is told of a breach is not to wait for the next tick as well. */
    private long untilDue() {
        long now = ticker.getAsLong();
        return Math.max(SHORTEST_TICK.toNanos(), Math.min(nextPeriod - now, nextEvaluation - now));
    }

    /**
     * Does what is due: begins and ends health checks, ends periods, judges. Called by a thread of the monitor, each second at least; by
     * whoever wants to move time where the monitor is {@link Builder#manual}. Does nothing while another thread ticks, or once the
     * monitor is closed.
     */
    public void tick() {
        if (closed.get() || !ticking.compareAndSet(false, true)) {
            return;
        }
        try {
            step(ticker.getAsLong(), clock.instant());
        } finally {
            ticking.set(false);
        }
    }

    private void step(long nanos, Instant now) {
        List<AgentWatch> watches = List.copyOf(agents.values());
        if (slept(nanos, now)) {
            watches.forEach(watch -> watch.wakeUp(nanos));
            endPeriod(watches, lastTickTime, now);
            nextPeriod = nanos + period;
        }
        lastTick = nanos;
        lastTickTime = now;
        watches.forEach(watch -> watch.step(nanos, now));
        if (nanos - nextPeriod >= 0) {
            nextPeriod = following(nextPeriod, period, nanos);
            endPeriod(watches, now, now);
        }
        if (nanos - nextEvaluation >= 0) {
            nextEvaluation = following(nextEvaluation, evaluationPeriod, nanos);
            storeWork.evaluate();
        }
    }

    /** Whether more time went by than between two health checks, on either clock: one of them may stand still while a machine sleeps. */
    private boolean slept(long nanos, Instant now) {
        return nanos - lastTick > gap.toNanos()
                || Duration.between(lastTickTime, now).abs().compareTo(gap) > 0;
    }

    private static long following(long due, long length, long nanos) {
        long next = due + length;
        return nanos - next >= 0 ? nanos + length : next;
    }

    private void endPeriod(List<AgentWatch> watches, Instant end, Instant next) {
        List<SLAMetrics> ended = new ArrayList<>();
        watches.forEach(watch -> watch.history().endPeriod(end, next).ifPresent(ended::add));
        storeWork.write(ended);
    }

    // ---- End

    /** Closes the monitor like {@link #close(Duration)} with 10 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }

    /**
     * Ends health checks, writes the figures up to now, tells listeners what waits for them, and ends the threads, all that within
     * this time at most; what is left then is lost. Does nothing the second time.
     */
    public void close(Duration timeout) {
        synchronized (lock) {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        if (tickingThread != null) {
            LockSupport.unpark(tickingThread);
        }
        List<AgentWatch> watches = List.copyOf(agents.values());
        watches.forEach(AgentWatch::stop);
        if (ownProbes != null) {
            ownProbes.shutdownNow();
        }
        Instant now = clock.instant();
        endPeriod(watches, now, now);
        storeWork.close(deadline);
        detector.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }

    /** Options of a monitor. Not thread-safe. */
    public static final class Builder {
        private final SLAStore store;
        private final BreachDetector.Builder detector;
        private final Map<String, WatchedAgent> agents = new LinkedHashMap<>();
        private Duration probeInterval = Duration.ofSeconds(15);
        private Duration probeTimeout = Duration.ofSeconds(5);
        private Duration period = Duration.ofMinutes(1);
        private Duration evaluationPeriod = Duration.ofSeconds(30);
        private SLAWindow evaluationWindow = SLAWindow.HOUR;
        private int maxWaitingPeriods = 10_000;
        private @Nullable Executor probeExecutor;
        private boolean manual;
        private InstantSource clock = InstantSource.system();
        private LongSupplier ticker = System::nanoTime;

        private Builder(SLAStore store) {
            this.store = requireNonNull(store, "store");
            this.detector = BreachDetector.builder(store);
        }

        /**
         * Adds an agent to watch from the start; others may come later, see {@link SLAMonitor#add}.
         *
         * @throws IllegalArgumentException if it was added before, or {@value SLAMonitor#MAX_AGENTS} were
         */
        public Builder agent(WatchedAgent agent) {
            if (agents.size() >= MAX_AGENTS) {
                throw new IllegalArgumentException(
                        "at most " + MAX_AGENTS + " agents are watched by one monitor: start another one");
            }
            if (agents.putIfAbsent(agent.agentId(), agent) != null) {
                throw new IllegalArgumentException("agent " + agent.agentId() + " was added already");
            }
            return this;
        }

        /** Adds a listener for breaches. */
        public Builder listener(BreachListener listener) {
            detector.listener(listener);
            return this;
        }

        /** When a finding is a breach, {@link BreachDetector.Mode#CROSSING} by default. */
        public Builder mode(BreachDetector.Mode mode) {
            detector.mode(mode);
            return this;
        }

        /** Whether breaches are also logged, which they are by default. */
        public Builder logged(boolean logged) {
            detector.logged(logged);
            return this;
        }

        /**
         * How many events may wait for each listener, {@value BreachDetector#DEFAULT_QUEUE_CAPACITY} by default.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder queueCapacity(int queueCapacity) {
            detector.queueCapacity(queueCapacity);
            return this;
        }

        /** Gives the ids of breaches, {@code breach_} and a ULID by default; each another one. */
        public Builder ids(Supplier<String> ids) {
            detector.ids(ids);
            return this;
        }

        /**
         * How often an agent is asked how it is, 15 seconds by default: then one failed check of an hour, of 240, does not break a
         * promise of 99.5 %, and two do. Lower it to find short outages, raise it where asking is dear.
         *
         * @throws IllegalArgumentException if it is below 100 ms or above an hour
         */
        public Builder probeInterval(Duration probeInterval) {
            this.probeInterval = between("probeInterval", probeInterval, Duration.ofMillis(100), Duration.ofHours(1));
            return this;
        }

        /**
         * How long a health check may take, 5 seconds by default; it fails then. Not longer than {@code probeInterval}.
         *
         * @throws IllegalArgumentException if it is below 1 ms or above an hour
         */
        public Builder probeTimeout(Duration probeTimeout) {
            this.probeTimeout = between("probeTimeout", probeTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * Of how much time figures are put together to one record in the store, a minute by default: 43,200 records of an agent in
         * 30 days, and a crash loses a minute. Raise it for a smaller store.
         *
         * @throws IllegalArgumentException if it is below a second or above a day
         */
        public Builder period(Duration period) {
            this.period = between("period", period, Duration.ofSeconds(1), Duration.ofDays(1));
            return this;
        }

        /**
         * How often agents are judged, 30 seconds by default: that late a breach may be found. It costs one read for each agent.
         *
         * @throws IllegalArgumentException if it is below a second or above a day
         */
        public Builder evaluationPeriod(Duration evaluationPeriod) {
            this.evaluationPeriod =
                    between("evaluationPeriod", evaluationPeriod, Duration.ofSeconds(1), Duration.ofDays(1));
            return this;
        }

        /**
         * Over which window agents are judged, {@link SLAWindow#HOUR} by default: a breach is found soon and is over an hour after
         * its cause. A longer one has fewer breaches that last longer.
         */
        public Builder evaluationWindow(SLAWindow evaluationWindow) {
            this.evaluationWindow = requireNonNull(evaluationWindow, "evaluationWindow");
            return this;
        }

        /**
         * How many periods of all agents may wait for a store that fails, 10,000 by default, about 1 MB; the oldest are dropped then.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder maxWaitingPeriods(int maxWaitingPeriods) {
            if (maxWaitingPeriods < 1) {
                throw new IllegalArgumentException("maxWaitingPeriods must be 1 or more, got " + maxWaitingPeriods);
            }
            this.maxWaitingPeriods = maxWaitingPeriods;
            return this;
        }

        /**
         * Runs health checks; threads of the monitor by default, as many as agents are being asked. It has to begin each check at
         * once: time that one waits counts as the agent's. It stays the caller's.
         */
        public Builder probeExecutor(Executor probeExecutor) {
            this.probeExecutor = requireNonNull(probeExecutor, "probeExecutor");
            return this;
        }

        /**
         * Whether time is moved by hand: then nobody but the caller calls {@link SLAMonitor#tick}, and it does the work on the
         * store too. For tests, and for applications with a scheduler of their own. False by default.
         */
        public Builder manual(boolean manual) {
            this.manual = manual;
            return this;
        }

        /** Tells what time it is, the system's clock by default. */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Tells how much time went by, in nanoseconds, {@link System#nanoTime} by default: what is due follows it, whatever the
         * clock does.
         */
        public Builder ticker(LongSupplier ticker) {
            this.ticker = requireNonNull(ticker, "ticker");
            return this;
        }

        /**
         * Starts the monitor.
         *
         * @throws IllegalArgumentException if {@code probeTimeout} is longer than {@code probeInterval}
         */
        public SLAMonitor start() {
            if (probeTimeout.compareTo(probeInterval) > 0) {
                throw new IllegalArgumentException("probeTimeout must not be longer than probeInterval, got "
                        + probeTimeout + " and " + probeInterval);
            }
            SLAMonitor monitor = new SLAMonitor(this);
            agents.values().forEach(monitor::add);
            if (monitor.tickingThread != null) {
                monitor.tickingThread.start();
            }
            return monitor;
        }

        private static Duration between(String option, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(option + " must be " + least + " to " + most + ", got " + value);
            }
            return value;
        }
    }
}
