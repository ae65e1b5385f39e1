// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/** Whether the spelling of a payload type counts when its handler is looked for. */
public enum PayloadTypeMatching {
    /** {@code task.request}, {@code TaskRequest} and {@code TASK_REQUEST} find the same handler. */
    ANY_SPELLING,
    /** Only the spelling that the handler was registered with finds it, as with the protocol's first implementation. */
    EXACT
}
