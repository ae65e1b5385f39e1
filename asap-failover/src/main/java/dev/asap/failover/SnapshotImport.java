// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import static java.util.Objects.requireNonNull;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonException;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.validation.ValidationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads snapshots, one to a line as {@link SnapshotExport} writes them, into a store.
 *
 * <pre>{@code
 * ImportReport report = SnapshotImport.into(store).build().readFrom(file);
 * }</pre>
 *
 * <p>A line that is no snapshot, is too long, or would replace another snapshot is reported with its number, and the others are imported. Importing
 * the same file again changes nothing. Holds one line at a time. Nobody else should write the same tasks meanwhile: an agent gets its tasks
 * after the import. Immutable and thread-safe.
 */
public final class SnapshotImport {
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private final SnapshotStore store;
    private final boolean replaceExisting;
    private final int maxLineBytes;
    private final int maxErrors;

    private SnapshotImport(Builder builder) {
        this.store = builder.store;
        this.replaceExisting = builder.replaceExisting;
        this.maxLineBytes = builder.maxLineBytes;
        this.maxErrors = builder.maxErrors;
    }

    /** Starts an import. */
    public static Builder into(SnapshotStore store) {
        return new Builder(store);
    }

    /**
     * Imports what the stream has. The stream stays open.
     *
     * @throws IOException if the stream cannot be read
     * @throws SnapshotImportException if the store fails; what was imported before stays, and the import can be repeated
     */
    public ImportReport readFrom(InputStream in) throws IOException {
        Run run = new Run(new LineReader(requireNonNull(in, "in"), maxLineBytes));
        boolean isComplete = run.all();
        return new ImportReport(run.lines, run.imported, run.unchanged, run.errors, isComplete);
    }

    private final class Run {
        private final LineReader reader;
        private final List<ImportReport.LineError> errors = new ArrayList<>();
        private long lines;
        private long imported;
        private long unchanged;

        Run(LineReader reader) {
            this.reader = reader;
        }

        /** Whether all was read, and not given up. */
        boolean all() throws IOException {
            for (Optional<LineReader.Line> next = reader.next(); next.isPresent(); next = reader.next()) {
                LineReader.Line line = next.get();
                lines = line.number();
                String problem = take(line);
                if (problem != null) {
                    if (errors.size() == maxErrors) {
                        return false;
                    }
                    errors.add(new ImportReport.LineError(line.number(), problem));
                }
            }
            return true;
        }

        /** What is wrong with the line, or null. */
        private @Nullable String take(LineReader.Line line) {
            byte[] bytes = line.bytes();
            if (bytes == null) {
                return "longer than " + maxLineBytes + " bytes (maxLineBytes)";
            }
            if (new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
                return null;
            }
            try {
                return store(line.number(), CODEC.read(bytes, StateSnapshot.class));
            } catch (JsonException | ValidationException e) {
                return "no snapshot: " + e.getMessage();
            }
        }

        private @Nullable String store(long line, StateSnapshot snapshot) {
            try {
                Optional<StateSnapshot> known = store.get(snapshot.taskId(), snapshot.version());
                if (known.filter(snapshot::equals).isPresent()) {
                    unchanged++;
                    return null;
                }
                if (!replaceExisting && known.isPresent() && !known.get().id().equals(snapshot.id())) {
                    return "version " + snapshot.version() + " of task '" + snapshot.taskId()
                            + "' is there already under another id; set replaceExisting to overwrite it";
                }
                store.save(snapshot);
                imported++;
                return null;
            } catch (ASAPException e) {
                throw new SnapshotImportException(line, e);
            }
        }
    }

    /** The options of an import. Not thread-safe. */
    public static final class Builder {
        private static final int MOST_ERRORS = 10_000;

        private final SnapshotStore store;
        private boolean replaceExisting;
        private int maxLineBytes = SnapshotExport.DEFAULT_MAX_LINE_BYTES;
        private int maxErrors = 100;

        private Builder(SnapshotStore store) {
            this.store = requireNonNull(store, "store");
        }

        /**
         * Whether a snapshot takes the place of one with the same task and version and another id; it is an error unless set. With the same id
         * it always does.
         */
        public Builder replaceExisting(boolean value) {
            replaceExisting = value;
            return this;
        }

        /**
         * The longest line that is read, in bytes; {@value SnapshotExport#DEFAULT_MAX_LINE_BYTES} unless set.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder maxLineBytes(int value) {
            maxLineBytes = LineReader.requireLimit(value);
            return this;
        }

        /**
         * How many bad lines are reported; at the one after them the import gives up. 100 unless set.
         *
         * @throws IllegalArgumentException if it is not 0 to 10,000
         */
        public Builder maxErrors(int value) {
            if (value < 0 || value > MOST_ERRORS) {
                throw new IllegalArgumentException("maxErrors must be 0 to " + MOST_ERRORS + ", got " + value);
            }
            maxErrors = value;
            return this;
        }

        /** The import. */
        public SnapshotImport build() {
            return new SnapshotImport(this);
        }
    }
}
