// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.examples;

import dev.asap.failover.SnapshotCopies;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.store.memory.InMemorySnapshotStore;
import java.io.PrintStream;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The state of a task moves from one agent's store to another's, in one process. */
@Command(
        name = "state-migration",
        description = "Saves a task's state at one agent, moves it to another, and shows the messages that do it.",
        mixinStandardHelpOptions = true)
final class StateMigration implements Callable<Integer> {
    private static final AgentUrn SOURCE = AgentUrn.of("urn:asap:agent:source");
    private static final AgentUrn TARGET = AgentUrn.of("urn:asap:agent:target");
    private static final String TASK = "task_migration_01";

    @Option(names = "--target-task", description = "The task's id at the target. Default: that at the source.")
    private @Nullable String targetTask;

    @Option(names = "--nothing-saved", description = "The source has no state: nothing can be moved.")
    private boolean nothingSaved;

    private final PrintStream out = Agents.out();

    @Override
    public Integer call() {
        SnapshotStore source = new InMemorySnapshotStore();
        SnapshotStore target = new InMemorySnapshotStore();
        if (!nothingSaved) {
            JsonObject data = JsonObject.of("step", "processing", "items_processed", 42, "agent", "A");
            source.save(StateSnapshot.of(TASK, 1, data).asCheckpoint());
            event("saved_on_source", "task_id", TASK, "version", 1);
        }
        Envelope query = message(TARGET, SOURCE, StateQuery.latest(TASK));
        event("state_query_envelope", "id", query.id(), "payload_type", query.payloadType());

        Optional<StateSnapshot> moved = move(source, target, targetTask == null ? TASK : targetTask);
        if (moved.isEmpty()) {
            event("no_snapshot", "level", "warning", "task_id", TASK);
            return 1;
        }
        StateSnapshot copy = moved.get();
        Envelope restore = message(SOURCE, TARGET, new StateRestore(copy.taskId(), copy.id()));
        event("state_restore_envelope", "id", restore.id(), "snapshot_id", copy.id());

        boolean isThere = target.get(copy.taskId())
                .map(StateSnapshot::data)
                .equals(source.get(TASK).map(StateSnapshot::data));
        event("demo_complete", "target_has_state", isThere);
        return isThere ? 0 : 1;
    }

    /** Writes a copy of the latest state to the target; gives nothing where there is none. */
    private Optional<StateSnapshot> move(SnapshotStore source, SnapshotStore target, String targetTaskId) {
        return source.get(TASK).map(original -> {
            StateSnapshot copy = SnapshotCopies.copyOf(original, targetTaskId);
            target.save(copy);
            event("moved", "source_task_id", TASK, "target_task_id", targetTaskId, "snapshot_version", copy.version());
            return copy;
        });
    }

    private static Envelope message(AgentUrn sender, AgentUrn recipient, Payload payload) {
        return Envelope.builder(sender, recipient, payload)
                .traceId(UUID.randomUUID().toString().replace("-", ""))
                .build();
    }

    private void event(String name, Object... namesAndValues) {
        StringBuilder line = new StringBuilder("asap.state_migration." + name);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            line.append(' ').append(namesAndValues[i]).append('=').append(namesAndValues[i + 1]);
        }
        out.println(line);
    }
}
