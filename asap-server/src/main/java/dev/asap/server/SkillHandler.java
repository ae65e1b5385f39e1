// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.TaskResponse;

/**
 * Does the tasks of one skill.
 *
 * <p>May block; called by many threads at once. What it throws becomes a JSON-RPC error: a {@link
 * dev.asap.error.ProtocolException} as itself, anything else as an internal error that says nothing of the cause.
 */
@FunctionalInterface
public interface SkillHandler {
    /** Does a task; {@link TaskContext#completed} makes the usual answer. */
    TaskResponse handle(TaskContext task) throws Exception;
}
