// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/** Hears of each task that ended, in the thread that did it; neither waits nor throws. */
@FunctionalInterface
interface TaskWatcher {
    /** Looks away. */
    TaskWatcher NONE = end -> {};

    /** A task ended. */
    void taskEnded(TaskEnd end);
}
