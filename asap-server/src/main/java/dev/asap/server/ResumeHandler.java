// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.state.StateSnapshot;

/** Goes on with a task from a snapshot, after a peer asked for it and was told that it will happen. */
@FunctionalInterface
public interface ResumeHandler {
    /**
     * Goes on with the task. Called in a thread of its own, not in that of the request; what it throws is logged.
     *
     * @param snapshot where to go on from
     * @param context the request that asked for it
     */
    void resume(StateSnapshot snapshot, RequestContext context) throws Exception;
}
