// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/**
 * Does the tasks of one skill and answers piece by piece, while it works.
 *
 * <pre>{@code
 * (task, stream) -> {
 *     stream.chunk("Hello, ", 0.5);
 *     stream.end("world");
 * }
 * }</pre>
 *
 * <p>Runs in a thread of the server and may block; called by many threads at once. What it throws before its first piece becomes a
 * JSON-RPC error like that of a {@link SkillHandler}; what it throws later ends the answer without its last piece.
 */
@FunctionalInterface
public interface StreamingSkillHandler {
    /** Does a task. The answer is over when this returns. */
    void handle(TaskContext task, AnswerStream stream) throws Exception;
}
