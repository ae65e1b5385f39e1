// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.storage.StorageException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that the changes which a roll-up has not folded yet stay few. Thread-safe. */
final class RollUpKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(RollUpKeeper.class);

    /** With more than this, whoever reads has them folded, without waiting for it: he passes over all of them again and again. */
    private static final long SOME = RollUp.FOLD / 16;

    /** With more than this, whoever wants to read folds them first: another program has written a lot. */
    private static final long TOO_MANY = 4L * RollUp.FOLD;

    private final RollUp rollUp;
    private final SqlExecutor sql;
    private final @Nullable UsageJournal journal;
    private final String pending;
    private final AtomicLong unfolded = new AtomicLong();
    private final AtomicBoolean asked = new AtomicBoolean();

    RollUpKeeper(RollUp rollUp, SqlExecutor sql) {
        this(rollUp, sql, null);
    }

    /** With a journal, from which events are moved before anything is read. */
    RollUpKeeper(RollUp rollUp, SqlExecutor sql, @Nullable UsageJournal journal) {
        this.rollUp = rollUp;
        this.sql = sql;
        this.journal = journal;
        // Each a look at one end of the table; both in one SELECT would go through all of it.
        this.pending = "SELECT COALESCE((SELECT MAX(seq) FROM " + rollUp.changesTable() + ") - (SELECT MIN(seq) FROM "
                + rollUp.changesTable() + ") + 1, 0)";
    }

    /** Notes that so many rows were changed by this process; folds now and then, without the caller having to wait. */
    void changed(int rows) {
        // A large batch needs several: with one each, what is left would grow, and each fold looks at what is left.
        for (long due = unfolded.addAndGet(rows); due >= RollUp.FOLD; due = unfolded.addAndGet(-RollUp.FOLD)) {
            foldSoon(() -> {});
        }
    }

    private void foldSoon(Runnable then) {
        try {
            CompletableFuture<?> unused = sql.writeAsync(rollUp::fold).whenComplete((left, failure) -> {
                then.run();
                if (failure != null) {
                    LOGGER.debug("folding changes of {} failed, they stay for the next time", rollUp.table(), failure);
                }
            });
        } catch (StorageException e) {
            then.run();
            LOGGER.debug("changes of {} are not folded now, they stay for the next time", rollUp.table(), e);
        }
    }

    /** Reads what the roll-up says: {@link #read(SqlExecutor, SqlWork, RollUpKeeper...)} with this one. */
    <T> T read(SqlWork<T> work) {
        return read(sql, work, this);
    }

    /**
     * Reads what roll-ups say, after folding what others left where that is more than reading should pass over. All statements of
     * the work see the same state; one small read for each keeper comes before them, or two with a journal.
     */
    static <T> T read(SqlExecutor sql, SqlWork<T> work, RollUpKeeper... keepers) {
        Optional<T> result = sql.readTogether(session -> {
            for (RollUpKeeper keeper : keepers) {
                if (keeper.isFarBehind(session)) {
                    return Optional.empty();
                }
            }
            return Optional.of(work.run(session));
        });
        return result.orElseGet(() -> {
            for (RollUpKeeper keeper : keepers) {
                keeper.catchUp();
            }
            return sql.readTogether(work);
        });
    }

    private boolean isFarBehind(SqlSession session) throws SQLException {
        if (journal != null && UsageJournal.isWaiting(session)) {
            return true;
        }
        long waiting = pending(session);
        if (waiting > TOO_MANY) {
            return true;
        }
        if (waiting > SOME && asked.compareAndSet(false, true)) {
            foldSoon(() -> asked.set(false));
        }
        return false;
    }

    private void catchUp() {
        if (journal != null) {
            journal.moveAll();
        }
        // As many as there are now: who goes on writing meanwhile must not keep this reader.
        for (long left = sql.read(this::pending); left > TOO_MANY; left -= RollUp.FOLD) {
            sql.write(rollUp::fold);
        }
    }

    private long pending(SqlSession session) throws SQLException {
        try (ResultSet row = session.prepare(pending).executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }
}
