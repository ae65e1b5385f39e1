// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.storage.StorageException;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.store.jdbc.SqlWork;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection that writes, and its thread: takes all writes that wait, runs them in one transaction, commits it, and only
 * then tells their callers. While one commit reaches the disk, the writes of the next gather.
 *
 * <p>When a write or the commit fails, the transaction is rolled back and its halves are tried apart, down to the one write that
 * fails: it fails its own caller alone. (A savepoint around each write would say so at once, at the price of two more
 * statements for every write that succeeds.)
 *
 * <p>Thread-safe. The connection is touched by the writer's thread alone once that runs.
 */
final class GroupCommitWriter {
    private static final Logger LOGGER = LoggerFactory.getLogger(GroupCommitWriter.class);

    /** The most writes in one transaction: bounds how long the first of them waits for the last. */
    private static final int MAX_BATCH = 256;

    /** Of so many callers that wait for one commit, the writer wakes one, and that one the others. */
    private static final int WAKE_GROUP = 8;

    /** For so long at a time SQLite waits for the write lock; in between the writer looks whether it shall give up. */
    static final Duration BUSY_SLICE = Duration.ofMillis(100);

    /** When the journal of usage is looked at without a time of one's own for that, and again after a failure. */
    private static final Duration JOURNAL_PAUSE = Duration.ofSeconds(1);

    private static final String BEGIN = "BEGIN IMMEDIATE";
    private static final String COMMIT = "COMMIT";
    private static final String ROLLBACK = "ROLLBACK";

    private final SQLiteOptions options;
    private final SQLiteSession session;
    private final Executor callbacks;
    private final BlockingQueue<Write<?>> queue;
    private final Thread thread;
    private final CountDownLatch drained = new CountDownLatch(1);
    private final CountDownLatch readersClosed = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);
    private final AtomicLong transactions = new AtomicLong();

    private volatile boolean closing;
    private volatile boolean abandoned;
    // Set before the last look into the queue: who adds a write and then sees it set, sees to that write himself.
    private volatile boolean ended;

    // The writer's own: whether the journal of usage may have something, and when that is to be moved.
    private boolean journalMayWait;
    private long journalDue;

    /** Takes over the session, which it closes. */
    GroupCommitWriter(SQLiteOptions options, SQLiteSession session, Executor callbacks) {
        this.options = options;
        this.session = session;
        this.callbacks = callbacks;
        this.queue = new ArrayBlockingQueue<>(options.maxQueuedWrites());
        this.thread =
                new Thread(this::run, "asap-sqlite-writer-" + options.path().getFileName());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** How many transactions were committed. */
    long transactions() {
        return transactions.get();
    }

    /** How many writes wait. */
    int queued() {
        return queue.size();
    }

    /** Runs the work in a transaction and returns after its commit. */
    <T extends @Nullable Object> T write(SqlWork<T> work) {
        Write<T> write = new Write<>(work, null);
        enqueue(write);
        return write.await();
    }

    /** Like {@link #write} without waiting for the commit; waits only where the queue is full. */
    <T extends @Nullable Object> CompletableFuture<T> writeAsync(SqlWork<T> work) {
        Write<T> write = new Write<>(work, callbacks);
        enqueue(write);
        return write.future;
    }

    private void enqueue(Write<?> write) {
        if (closing) {
            throw SQLiteFailures.closed(options.path());
        }
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a write inside of a write: it would wait for itself");
        }
        if (!queue.offer(write)) {
            awaitPlace(write);
        }
        if (ended && queue.remove(write)) {
            throw SQLiteFailures.closed(options.path());
        }
    }

    private void awaitPlace(Write<?> write) {
        try {
            if (queue.offer(write, options.queueTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    "Interrupted while waiting to write to '" + options.path() + "'; nothing was written", true, e);
        }
        throw new StorageException(
                "Cannot write to '" + options.path() + "': " + options.maxQueuedWrites()
                        + " writes are waiting, and none" + " was done within " + options.queueTimeout()
                        + ". Nothing was written; try again later",
                true,
                null);
    }

    private void run() {
        List<Write<?>> batch = new ArrayList<>(MAX_BATCH);
        try {
            // What a process left that was killed.
            moveJournal();
            while (nextBatch(batch)) {
                if (!batch.isEmpty()) {
                    commitTogether(batch);
                    batch.clear();
                }
                if (isJournalDue()) {
                    moveJournal();
                }
            }
            emptyJournal();
        } finally {
            ended = true;
            refuseQueued();
            drained.countDown();
            finish();
            gone.countDown();
        }
    }

    /** Waits for writes, or until the journal is due; false when there will be none any more. */
    private boolean nextBatch(List<Write<?>> batch) {
        while (!abandoned) {
            queue.drainTo(batch, MAX_BATCH - batch.size());
            if (!batch.isEmpty() || (!closing && isJournalDue())) {
                return true;
            }
            if (closing) {
                return false;
            }
            awaitWrite(batch);
        }
        return false;
    }

    private void awaitWrite(List<Write<?>> batch) {
        try {
            Write<?> write =
                    journalMayWait ? queue.poll(journalDue - System.nanoTime(), TimeUnit.NANOSECONDS) : queue.take();
            if (write != null) {
                batch.add(write);
            }
        } catch (InterruptedException e) {
            // startClosing() woke us to look again.
        }
    }

    private void commitTogether(List<Write<?>> batch) {
        try {
            begin();
        } catch (SQLException e) {
            session.forgetStatements();
            batch.forEach(write -> write.fail(e));
            return;
        }
        try {
            for (Write<?> write : batch) {
                write.run();
            }
            session.execute(COMMIT);
        } catch (SQLException | RuntimeException | Error e) {
            rollBack();
            if (batch.size() == 1) {
                batch.get(0).fail(e);
            } else {
                LOGGER.debug("a transaction of {} writes failed, trying halves of it", batch.size(), e);
                int half = batch.size() / 2;
                commitTogether(batch.subList(0, half));
                commitTogether(batch.subList(half, batch.size()));
            }
            return;
        }
        transactions.incrementAndGet();
        noteForJournal();
        tellAll(batch);
    }

    // ---- The journal of usage

    /** Any write may have added to it: one small read, once after a while, tells. */
    private void noteForJournal() {
        if (!journalMayWait) {
            journalMayWait = true;
            journalDue = System.nanoTime() + journalDelay().toNanos();
        }
    }

    /** Without a journal of its own, this storage still moves what those of other processes leave. */
    private Duration journalDelay() {
        Duration delay = options.usageJournal();
        return delay.isZero() ? JOURNAL_PAUSE : delay;
    }

    private boolean isJournalDue() {
        return journalMayWait && System.nanoTime() - journalDue >= 0;
    }

    /** Moves some of what waits in the journal, for programs that do not know it; what is left is due at once, behind the writes that wait. */
    private void moveJournal() {
        journalMayWait = false;
        try {
            if (JdbcMeteringStore.isJournalWaiting(session) && moveSome() > 0) {
                journalMayWait = true;
                journalDue = System.nanoTime();
            }
        } catch (SQLException | RuntimeException | Error e) {
            session.forgetStatements();
            LOGGER.debug("the journal of usage in {} is not moved now, it stays for the next time", options.path(), e);
            journalMayWait = true;
            journalDue = System.nanoTime() + JOURNAL_PAUSE.toNanos();
        }
    }

    private long moveSome() throws SQLException {
        begin();
        try {
            long left = JdbcMeteringStore.moveJournal(session);
            session.execute(COMMIT);
            return left;
        } catch (SQLException | RuntimeException | Error e) {
            rollBack();
            throw e;
        }
    }

    /** Leaves nothing in the journal, unless it is to end at once. */
    private void emptyJournal() {
        boolean isLeft = !abandoned;
        while (isLeft) {
            moveJournal();
            isLeft = !abandoned && isJournalDue();
        }
    }

    // ---- Callers

    /**
     * Tells the callers of a transaction that it is committed. To wake a thread costs about as much as a write, so that those who
     * are woken share in it: the writer's time is the one that everybody waits for.
     */
    private static void tellAll(List<Write<?>> batch) {
        List<Write<?>> waiting = new ArrayList<>(batch.size());
        for (Write<?> write : batch) {
            if (write.callbacks == null) {
                waiting.add(write);
            } else {
                write.settle();
            }
        }
        for (int first = 0; first < waiting.size(); first += WAKE_GROUP) {
            int end = Math.min(first + WAKE_GROUP, waiting.size());
            Write<?> leader = waiting.get(first);
            leader.followers = waiting.subList(first + 1, end);
            leader.settle();
        }
    }

    /** Takes the write lock, waiting for other processes as long as the busy timeout says. */
    private void begin() throws SQLException {
        long deadline = System.nanoTime() + options.busyTimeout().toNanos();
        while (true) {
            try {
                session.execute(BEGIN);
                return;
            } catch (SQLException e) {
                if (!SQLiteFailures.isBusy(e) || abandoned || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            }
        }
    }

    private void rollBack() {
        session.forgetStatements();
        try {
            session.ask(ROLLBACK);
        } catch (SQLException e) {
            // After the worst failures SQLite has rolled back by itself.
            LOGGER.debug("no transaction to roll back", e);
        }
    }

    private void refuseQueued() {
        for (Write<?> write = queue.poll(); write != null; write = queue.poll()) {
            write.fail(SQLiteFailures.closed(options.path()));
        }
    }

    /** Empties the write-ahead log into the file, once nobody of ours reads from it, and closes the connection. */
    private void finish() {
        boolean interrupted = false;
        while (true) {
            try {
                readersClosed.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        try {
            session.ask("PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            LOGGER.debug("the write-ahead log of {} stays for the next to open it", options.path(), e);
        } finally {
            session.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no more writes; those that wait are still done. */
    void startClosing() {
        closing = true;
        thread.interrupt();
    }

    /**
     * Waits for the end of the thread, after {@link #startClosing()} and when the readers are gone. At the deadline the writes that
     * still wait are refused.
     *
     * @return whether everything was done and the connection is closed
     */
    boolean close(long deadline) {
        if (!await(drained, deadline - System.nanoTime())) {
            abandoned = true;
            refuseQueued();
        }
        readersClosed.countDown();
        // A moment more where the deadline was used up, for the checkpoint.
        return await(gone, Math.max(deadline - System.nanoTime(), 2 * BUSY_SLICE.toNanos()));
    }

    private static boolean await(CountDownLatch latch, long nanos) {
        try {
            return latch.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** One caller's write, and what became of it. */
    private final class Write<T extends @Nullable Object> {
        private final SqlWork<T> work;
        // Null where the caller waits: then nothing can hang on the future, and the writer completes it.
        private final @Nullable Executor callbacks;
        private final CompletableFuture<T> future = new CompletableFuture<>();

        // The writer's, until the future is completed.
        private @Nullable T result;
        private @Nullable Throwable failure;
        private List<Write<?>> followers = List.of();

        Write(SqlWork<T> work, @Nullable Executor callbacks) {
            this.work = work;
            this.callbacks = callbacks;
        }

        /** Runs the statements, perhaps again; does nothing for a caller that has cancelled. */
        void run() throws SQLException {
            failure = null;
            if (!future.isDone()) {
                result = work.run(session);
            }
        }

        void fail(Throwable e) {
            failure = e;
            settle();
        }

        /** Tells the caller how it went. */
        void settle() {
            if (callbacks == null) {
                complete();
                return;
            }
            try {
                callbacks.execute(this::complete);
            } catch (RuntimeException e) {
                // The application's executor has ended before us, or is broken; the caller is told all the same.
                LOGGER.debug("the executor for callbacks refused one", e);
                complete();
            }
        }

        @SuppressWarnings("NullAway") // A result may be null exactly where T may be.
        private void complete() {
            if (failure == null || callbacks == null) {
                future.complete(result);
            } else {
                future.completeExceptionally(reported(failure));
            }
        }

        /** Waits for the outcome. Not to be interrupted: it is near, and the caller has to know it. */
        T await() {
            T value = future.join();
            followers.forEach(Write::settle);
            Throwable e = failure;
            if (e == null) {
                return value;
            }
            Throwable reported = reported(e);
            if (reported instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) reported;
        }

        private Throwable reported(Throwable e) {
            return e instanceof SQLException sql ? SQLiteFailures.storage("write to", options.path(), sql) : e;
        }
    }
}
