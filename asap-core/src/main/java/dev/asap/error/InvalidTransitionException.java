// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** A task cannot change from its state to the wanted one. */
public final class InvalidTransitionException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error for a task and the two states by their names on the wire. */
    public InvalidTransitionException(String taskId, String from, String to) {
        super(builder(ErrorCode.INVALID_STATE, "Invalid transition from '" + from + "' to '" + to + "'")
                .details(JsonObject.of("from_state", from, "to_state", to, "task_id", taskId)));
    }
}
