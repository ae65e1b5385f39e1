// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import java.util.List;

/**
 * What an export came to.
 *
 * @param tasks how many tasks were looked at
 * @param written how many snapshots were written
 * @param withheld how many were not, because of their references or their length
 * @param notes what was found, in order: {@value #MAX_NOTES} at most
 */
public record ExportReport(long tasks, long written, long withheld, List<Note> notes) {
    /** The most notes of a report. */
    public static final int MAX_NOTES = 1000;

    /** Copies the list. */
    public ExportReport {
        notes = List.copyOf(notes);
    }

    /**
     * What was found of one snapshot.
     *
     * @param taskId the task
     * @param version the version
     * @param withheld whether it was not written
     * @param references the references that do not survive the move
     * @param tooManyBytes the length of its line where that is too long, else 0
     */
    public record Note(
            String taskId, long version, boolean withheld, List<ArtifactReference> references, int tooManyBytes) {
        /** Copies the list. */
        public Note {
            references = List.copyOf(references);
        }
    }
}
