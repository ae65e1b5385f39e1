// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import java.util.List;

/**
 * What an import came to.
 *
 * @param lines how many lines were read
 * @param imported how many snapshots were stored
 * @param unchanged how many were there already, with the same content
 * @param errors the lines that were not imported, in order
 * @param complete whether all lines were read; if not, there were too many errors
 */
public record ImportReport(long lines, long imported, long unchanged, List<LineError> errors, boolean complete) {
    /** Copies the list. */
    public ImportReport {
        errors = List.copyOf(errors);
    }

    /**
     * A line that was not imported.
     *
     * @param line its number, 1 for the first
     * @param problem what is wrong with it
     */
    public record LineError(long line, String problem) {
        @Override
        public String toString() {
            return "line " + line + ": " + problem;
        }
    }
}
