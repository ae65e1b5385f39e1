// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.error.ErrorCode;
import dev.asap.error.InvalidTransitionException;
import dev.asap.json.JsonObject;
import dev.asap.model.Task;
import dev.asap.model.TaskStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The table of the protocol: which state may follow which. */
class TaskStateMachineTest {
    static final List<TaskStatus> STATES = List.of(
            TaskStatus.SUBMITTED,
            TaskStatus.WORKING,
            TaskStatus.INPUT_REQUIRED,
            TaskStatus.COMPLETED,
            TaskStatus.FAILED,
            TaskStatus.CANCELLED);

    private static final Map<TaskStatus, Set<TaskStatus>> TABLE = Map.of(
            TaskStatus.SUBMITTED, Set.of(TaskStatus.WORKING, TaskStatus.CANCELLED),
            TaskStatus.WORKING,
                    Set.of(TaskStatus.INPUT_REQUIRED, TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED),
            TaskStatus.INPUT_REQUIRED, Set.of(TaskStatus.WORKING, TaskStatus.CANCELLED),
            TaskStatus.COMPLETED, Set.of(),
            TaskStatus.FAILED, Set.of(),
            TaskStatus.CANCELLED, Set.of());

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant NOW = Instant.parse("2026-01-02T03:05:00Z");

    private final List<Task> told = new ArrayList<>();
    private final TaskStateMachine machine =
            new TaskStateMachine(InstantSource.fixed(NOW), (before, after) -> told.addAll(List.of(before, after)));

    private static Task task(TaskStatus status) {
        return new Task("task_1", "c", null, status, 0, null, CREATED, CREATED);
    }

    @ParameterizedTest
    @FieldSource("STATES")
    void transition_isAllowedAsInTheTable(TaskStatus from) {
        for (TaskStatus to : STATES) {
            boolean allowed = TABLE.get(from).contains(to);

            assertThat(TaskStateMachine.canTransition(from, to))
                    .as("%s to %s", from, to)
                    .isEqualTo(allowed);
            if (allowed) {
                assertThat(machine.transition(task(from), to).status()).isEqualTo(to);
            } else {
                assertThatThrownBy(() -> machine.transition(task(from), to))
                        .isInstanceOf(InvalidTransitionException.class);
            }
        }
    }

    @Test
    void transition_changesStateAndTimeOnly_andTellsTheListener() {
        Task before = task(TaskStatus.SUBMITTED);

        Task after = machine.transition(before, TaskStatus.WORKING);

        assertThat(after).isEqualTo(new Task("task_1", "c", null, TaskStatus.WORKING, 0, null, CREATED, NOW));
        assertThat(before).isEqualTo(task(TaskStatus.SUBMITTED));
        assertThat(told).containsExactly(before, after);
    }

    @Test
    void refusedTransition_namesBothStatesAndTheTask_andTellsNobody() {
        assertThatThrownBy(() -> machine.transition(task(TaskStatus.COMPLETED), TaskStatus.WORKING))
                .isInstanceOfSatisfying(InvalidTransitionException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_STATE);
                    assertThat(e).hasMessage("Invalid transition from 'completed' to 'working'");
                    assertThat(e.details())
                            .isEqualTo(JsonObject.of(
                                    "from_state", "completed", "to_state", "working", "task_id", "task_1"));
                    assertThat(e.retryable()).isFalse();
                });
        assertThat(told).isEmpty();
    }

    @Test
    void unknownState_leadsNowhere() {
        assertThat(TaskStateMachine.canTransition(new TaskStatus("paused"), TaskStatus.WORKING))
                .isFalse();
    }

    @Test
    void machineWithoutArguments_usesTheSystemsClock() {
        Task after = new TaskStateMachine().transition(task(TaskStatus.SUBMITTED), TaskStatus.WORKING);

        assertThat(after.updatedAt()).isAfter(CREATED);
    }
}
