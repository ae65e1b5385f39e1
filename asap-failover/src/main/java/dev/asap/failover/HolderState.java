// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

/** Whether the holder of a task can be asked for it. */
public enum HolderState {
    /** It answers: the hand-over is planned. It is asked for the state, and its store is read if it does not give it. */
    ANSWERING,
    /** It has failed, and is not asked. */
    DEAD
}
