// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

/**
 * What a write that has returned survives. Both survive the end of this process, however sudden: by then the operating
 * system has the data. They differ in what happens when the operating system itself ends.
 */
public enum Durability {
    /**
     * The end of the process, a crash of the operating system and a loss of power: each commit is flushed to the disk before
     * its callers return. The promise is as good as the disk's word about flushing. The default.
     */
    FULL,

    /**
     * The end of the process. When the operating system crashes or the power fails, the commits of the last moments before may
     * be gone; the file stays sound, and what is gone is gone from the end on. Saves a flush per commit: for state that can be
     * computed again. It is what the Python implementation uses.
     */
    NORMAL
}
