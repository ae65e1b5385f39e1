// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.SqlWork;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that only read, lent to one caller at a time; opened when they are first needed, the one used last lent first.
 *
 * <p>Thread-safe. No lock is held while a statement runs: a permit says that a connection may be had, the deque hands it over.
 */
final class ReaderPool {
    private final SQLiteOptions options;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<SQLiteSession> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    ReaderPool(SQLiteOptions options) {
        this.options = options;
        this.permits = new Semaphore(options.readers());
    }

    <T extends @Nullable Object> T read(SqlWork<T> work) {
        SQLiteSession session = borrow();
        boolean sound = true;
        try {
            return work.run(session);
        } catch (SQLException | Error e) {
            // Whatever state the connection is in now, the next caller gets another.
            sound = false;
            if (e instanceof SQLException failure) {
                throw SQLiteFailures.storage("read from", options.path(), failure);
            }
            throw (Error) e;
        } finally {
            giveBack(session, sound);
        }
    }

    /** Reads within a transaction, which sees one state of the file from its first statement on. */
    <T extends @Nullable Object> T readTogether(SqlWork<T> work) {
        SQLiteSession session = borrow();
        boolean sound = false;
        try {
            session.execute("BEGIN");
            T result = work.run(session);
            session.execute("COMMIT");
            sound = true;
            return result;
        } catch (SQLException e) {
            throw SQLiteFailures.storage("read from", options.path(), e);
        } finally {
            // A transaction that something broke ends with its connection.
            giveBack(session, sound);
        }
    }

    private SQLiteSession borrow() {
        if (closed) {
            throw SQLiteFailures.closed(options.path());
        }
        if (!permits.tryAcquire()) {
            awaitPermit();
        }
        if (closed) {
            permits.release();
            throw SQLiteFailures.closed(options.path());
        }
        SQLiteSession session = idle.pollFirst();
        if (session != null) {
            return session;
        }
        try {
            return open();
        } catch (SQLException e) {
            permits.release();
            throw SQLiteFailures.storage("open another connection to", options.path(), e);
        }
    }

    private void awaitPermit() {
        try {
            if (permits.tryAcquire(options.busyTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("Interrupted while waiting to read from '" + options.path() + "'", true, e);
        }
        throw new StorageException(
                "Cannot read from '" + options.path() + "': all " + options.readers()
                        + " read connections were busy for " + options.busyTimeout()
                        + ". Try again later, or raise the number of readers",
                true,
                null);
    }

    private SQLiteSession open() throws SQLException {
        SQLiteSession session = SQLiteSession.open(options.path(), options.busyTimeout());
        try {
            // Not opened read-only: a reader of a write-ahead log has to write its mark into the shared index.
            session.ask("PRAGMA query_only = ON");
            // Sums of a year go through more pages than the two megabytes that a connection has otherwise.
            session.ask("PRAGMA cache_size = -8000");
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    private void giveBack(SQLiteSession session, boolean sound) {
        if (sound) {
            idle.addFirst(session);
        } else {
            session.close();
        }
        permits.release();
        if (closed) {
            closeIdle();
        }
    }

    /**
     * Lends no more and waits for what is lent, until {@code deadline} as {@link System#nanoTime()} has it. A connection that comes
     * back later is closed then.
     *
     * @return whether all came back
     */
    boolean close(long deadline) {
        closed = true;
        closeIdle();
        boolean allBack = false;
        try {
            allBack = permits.tryAcquire(options.readers(), deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (allBack) {
            // Whoever still waits for a permit shall get one, and learn that the pool is closed.
            permits.release(options.readers());
        }
        closeIdle();
        return allBack;
    }

    private void closeIdle() {
        for (SQLiteSession session = idle.pollFirst(); session != null; session = idle.pollFirst()) {
            session.close();
        }
    }
}
