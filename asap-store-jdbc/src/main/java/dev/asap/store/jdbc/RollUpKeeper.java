// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.storage.StorageException;
import java.sql.ResultSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that the changes which a roll-up has not folded yet stay few. Thread-safe. */
final class RollUpKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(RollUpKeeper.class);

    /** With more than this, whoever wants to read folds them first: another program has written a lot. */
    private static final long TOO_MANY = 4L * RollUp.FOLD;

    private final RollUp rollUp;
    private final SqlExecutor sql;
    private final String pending;
    private final AtomicLong unfolded = new AtomicLong();

    RollUpKeeper(RollUp rollUp, SqlExecutor sql) {
        this.rollUp = rollUp;
        this.sql = sql;
        this.pending = "SELECT COALESCE(MAX(seq) - MIN(seq) + 1, 0) FROM " + rollUp.changesTable();
    }

    /** Notes that so many rows were changed by this process; folds now and then, without the caller having to wait. */
    void changed(int rows) {
        // A large batch needs several: with one each, what is left would grow, and each fold looks at what is left.
        for (long due = unfolded.addAndGet(rows); due >= RollUp.FOLD; due = unfolded.addAndGet(-RollUp.FOLD)) {
            foldSome();
        }
    }

    private void foldSome() {
        try {
            CompletableFuture<?> unused = sql.writeAsync(rollUp::fold).whenComplete((left, failure) -> {
                if (failure != null) {
                    LOGGER.debug("folding changes of {} failed, they stay for the next time", rollUp.table(), failure);
                }
            });
        } catch (StorageException e) {
            LOGGER.debug("changes of {} are not folded now, they stay for the next time", rollUp.table(), e);
        }
    }

    /** Folds what others left, so that reading has a bound. Costs one small read where there is nothing to do. */
    void catchUp() {
        // As many as there are now: who goes on writing meanwhile must not keep this reader.
        for (long left = pending(); left > TOO_MANY; left -= RollUp.FOLD) {
            sql.write(rollUp::fold);
        }
    }

    private long pending() {
        return sql.read(session -> {
            try (ResultSet row = session.prepare(pending).executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }
}
