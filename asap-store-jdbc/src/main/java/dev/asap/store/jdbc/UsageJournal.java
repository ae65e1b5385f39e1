// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.stream.Collectors.joining;

import dev.asap.metering.UsageEvent;
import dev.asap.metering.UsageMetrics;
import dev.asap.metering.UsageTotals;
import dev.asap.model.TaskStatus;
import dev.asap.storage.StorageException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where usage events that come one by one wait, durable, until many of them are moved into {@code usage_events} at once. That table has six
 * indexes and a roll-up: each event that is written to it by itself changes a page of each, and to write those pages costs many
 * times what the event does. The journal has no index, so that the events of all callers of a commit lie on the same few pages.
 *
 * <p>A move is one transaction, so that an event is always in one of the two tables and never in both. Whoever reads usage looks whether
 * something waits, and moves it first. What is moved lies in {@code usage_events} by agent and consumer, which are the indexes that its
 * leaves are scattered over; the order of events is by their times and ids, which they have from their recording on.
 *
 * <p>Thread-safe.
 */
final class UsageJournal {
    private static final Logger LOGGER = LoggerFactory.getLogger(UsageJournal.class);

    private static final String TABLE = "asap_usage_journal";

    /** Has a row within the transaction of a move: then the trigger of {@code usage_events} leaves the counting to the move. */
    private static final String MOVING = "asap_usage_moving";

    /** So many events are moved in one transaction: the more, the fewer pages for each of them, and the longer writers wait. */
    static final int MOVE = 16_384;

    /** With more than this, whoever records has to move events first. */
    private static final long FULL = 4L * MOVE;

    /** So many changes are not left to the next fold: readers would pass over them. */
    private static final long FOLDED_AT_ONCE = 1024;

    private final SqlExecutor sql;
    // Of this process, as far as it knows: another may have moved them.
    private final AtomicLong appended = new AtomicLong();

    UsageJournal(SqlExecutor sql) {
        this.sql = sql;
    }

    // ---- The schema

    static List<String> schema() {
        return List.of(
                "CREATE TABLE " + TABLE + " (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, task_id TEXT NOT NULL,"
                        + " agent_id TEXT NOT NULL, consumer_id TEXT NOT NULL, tokens_in INTEGER NOT NULL,"
                        + " tokens_out INTEGER NOT NULL, duration_ms INTEGER NOT NULL, api_calls INTEGER NOT NULL,"
                        + " timestamp TEXT NOT NULL, status TEXT)",
                "CREATE TABLE " + MOVING + " (moving INTEGER PRIMARY KEY)",
                JdbcMeteringStore.ROLL_UP.dropInsertTrigger(),
                JdbcMeteringStore.ROLL_UP.insertTrigger(" WHEN NOT EXISTS (SELECT 1 FROM " + MOVING + ")"));
    }

    // ---- Appending

    private static final String APPEND = "INSERT INTO " + TABLE
            + " (id, task_id, agent_id, consumer_id, tokens_in, tokens_out, duration_ms, api_calls, timestamp, status)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** Adds an event to the journal, in the transaction of the caller. One insert. */
    static void append(SqlSession session, String id, UsageEvent event, String timestamp) throws SQLException {
        PreparedStatement insert = session.prepare(APPEND);
        UsageMetrics used = event.metrics();
        TaskStatus status = event.status();
        insert.setString(1, id);
        insert.setString(2, event.taskId());
        insert.setString(3, event.agentId());
        insert.setString(4, event.consumerId());
        insert.setLong(5, used.tokensIn());
        insert.setLong(6, used.tokensOut());
        insert.setLong(7, used.durationMs());
        insert.setLong(8, used.apiCalls());
        insert.setString(9, timestamp);
        insert.setString(10, status == null ? null : status.value());
        insert.executeUpdate();
    }

    /** Moves events where the journal is full, before another is added: what waits is bounded also where moving fails. */
    void makeRoom() {
        if (appended.get() >= FULL) {
            moveAll();
        }
    }

    /** Notes that this process has added events; has them moved now and then, without the caller having to wait. */
    void appended(int events) {
        long before = appended.getAndAdd(events);
        if (before / MOVE != (before + events) / MOVE) {
            moveSoon();
        }
    }

    private void moveSoon() {
        try {
            CompletableFuture<?> unused = sql.writeAsync(UsageJournal::move).whenComplete((left, failure) -> {
                if (failure == null) {
                    appended.updateAndGet(count -> Math.min(count, left));
                } else {
                    LOGGER.debug("moving usage events from the journal failed, they stay for the next time", failure);
                }
            });
        } catch (StorageException e) {
            LOGGER.debug("usage events are not moved from the journal now, they stay for the next time", e);
        }
    }

    // ---- Moving

    private static final String WAITING = "SELECT EXISTS (SELECT 1 FROM " + TABLE + ")";

    /** Whether events wait in the journal. One small read. */
    static boolean isWaiting(SqlSession session) throws SQLException {
        try (ResultSet row = session.prepare(WAITING).executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Moves the events that wait now, in transactions of up to {@value #MOVE}. */
    void moveAll() {
        if (!sql.read(UsageJournal::isWaiting)) {
            return;
        }
        // As many as there are now: who goes on writing meanwhile must not keep this caller.
        long left = sql.write(UsageJournal::move);
        appended.updateAndGet(count -> Math.min(count, left));
        for (long rest = left; rest > 0; rest -= MOVE) {
            sql.write(UsageJournal::move);
        }
    }

    private static final List<String> FIGURES = List.of("tokens_in", "tokens_out", "duration_ms", "api_calls");

    private static final String BOUNDS = "SELECT COALESCE((SELECT MIN(seq) FROM " + TABLE
            + "), 0), COALESCE((SELECT MAX(seq) FROM " + TABLE + "), -1)";

    /** What has the id of an event that is there: a copy that somebody made. Otherwise no event behind it could be moved. */
    private static final String DROP_COPIES = "DELETE FROM " + TABLE
            + " WHERE seq <= ? AND EXISTS (SELECT 1 FROM usage_events u WHERE u.id = " + TABLE + ".id)";

    private static final String MOVE_EVENTS =
            "INSERT INTO usage_events (id, task_id, agent_id, consumer_id, metrics, timestamp, asap_status)"
                    + " SELECT id, task_id, agent_id, consumer_id, "
                    + FIGURES.stream()
                            .map(figure -> "\"" + figure + "\": ' || " + figure)
                            .collect(joining(" || ', ", "'{", " || '}'"))
                    + ", timestamp, status FROM " + TABLE
                    + " WHERE seq <= ? ORDER BY agent_id, consumer_id, seq";

    /** What the trigger would note, without taking the figures from a text again. */
    private static final String NOTE_CHANGES = "INSERT INTO " + JdbcMeteringStore.ROLL_UP.changesTable()
            + " (agent_id, consumer_id, at, n, " + String.join(", ", FIGURES)
            + ") SELECT agent_id, consumer_id, timestamp, 1, "
            + FIGURES.stream()
                    .map(figure -> "MIN(" + figure + ", " + UsageTotals.MAX_FIGURE + ")")
                    .collect(joining(", "))
            + " FROM " + TABLE + " WHERE seq <= ? ORDER BY seq";

    private static final String DELETE_MOVED = "DELETE FROM " + TABLE + " WHERE seq <= ?";

    /**
     * Moves the oldest events that wait, up to {@value #MOVE}, in the transaction of the caller.
     *
     * @return how many are left
     */
    static long move(SqlSession session) throws SQLException {
        long last;
        long left;
        try (ResultSet row = session.prepare(BOUNDS).executeQuery()) {
            row.next();
            long first = row.getLong(1);
            long newest = row.getLong(2);
            if (newest < first) {
                return 0;
            }
            last = Math.min(newest, first + MOVE - 1);
            left = newest - last;
        }
        session.prepare("INSERT INTO " + MOVING + " (moving) VALUES (1)").executeUpdate();
        run(session, DROP_COPIES, last);
        int moved = run(session, MOVE_EVENTS, last);
        run(session, NOTE_CHANGES, last);
        run(session, DELETE_MOVED, last);
        session.prepare("DELETE FROM " + MOVING).executeUpdate();
        if (moved >= FOLDED_AT_ONCE) {
            // While their pages are at hand, and before they are written.
            JdbcMeteringStore.ROLL_UP.fold(session, MOVE);
        }
        return left;
    }

    private static int run(SqlSession session, String statement, long last) throws SQLException {
        PreparedStatement step = session.prepare(statement);
        step.setLong(1, last);
        return step.executeUpdate();
    }
}
