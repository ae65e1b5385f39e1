// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.state;

import dev.asap.error.InvalidTransitionException;
import dev.asap.model.Task;
import dev.asap.model.TaskStatus;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * Which state of a task may follow which.
 *
 * <pre>{@code
 * Task working = new TaskStateMachine().transition(task, TaskStatus.WORKING);
 * }</pre>
 *
 * <p>Immutable and thread-safe, as far as the listener is.
 */
public final class TaskStateMachine {
    private static final Map<TaskStatus, Set<TaskStatus>> ALLOWED = Map.of(
            TaskStatus.SUBMITTED, Set.of(TaskStatus.WORKING, TaskStatus.CANCELLED),
            TaskStatus.WORKING,
                    Set.of(TaskStatus.INPUT_REQUIRED, TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED),
            TaskStatus.INPUT_REQUIRED, Set.of(TaskStatus.WORKING, TaskStatus.CANCELLED));

    /** Is told of each transition after it happened, in the thread that made it; for counters and traces. */
    @FunctionalInterface
    public interface Listener {
        /** A task went from one state to another. */
        void transitioned(Task before, Task after);
    }

    private final InstantSource clock;
    private final Listener listener;

    /** A machine with the system's clock and no listener. */
    public TaskStateMachine() {
        this(Clock.systemUTC(), (before, after) -> {});
    }

    /**
     * A machine.
     *
     * @param clock gives the time of each transition
     * @param listener is told of each transition
     */
    public TaskStateMachine(InstantSource clock, Listener listener) {
        this.clock = clock;
        this.listener = listener;
    }

    /** Whether a task may go from one state to another; never from a state to itself. */
    public static boolean canTransition(TaskStatus from, TaskStatus to) {
        return ALLOWED.getOrDefault(from, Set.of()).contains(to);
    }

    /**
     * The task in its new state, with the time of the change.
     *
     * @throws InvalidTransitionException if the protocol does not allow it; nothing changed, the listener is not told
     */
    public Task transition(Task task, TaskStatus to) {
        if (!canTransition(task.status(), to)) {
            throw new InvalidTransitionException(task.id(), task.status().value(), to.value());
        }
        Task changed = new Task(
                task.id(),
                task.conversationId(),
                task.parentTaskId(),
                to,
                task.depth(),
                task.progress(),
                task.createdAt(),
                clock.instant());
        listener.transitioned(task, changed);
        return changed;
    }
}
