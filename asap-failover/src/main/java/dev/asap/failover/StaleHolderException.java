// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import dev.asap.ASAPException;

/**
 * A task was handed over, and this holder must not go on with it: stop the work, save nothing, send nothing. Trying again does not
 * help.
 */
public final class StaleHolderException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final String taskId;

    StaleHolderException(String taskId, String holder, Ownership owner) {
        super(
                "'" + holder + "' must not go on with task '" + taskId + "': it was handed over to '" + owner.holder()
                        + "' (epoch " + owner.epoch() + "). Stop working on it",
                null);
        this.taskId = taskId;
    }

    /** The task. */
    public String taskId() {
        return taskId;
    }
}
