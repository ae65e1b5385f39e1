// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/** Decides who may read a task's state or have it resumed. State may hold secrets. */
@FunctionalInterface
public interface StateAuthorizer {
    /** Whether the sender of the request may have the state of this task. */
    boolean permits(RequestContext context, String taskId);
}
