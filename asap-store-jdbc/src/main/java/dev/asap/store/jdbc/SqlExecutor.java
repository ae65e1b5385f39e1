// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL: on which connection, in which thread and in which transaction is the database's affair.
 *
 * <p>Thread-safe. What the database reports as {@link java.sql.SQLException} arrives as
 * {@link dev.asap.storage.StorageException}; other exceptions of the work arrive as they are.
 */
public interface SqlExecutor {
    /**
     * Runs statements that only read. Each sees everything that was committed before it began; two statements of one piece
     * of work may see different states, so ask for what must agree in one statement.
     */
    <T extends @Nullable Object> T read(SqlWork<T> work);

    /** Like {@link #read}, and all statements of the piece of work see the same state. */
    <T extends @Nullable Object> T readTogether(SqlWork<T> work);

    /**
     * Runs statements that write, all or nothing, and returns when they are committed. Not to be called from within a piece of
     * work.
     */
    <T extends @Nullable Object> T write(SqlWork<T> work);

    /**
     * Like {@link #write} without waiting for the commit: the future completes after it. Cancelling the future before the
     * work has begun keeps it from running.
     */
    <T extends @Nullable Object> CompletableFuture<T> writeAsync(SqlWork<T> work);
}
