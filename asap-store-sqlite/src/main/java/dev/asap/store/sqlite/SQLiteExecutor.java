// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.SqlExecutor;
import dev.asap.store.jdbc.SqlWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs reads on pooled connections in the caller's thread, and writes on the writer's. Thread-safe. */
final class SQLiteExecutor implements SqlExecutor {
    private static final Logger LOGGER = LoggerFactory.getLogger(SQLiteExecutor.class);

    /** Longer than anybody waits, and no overflow when it is added to the time. */
    private static final Duration MAX_CLOSE_TIMEOUT = Duration.ofDays(1);

    private final SQLiteOptions options;
    private final ReaderPool readers;
    private final GroupCommitWriter writer;
    // Has nothing to do where the application brought an executor.
    private final CallbackThread callbacks;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SQLiteExecutor(SQLiteOptions options, SQLiteSession session) {
        this.options = options;
        this.readers = new ReaderPool(options);
        this.callbacks = new CallbackThread(options.path());
        Executor executor = options.callbackExecutor();
        this.writer = new GroupCommitWriter(options, session, executor != null ? executor : callbacks);
    }

    /** Opens the file, brings its schema up to date and starts the writer. */
    static SQLiteExecutor open(SQLiteOptions options) {
        SQLiteFile.requireUsable(options.path());
        try {
            SQLiteExecutor executor = new SQLiteExecutor(options, SQLiteFile.open(options));
            executor.writer.start();
            return executor;
        } catch (SQLException e) {
            throw SQLiteFailures.opening(options.path(), e);
        }
    }

    @Override
    public <T extends @Nullable Object> T read(SqlWork<T> work) {
        return readers.read(work);
    }

    @Override
    public <T extends @Nullable Object> T readTogether(SqlWork<T> work) {
        return readers.readTogether(work);
    }

    @Override
    public <T extends @Nullable Object> T write(SqlWork<T> work) {
        return writer.write(work);
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> writeAsync(SqlWork<T> work) {
        return writer.writeAsync(work);
    }

    GroupCommitWriter writer() {
        return writer;
    }

    /** Ends everything within the time, or leaves the rest to the threads that are still busy and says so in the log. */
    void close(Duration timeout) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Duration bounded = timeout.compareTo(MAX_CLOSE_TIMEOUT) < 0 ? timeout : MAX_CLOSE_TIMEOUT;
        long deadline = System.nanoTime() + bounded.toNanos();
        writer.startClosing();
        boolean clean = readers.close(deadline);
        clean &= writer.close(deadline);
        clean &= callbacks.close(deadline);
        if (!clean) {
            LOGGER.warn(
                    "The storage of '{}' did not end within {}: something still reads, writes or runs a callback, and ends it"
                            + " when it is done",
                    options.path(),
                    timeout);
        }
    }
}
