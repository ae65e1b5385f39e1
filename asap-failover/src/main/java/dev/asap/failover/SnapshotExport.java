// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes the snapshots of a store as JSON lines: one snapshot to a line, with exactly the members {@code id}, {@code task_id}, {@code version},
 * {@code data}, {@code checkpoint} and {@code created_at}, in UTF-8.
 *
 * <pre>{@code
 * ExportReport report = SnapshotExport.of(store).build().writeTo(file);
 * }</pre>
 *
 * <p>Holds one snapshot at a time and a page of task ids, whatever the size of the store. What is saved meanwhile may be in the file or not; let the
 * agent drain before. Immutable and thread-safe.
 */
public final class SnapshotExport {
    /** The longest line that is written or read unless set, in bytes without its end. */
    public static final int DEFAULT_MAX_LINE_BYTES = 16 << 20;

    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private final SnapshotStore store;
    private final Predicate<StateSnapshot> condition;
    private final boolean allVersions;
    private final ReferencePolicy policy;
    private final @Nullable ReferenceRewriter rewriter;
    private final int maxLineBytes;

    private SnapshotExport(Builder builder) {
        this.store = builder.store;
        this.condition = builder.condition;
        this.allVersions = builder.allVersions;
        this.policy = builder.policy;
        this.rewriter = builder.rewriter;
        this.maxLineBytes = builder.maxLineBytes;
    }

    /** Starts an export. */
    public static Builder of(SnapshotStore store) {
        return new Builder(store);
    }

    /**
     * Writes the snapshots. The stream is flushed and stays open.
     *
     * @return what was written and what was not
     * @throws IOException if the stream cannot be written to
     * @throws dev.asap.ASAPException if the store cannot be read
     */
    public ExportReport writeTo(OutputStream out) throws IOException {
        OutputStream buffered = new BufferedOutputStream(requireNonNull(out, "out"), 1 << 16);
        Run run = new Run(buffered);
        for (String taskId : ActiveTasks.in(store, condition)) {
            run.tasks++;
            if (allVersions) {
                for (long version : store.listVersions(taskId)) {
                    run.write(store.get(taskId, version).orElse(null));
                }
            } else {
                run.write(store.get(taskId).orElse(null));
            }
        }
        buffered.flush();
        return new ExportReport(run.tasks, run.written, run.withheld, run.notes);
    }

    private final class Run {
        private final OutputStream out;
        private final List<ExportReport.Note> notes = new ArrayList<>();
        private long tasks;
        private long written;
        private long withheld;

        Run(OutputStream out) {
            this.out = out;
        }

        /** Null where the snapshot was deleted since it was listed. */
        void write(@Nullable StateSnapshot stored) throws IOException {
            if (stored == null) {
                return;
            }
            StateSnapshot snapshot = rewriter == null ? stored : withReferencesRewritten(stored, rewriter);
            List<ArtifactReference> references =
                    policy == ReferencePolicy.ALLOW ? List.of() : ArtifactPortability.check(snapshot.data());
            byte[] line = CODEC.write(snapshot, WireForm.FULL);
            boolean isTooLong = line.length > maxLineBytes;
            boolean isWithheld = isTooLong || (policy == ReferencePolicy.REFUSE && !references.isEmpty());
            if (isTooLong || !references.isEmpty()) {
                note(snapshot, references, isTooLong ? line.length : 0, isWithheld);
            }
            if (isWithheld) {
                withheld++;
            } else {
                out.write(line);
                out.write('\n');
                written++;
            }
        }

        private void note(
                StateSnapshot snapshot, List<ArtifactReference> references, int tooManyBytes, boolean isWithheld) {
            if (notes.size() < ExportReport.MAX_NOTES) {
                notes.add(new ExportReport.Note(
                        snapshot.taskId(), snapshot.version(), isWithheld, references, tooManyBytes));
            }
        }
    }

    private static StateSnapshot withReferencesRewritten(StateSnapshot snapshot, ReferenceRewriter rewriter) {
        JsonObject data = ArtifactPortability.rewrite(snapshot.data(), rewriter);
        return new StateSnapshot(
                snapshot.id(),
                snapshot.taskId(),
                snapshot.version(),
                data,
                snapshot.checkpoint(),
                snapshot.createdAt());
    }

    /** The options of an export. Not thread-safe. */
    public static final class Builder {
        private final SnapshotStore store;
        private Predicate<StateSnapshot> condition = snapshot -> true;
        private boolean allVersions;
        private ReferencePolicy policy = ReferencePolicy.REFUSE;
        private @Nullable ReferenceRewriter rewriter;
        private int maxLineBytes = DEFAULT_MAX_LINE_BYTES;

        private Builder(SnapshotStore store) {
            this.store = requireNonNull(store, "store");
        }

        /** Takes the tasks whose latest snapshot meets a condition; all unless set. */
        public Builder where(Predicate<StateSnapshot> value) {
            condition = requireNonNull(value, "where");
            return this;
        }

        /** Whether all versions are written, and not only the latest, which is enough to go on. */
        public Builder allVersions(boolean value) {
            allVersions = value;
            return this;
        }

        /** What happens to a snapshot that refers to what only this host has; it is withheld unless set. */
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
         * The longest line, in bytes; a longer one is withheld, because nobody could import it. {@value
         * SnapshotExport#DEFAULT_MAX_LINE_BYTES} unless set.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder maxLineBytes(int value) {
            maxLineBytes = LineReader.requireLimit(value);
            return this;
        }

        /** The export. */
        public SnapshotExport build() {
            return new SnapshotExport(this);
        }
    }
}
