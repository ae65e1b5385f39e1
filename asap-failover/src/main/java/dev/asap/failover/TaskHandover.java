// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.ASAPException;
import dev.asap.client.CallInterruptedException;
import dev.asap.error.CircuitOpenException;
import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.failover.HandoverOutcome.Stage;
import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands tasks over from one host to another, each by itself: gets the state, puts it where the target finds it, asks the target to go
 * on, and switches the routing when the target has said that it does.
 *
 * <pre>{@code
 * TaskHandover handover = TaskHandover.builder(coordinator, primary, backup).routes(routes).build();
 * HandoverReport report = handover.moveAll(tasks, HolderState.DEAD);
 * }</pre>
 *
 * <p>What is put in the target's store, and in the holder's where that can be reached, is a copy of the latest snapshot with a new id, with
 * the next epoch and the target's name as its {@link Ownership}, and with references rewritten. From then on a holder that saves through a
 * {@link FencedSnapshotStore} cannot go on. A holder whose store is not reached has to be stopped by other means before: let it drain.
 *
 * <p><b>Repetition.</b> A run that broke off anywhere can be repeated: a task that was handed over and not acknowledged is asked for again,
 * under the same idempotency key; one that the target has saved since is only routed. Two coordinators at a time do no harm either, in
 * stores that save conditionally in one step.
 *
 * <p>Tasks are moved one after the other, in the calling thread. Thread-safe.
 */
public final class TaskHandover {
    /** How often a claim is tried over when others save the task at the same time. */
    private static final int CLAIM_ATTEMPTS = 8;

    private final TaskHost from;
    private final TaskHost to;
    private final SnapshotStore targetStore;
    private final @Nullable SnapshotStore holderStore;
    private final TaskRoutes routes;
    private final StateCalls calls;
    private final ReferencePolicy policy;
    private final @Nullable ReferenceRewriter rewriter;
    private final Supplier<String> snapshotIds;
    private final int maxTasks;
    private final int maxUnreached;

    private TaskHandover(Builder builder, SnapshotStore targetStore) {
        this.from = builder.from;
        this.to = builder.to;
        this.targetStore = targetStore;
        this.holderStore = from.store();
        this.routes = builder.routes;
        this.calls = new StateCalls(builder.coordinator, builder.callTimeout, builder.traceIds);
        this.policy = builder.policy;
        this.rewriter = builder.rewriter;
        this.snapshotIds = builder.snapshotIds;
        this.maxTasks = builder.maxTasks;
        this.maxUnreached = builder.maxUnreached;
    }

    /**
     * Starts a hand-over.
     *
     * @param coordinator who sends the requests
     * @param from who has the tasks
     * @param to who shall have them; with a store
     */
    public static Builder builder(AgentUrn coordinator, TaskHost from, TaskHost to) {
        return new Builder(coordinator, from, to);
    }

    /** Who has the tasks. */
    public TaskHost from() {
        return from;
    }

    /** Who shall have them. */
    public TaskHost to() {
        return to;
    }

    /** Hands over one task. Throws nothing that stores, hosts and routes may do: that is an outcome. */
    public HandoverOutcome move(String taskId, HolderState holder) {
        requireNonNull(taskId, "taskId");
        return new Move(taskId, holder).run();
    }

    /**
     * Hands over many tasks, see {@link #moveAll(Iterator, HolderState)}. Where there are more than one run takes, the report is not
     * complete, and another call begins at the first task again.
     */
    public HandoverReport moveAll(Iterable<String> taskIds, HolderState holder) {
        return moveAll(taskIds.iterator(), holder);
    }

    /**
     * Hands over many tasks: as many as {@link Builder#maxTasks} says; where the report is not complete, call it again with the same
     * iterator. After {@link Builder#maxUnreached} failures in a row to reach the target, and when the thread is interrupted, the rest is
     * {@link HandoverOutcome.NotTried}.
     *
     * @param taskIds the tasks; what is thrown while they are listed ends the run
     * @param holder whether the holder can be asked
     */
    public HandoverReport moveAll(Iterator<String> taskIds, HolderState holder) {
        List<HandoverOutcome> outcomes = new ArrayList<>();
        int unreached = 0;
        boolean stopped = false;
        while (outcomes.size() < maxTasks && taskIds.hasNext()) {
            String taskId = taskIds.next();
            HandoverOutcome outcome = stopped ? new HandoverOutcome.NotTried(taskId) : move(taskId, holder);
            outcomes.add(outcome);
            unreached = isUnreached(outcome) ? unreached + 1 : 0;
            stopped |= unreached >= maxUnreached || isInterrupted(outcome);
        }
        return new HandoverReport(outcomes, outcomes.size() < maxTasks || !taskIds.hasNext());
    }

    /** Whether the task was handed over to the target by an earlier run, be it that the target knows or not. */
    boolean isBegun(String taskId) {
        return targetStore
                .get(taskId)
                .flatMap(Ownership::of)
                .filter(owner -> owner.holder().equals(to.name()) && from.name().equals(owner.from()))
                .isPresent();
    }

    private static boolean isUnreached(HandoverOutcome outcome) {
        return outcome instanceof HandoverOutcome.Failed failed
                && failed.stage() == Stage.RESTORE
                && (failed.cause() instanceof ConnectionException
                        || failed.cause() instanceof RequestTimeoutException
                        || failed.cause() instanceof CircuitOpenException
                        || failed.cause() instanceof UnknownOutcomeException);
    }

    private static boolean isInterrupted(HandoverOutcome outcome) {
        return Thread.currentThread().isInterrupted()
                || (outcome instanceof HandoverOutcome.Failed failed
                        && failed.cause() instanceof CallInterruptedException);
    }

    /** One task on its way. */
    private final class Move {
        private final String taskId;
        private final HolderState holder;
        private Stage stage = Stage.OBTAIN;

        /** What to do after looking at both sides. */
        private sealed interface Plan {}

        private record Done(HandoverOutcome outcome) implements Plan {}

        private record Restore(StateSnapshot claim, Ownership owner) implements Plan {}

        private record Contended() implements Plan {}

        Move(String taskId, HolderState holder) {
            this.taskId = taskId;
            this.holder = holder;
        }

        HandoverOutcome run() {
            try {
                return tryRun();
            } catch (RuntimeException e) {
                return new HandoverOutcome.Failed(taskId, stage, e);
            }
        }

        private HandoverOutcome tryRun() {
            for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
                Plan plan = plan();
                if (plan instanceof Done done) {
                    return done.outcome();
                }
                if (plan instanceof Restore restore) {
                    return restore(restore.claim(), restore.owner());
                }
            }
            throw new StorageException(
                    "Cannot hand over task '" + taskId + "' to " + to + ": its snapshots changed each of "
                            + CLAIM_ATTEMPTS + " times. Try again, or let the holder drain before",
                    true,
                    null);
        }

        private Plan plan() {
            stage = Stage.OBTAIN;
            Optional<StateSnapshot> source = obtain();
            Optional<StateSnapshot> there = targetStore.get(taskId);
            Optional<Ownership> sourceOwner = source.flatMap(Ownership::of);
            Optional<Ownership> thereOwner = there.flatMap(Ownership::of).filter(this::isTarget);
            long sourceEpoch = sourceOwner.map(Ownership::epoch).orElse(0L);
            if (there.isPresent() && thereOwner.isPresent()) {
                StateSnapshot known = there.get();
                Ownership owner = thereOwner.get();
                boolean isAhead = owner.epoch() > sourceEpoch
                        || sourceOwner.filter(this::isTarget).isPresent();
                if (isAhead && !owner.pending()) {
                    return new Done(route(new HandoverOutcome.AlreadyThere(taskId, known.version())));
                }
                if (isAhead
                        && known.version() >= source.map(StateSnapshot::version).orElse(0L)) {
                    return new Restore(known, owner);
                }
            }
            return source.isPresent()
                    ? provide(source.get(), sourceOwner, there)
                    : new Done(new HandoverOutcome.NoSnapshot(taskId));
        }

        private boolean isTarget(Ownership owner) {
            return owner.holder().equals(to.name());
        }

        /** From the holder while it answers, else from a store: its own, or the one that it shares with the target. */
        private Optional<StateSnapshot> obtain() {
            SnapshotStore store = holderStore != null ? holderStore : targetStore;
            if (holder == HolderState.DEAD) {
                return store.get(taskId);
            }
            try {
                Optional<StateSnapshot> answered = calls.query(from, taskId);
                return answered.isPresent() || holderStore == null ? answered : holderStore.get(taskId);
            } catch (ASAPException e) {
                // Not reached, too large, or one that does not answer such questions.
                if (holderStore == null || e instanceof CallInterruptedException) {
                    throw e;
                }
                return holderStore.get(taskId);
            }
        }

        /** Puts the claim into the holder's store, which fences the holder off, and into the target's, where it is restored from. */
        private Plan provide(StateSnapshot source, Optional<Ownership> sourceOwner, Optional<StateSnapshot> there) {
            boolean isClaimed = sourceOwner
                    .filter(owner -> isTarget(owner) && owner.pending())
                    .isPresent();
            StateSnapshot claim = source;
            Ownership owner;
            if (isClaimed) {
                owner = sourceOwner.orElseThrow();
            } else {
                JsonObject data =
                        rewriter == null ? source.data() : ArtifactPortability.rewrite(source.data(), rewriter);
                List<ArtifactReference> references =
                        policy == ReferencePolicy.REFUSE ? ArtifactPortability.check(data) : List.of();
                if (!references.isEmpty()) {
                    return new Done(new HandoverOutcome.NotPortable(taskId, references));
                }
                owner = new Ownership(nextEpoch(sourceOwner, there), to.name(), from.name(), true);
                claim = owner.applyTo(new StateSnapshot(
                        snapshotIds.get(), taskId, source.version(), data, source.checkpoint(), source.createdAt()));
            }
            stage = Stage.PROVIDE;
            requireLatest(claim, there);
            if (holderStore != null && holderStore != targetStore && !isClaimed) {
                if (!holderStore.saveIfLatest(claim, source.id())) {
                    return new Contended();
                }
            }
            String thereId = there.isPresent() ? there.get().id() : null;
            boolean isProvided = claim.id().equals(thereId) || targetStore.saveIfLatest(claim, thereId);
            return isProvided ? new Restore(claim, owner) : new Contended();
        }

        private long nextEpoch(Optional<Ownership> sourceOwner, Optional<StateSnapshot> there) {
            long known = Math.max(
                    sourceOwner.map(Ownership::epoch).orElse(0L),
                    there.flatMap(Ownership::of).map(Ownership::epoch).orElse(0L));
            return known + 1;
        }

        /** A claim below the target's latest version would be no fence, and is not what the target would go on from after a restart. */
        private void requireLatest(StateSnapshot claim, Optional<StateSnapshot> there) {
            if (there.isPresent() && there.get().version() > claim.version()) {
                throw new StorageException(
                        "Cannot hand over version " + claim.version() + " of task '" + taskId + "': the store of " + to
                                + " has version " + there.get().version()
                                + " of another holder. Find out which is right and delete the other",
                        false,
                        null);
            }
        }

        private HandoverOutcome restore(StateSnapshot claim, Ownership owner) {
            stage = Stage.RESTORE;
            if (calls.restore(to, claim) instanceof StateCalls.Declined declined) {
                renew(claim, owner);
                return new HandoverOutcome.Refused(taskId, declined.reason());
            }
            return route(new HandoverOutcome.Moved(taskId, claim.id(), claim.version(), owner.epoch()));
        }

        /** Gives the claim a new id: the target may remember under the old one's key that it refused. */
        private void renew(StateSnapshot claim, Ownership owner) {
            Ownership next = new Ownership(owner.epoch() + 1, owner.holder(), owner.from(), true);
            StateSnapshot renewed = new StateSnapshot(
                    snapshotIds.get(), taskId, claim.version(), claim.data(), claim.checkpoint(), claim.createdAt());
            boolean unused = targetStore.saveIfLatest(next.applyTo(renewed), claim.id());
        }

        private HandoverOutcome route(HandoverOutcome arrived) {
            stage = Stage.ROUTE;
            routes.switchTo(taskId, to.name());
            return arrived;
        }
    }

    /** The options of a hand-over. Not thread-safe. */
    public static final class Builder {
        private final AgentUrn coordinator;
        private final TaskHost from;
        private final TaskHost to;
        private TaskRoutes routes = (taskId, host) -> {};
        private Duration callTimeout = Duration.ofSeconds(10);
        private ReferencePolicy policy = ReferencePolicy.REFUSE;
        private @Nullable ReferenceRewriter rewriter;
        private int maxTasks = 10_000;
        private int maxUnreached = 3;
        private Supplier<String> snapshotIds = Ulid::next;
        private Supplier<String> traceIds = () -> UUID.randomUUID().toString().replace("-", "");

        private Builder(AgentUrn coordinator, TaskHost from, TaskHost to) {
            this.coordinator = requireNonNull(coordinator, "coordinator");
            this.from = requireNonNull(from, "from");
            this.to = requireNonNull(to, "to");
        }

        /** Is told where tasks are, each after its target has acknowledged it; nobody is unless set. */
        public Builder routes(TaskRoutes value) {
            routes = requireNonNull(value, "routes");
            return this;
        }

        /**
         * How long one request to a host may take, with repetitions; 10 s unless set.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder callTimeout(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("callTimeout must be positive, got " + value);
            }
            callTimeout = value;
            return this;
        }

        /** What happens to a task whose data refers to what only its old host has; it is refused unless set. */
        public Builder references(ReferencePolicy value) {
            policy = requireNonNull(value, "references");
            return this;
        }

        /** Copies what such references lead to and gives their new addresses; applied before the {@linkplain #references policy}. */
        public Builder rewriter(ReferenceRewriter value) {
            rewriter = requireNonNull(value, "rewriter");
            return this;
        }

        /**
         * How many tasks one run takes; 10,000 unless set. A report holds one outcome for each.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder maxTasks(int value) {
            maxTasks = atLeastOne("maxTasks", value);
            return this;
        }

        /**
         * After how many failures in a row to reach the target a run leaves the rest untried; 3 unless set.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder maxUnreached(int value) {
            maxUnreached = atLeastOne("maxUnreached", value);
            return this;
        }

        /** Gives the ids of the copies; ULIDs unless set. */
        public Builder snapshotIds(Supplier<String> value) {
            snapshotIds = requireNonNull(value, "snapshotIds");
            return this;
        }

        /** Gives the trace ids of the requests, a new one for each: 32 random hexadecimal digits unless set. */
        public Builder traceIds(Supplier<String> value) {
            traceIds = requireNonNull(value, "traceIds");
            return this;
        }

        /**
         * The hand-over.
         *
         * @throws IllegalArgumentException if the target has no store, or both hosts have the same name
         */
        public TaskHandover build() {
            SnapshotStore targetStore = to.store();
            if (targetStore == null) {
                throw new IllegalArgumentException(
                        to + " must have a store: a snapshot is restored from where the target finds it");
            }
            if (from.name().equals(to.name())) {
                throw new IllegalArgumentException("the hosts must have different names, got '" + from.name()
                        + "' twice: a name stands for one process");
            }
            return new TaskHandover(this, targetStore);
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, got " + value);
            }
            return value;
        }
    }
}
