// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import static java.util.Objects.requireNonNull;

import dev.asap.id.Ulid;
import dev.asap.model.SLADefinition;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLAEvaluation;
import dev.asap.sla.SLAEvaluation.Finding;
import dev.asap.sla.SLAMetrics;
import dev.asap.sla.SLAStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out when a promise is no longer kept, when it is missed by far, and when it is kept again; keeps that in a store and tells
 * listeners.
 *
 * <pre>{@code
 * BreachDetector detector = BreachDetector.builder(storage.sla()).listener(event -> page(event.breach())).build();
 * detector.check(agentId, promises, measured);
 * }</pre>
 *
 * <p>What is open is known to the store alone: a detector that starts anew goes on where the last one ended, and several processes over one
 * store find each breach once; the one that changed the store tells its listeners. A breach that stays open is one read for each check.
 * Listeners are told after the store has the breach, and never waited for.
 *
 * <p>Thread-safe. Checks of one agent that run at the same time may tell listeners in another order than that of the store.
 */
public final class BreachDetector implements AutoCloseable {
    /** How many events may wait for a listener when nobody says otherwise. */
    public static final int DEFAULT_QUEUE_CAPACITY = 1000;

    /** How often a check looks again because another process changed the breach in between. */
    private static final int ATTEMPTS = 5;

    private static final Set<BreachType> EVALUATED =
            Set.of(BreachType.AVAILABILITY, BreachType.LATENCY, BreachType.ERROR_RATE);

    /** When a finding is a breach. */
    public enum Mode {
        /** When a promise stops being kept: one open breach for each agent and type, which ends when the promise is kept again. */
        CROSSING,
        /** With each check: what other implementations of the protocol do. Nothing is ever resolved. */
        EACH_CHECK
    }

    private final SLAStore store;
    private final Mode mode;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final BreachDispatcher dispatcher;

    /** By agent, what was open after its last check. */
    private final Map<String, List<OpenBreach>> open = new ConcurrentHashMap<>();

    private BreachDetector(Builder builder) {
        this.store = builder.store;
        this.mode = builder.mode;
        this.clock = builder.clock;
        this.ids = builder.ids;
        List<BreachListener> listeners = new ArrayList<>(builder.listeners);
        if (builder.logged) {
            listeners.add(new LoggedBreaches());
        }
        this.dispatcher = new BreachDispatcher(listeners, builder.queueCapacity);
    }

    /** Starts a detector that keeps breaches in this store, which stays the caller's. */
    public static Builder builder(SLAStore store) {
        return new Builder(store);
    }

    /**
     * Holds figures of an agent against its promises. Critical breaches that turn into warnings stay as they are. A promise that is
     * no longer made is kept: its breach is resolved.
     *
     * @param promises what was promised; nothing where it is null
     * @return what happened, in the order availability, latency, error rate, then what is resolved; empty where nothing changed
     * @throws dev.asap.storage.StorageException if the store fails. The other findings were processed all the same; the next check
     *     makes up for what is missing
     */
    public List<BreachEvent> check(String agentId, @Nullable SLADefinition promises, SLAMetrics measured) {
        requireNonNull(agentId, "agentId");
        List<Finding> findings = SLAEvaluation.evaluate(promises, measured);
        Instant now = clock.instant();
        Check check = new Check(agentId, now);
        if (mode == Mode.EACH_CHECK) {
            findings.forEach(finding -> check.run(() -> check.record(finding)));
        } else {
            check.crossings(findings);
        }
        return check.result();
    }

    /** What was open after the last check of each agent; in the mode {@link Mode#EACH_CHECK} nothing. */
    public List<OpenBreach> openBreaches() {
        return open.values().stream().flatMap(List::stream).toList();
    }

    /** No longer names an agent's breaches in {@link #openBreaches}; in the store they stay as they are. */
    public void forget(String agentId) {
        open.remove(agentId);
    }

    /** How many notifications did not reach a listener, because too many waited for it or the detector was closed. */
    public long droppedNotifications() {
        return dispatcher.dropped();
    }

    /** How many times a listener threw. */
    public long listenerFailures() {
        return dispatcher.failed();
    }

    /** Closes the detector like {@link #close(Duration)} with 5 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /** Tells listeners what waits for them, at most this long, and ends their threads. Does nothing the second time. */
    public void close(Duration timeout) {
        dispatcher.close(timeout);
    }

    /** One check of one agent. */
    private final class Check {
        private final String agentId;
        private final Instant now;
        private final List<BreachEvent> events = new ArrayList<>();
        private final List<OpenBreach> seen = new ArrayList<>();
        private @Nullable RuntimeException failure;

        Check(String agentId, Instant now) {
            this.agentId = agentId;
            this.now = now;
        }

        /** Does a part of the check that shall not keep the others from being done. */
        void run(Runnable part) {
            try {
                part.run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }

        List<BreachEvent> result() {
            if (failure != null) {
                throw failure;
            }
            return List.copyOf(events);
        }

        void record(Finding finding) {
            SLABreach breach = finding.toBreach(ids.get(), agentId, now);
            store.recordBreach(breach);
            happened(new BreachEvent.Opened(breach));
        }

        void crossings(List<Finding> findings) {
            Map<BreachType, Finding> found = new LinkedHashMap<>();
            findings.forEach(finding -> found.put(finding.breachType(), finding));
            List<SLABreach> known = store.openBreaches(agentId, PageRequest.first(PageRequest.MAX_LIMIT))
                    .items();
            for (Finding finding : findings) {
                run(() -> notKept(finding, lastOf(finding.breachType(), known)));
            }
            for (SLABreach breach : known) {
                if (EVALUATED.contains(breach.breachType()) && !found.containsKey(breach.breachType())) {
                    run(() -> keptAgain(breach));
                }
            }
            if (seen.isEmpty()) {
                open.remove(agentId);
            } else {
                open.put(agentId, List.copyOf(seen));
            }
        }

        private @Nullable SLABreach lastOf(BreachType type, List<SLABreach> known) {
            SLABreach last = null;
            for (SLABreach breach : known) {
                last = breach.breachType().equals(type) ? breach : last;
            }
            return last;
        }

        private void notKept(Finding finding, @Nullable SLABreach known) {
            SLABreach current = known;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (current == null) {
                    SLABreach mine = finding.toBreach(ids.get(), agentId, now);
                    current = store.openBreach(mine);
                    if (current.id().equals(mine.id())) {
                        seen.add(new OpenBreach(mine, now));
                        happened(new BreachEvent.Opened(mine));
                        return;
                    }
                }
                if (!isWorse(finding, current)) {
                    seen.add(new OpenBreach(current, now));
                    return;
                }
                SLABreach worse = current.worsened(finding);
                if (store.replaceBreach(current, worse)) {
                    seen.add(new OpenBreach(worse, now));
                    happened(new BreachEvent.Worsened(worse));
                    return;
                }
                // Another process was faster: look again at what is open.
                current = null;
            }
        }

        private void keptAgain(SLABreach known) {
            Optional<SLABreach> current = Optional.of(known);
            for (int attempt = 0; attempt < ATTEMPTS && current.isPresent(); attempt++) {
                SLABreach resolved = current.get().resolved(now);
                if (store.replaceBreach(current.get(), resolved)) {
                    happened(new BreachEvent.Resolved(resolved));
                    return;
                }
                // Another process resolved it, and has told of it, or found it worse.
                current = store.findBreach(known.id()).filter(SLABreach::isOpen);
            }
        }

        private void happened(BreachEvent event) {
            events.add(event);
            dispatcher.publish(event);
        }
    }

    private static boolean isWorse(Finding finding, SLABreach breach) {
        return finding.severity().equals(BreachSeverity.CRITICAL)
                && !breach.severity().equals(BreachSeverity.CRITICAL);
    }

    /** Options of a detector. Not thread-safe. */
    public static final class Builder {
        private final SLAStore store;
        private final List<BreachListener> listeners = new ArrayList<>();
        private Mode mode = Mode.CROSSING;
        private boolean logged = true;
        private int queueCapacity = DEFAULT_QUEUE_CAPACITY;
        private InstantSource clock = InstantSource.system();
        private Supplier<String> ids = () -> Ulid.next("breach_");

        private Builder(SLAStore store) {
            this.store = requireNonNull(store, "store");
        }

        /** Adds a listener. */
        public Builder listener(BreachListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /** When a finding is a breach, {@link Mode#CROSSING} by default. */
        public Builder mode(Mode mode) {
            this.mode = requireNonNull(mode, "mode");
            return this;
        }

        /** Whether breaches are also logged, which they are by default: as a warning, with id, agent, type, texts and severity. */
        public Builder logged(boolean logged) {
            this.logged = logged;
            return this;
        }

        /**
         * How many events may wait for each listener, {@value #DEFAULT_QUEUE_CAPACITY} by default. What is too much is dropped for that
         * listener, counted and logged; the store has it.
         *
         * @throws IllegalArgumentException if the number is below 1
         */
        public Builder queueCapacity(int queueCapacity) {
            if (queueCapacity < 1) {
                throw new IllegalArgumentException("queueCapacity must be 1 or more, got " + queueCapacity);
            }
            this.queueCapacity = queueCapacity;
            return this;
        }

        /** Tells when something was found, the system's clock by default. */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /** Gives the ids of breaches, {@code breach_} and a ULID by default; each another one. */
        public Builder ids(Supplier<String> ids) {
            this.ids = requireNonNull(ids, "ids");
            return this;
        }

        /** Creates the detector. */
        public BreachDetector build() {
            return new BreachDetector(this);
        }
    }
}
