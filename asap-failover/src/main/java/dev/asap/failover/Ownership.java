// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.state.StateSnapshot;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may go on with a task. It travels in the data of the task's snapshots, as the member {@value #MEMBER}, so that every store and
 * every peer keeps it; whoever does not know it passes over it.
 *
 * <p>A hand-over raises the epoch. Of two agents that both believe to have the task, the one with the higher epoch does.
 *
 * @param epoch 1 for the first holder, one more with each hand-over
 * @param holder the name of the holder: one process, not one agent, since two processes may run under the same URN
 * @param from the holder before, or null for the first one
 * @param pending whether the task was handed over and the holder has saved nothing yet
 */
public record Ownership(long epoch, String holder, @Nullable String from, boolean pending) {
    /** The name of the member of a snapshot's data. */
    public static final String MEMBER = "asap_ownership";

    /** The longest name of a holder, in characters. */
    public static final int MAX_NAME_LENGTH = 200;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if the epoch is below 1, or a name is empty or longer than {@value #MAX_NAME_LENGTH} characters
     */
    public Ownership {
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch must be 1 or more, got " + epoch);
        }
        requireName("holder", holder);
        if (from != null) {
            requireName("from", from);
        }
    }

    /** The ownership of a task that begins. */
    public static Ownership first(String holder) {
        return new Ownership(1, holder, null, false);
    }

    /** What a snapshot says; empty where it says nothing, or nothing that could be understood. */
    public static Optional<Ownership> of(StateSnapshot snapshot) {
        return snapshot.data().find(MEMBER).flatMap(Ownership::read);
    }

    /**
     * Tells which tasks a hand-over from one holder to another is about, by their latest snapshot: those that {@code from} or nobody
     * holds, and those that {@code to} has got from {@code from}, so that a hand-over that broke off is brought to its end.
     */
    public static Predicate<StateSnapshot> concerns(String from, String to) {
        return snapshot -> of(snapshot)
                .map(owner -> owner.holder().equals(from) || (owner.holder().equals(to) && from.equals(owner.from())))
                .orElse(true);
    }

    /** A snapshot that is the same but for this ownership in its data. */
    public StateSnapshot applyTo(StateSnapshot snapshot) {
        return new StateSnapshot(
                snapshot.id(),
                snapshot.taskId(),
                snapshot.version(),
                snapshot.data().with(MEMBER, toJson()),
                snapshot.checkpoint(),
                snapshot.createdAt());
    }

    /** What comes after a save of the holder: the same, not pending any more. */
    Ownership active() {
        return new Ownership(epoch, holder, from, false);
    }

    static String requireName(String what, String name) {
        requireNonNull(name, what);
        if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + MAX_NAME_LENGTH + " characters, got " + name.length());
        }
        return name;
    }

    private JsonObject toJson() {
        JsonObject json = JsonObject.of("epoch", epoch, "holder", holder);
        if (from != null) {
            json = json.with("from", from);
        }
        return pending ? json.with("pending", true) : json;
    }

    private static Optional<Ownership> read(JsonValue value) {
        try {
            JsonObject json = value.asObject();
            String from = json.has("from") ? json.getString("from") : null;
            return Optional.of(new Ownership(
                    json.getLong("epoch"), json.getString("holder"), from, json.getBoolean("pending", false)));
        } catch (JsonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
