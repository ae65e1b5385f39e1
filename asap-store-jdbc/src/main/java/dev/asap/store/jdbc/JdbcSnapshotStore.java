// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import dev.asap.storage.StorageException;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps snapshots in the table {@code snapshots} of a database. What "kept" means when the power fails is the database's
 * to say.
 *
 * <p>Thread-safe. Each call is one statement, but for the page at a deep offset, which is two. Beside the table it relies on
 * {@code asap_tasks} (each task once), {@code asap_counts} (how many tasks) and three indexes, which the database keeps up to
 * date by itself whoever writes to the table.
 *
 * <p>A row that another program wrote and that is no snapshot (a time that is no time, data that is no JSON object) is never
 * changed or passed over: reading it fails with a {@link StorageException} that names the task, the version and what is
 * wrong. It still counts and is listed, and can be replaced or deleted.
 */
public final class JdbcSnapshotStore implements SnapshotStore {
    /** Offsets beyond this are worth a look at which end of the list is nearer. */
    private static final int DEEP_OFFSET = 1000;

    private final SqlExecutor sql;
    private final Dialect dialect;
    private final String upsert;
    private final String upsertFirst;
    private final String upsertOverLatest;

    /** Creates a store over a database whose migrations have run. */
    public JdbcSnapshotStore(SqlExecutor sql, Dialect dialect) {
        this.sql = requireNonNull(sql, "sql");
        this.dialect = requireNonNull(dialect, "dialect");
        String parameters = "?, ?, ?, " + dialect.textOfUtf8("?") + ", ?, ?";
        // Primary key.
        this.upsert = upsert("VALUES (" + parameters + ")");
        // Primary key, twice.
        this.upsertFirst =
                upsert("SELECT " + parameters + " WHERE NOT EXISTS (SELECT 1 FROM snapshots WHERE task_id = ?)");
        // Primary key, twice: once from its end.
        this.upsertOverLatest = upsert("SELECT " + parameters
                + " WHERE (SELECT id FROM snapshots WHERE task_id = ? ORDER BY version DESC LIMIT 1) = ?");
    }

    private static String upsert(String row) {
        return """
                INSERT INTO snapshots (task_id, id, version, data, checkpoint, created_at)
                %s
                ON CONFLICT (task_id, version) DO UPDATE SET
                    id = excluded.id, data = excluded.data,
                    checkpoint = excluded.checkpoint, created_at = excluded.created_at
                """.formatted(row);
    }

    /** {@inheritDoc} One insert or update by primary key. */
    @Override
    public void save(StateSnapshot snapshot) {
        sql.write(saving(snapshot));
    }

    /** {@inheritDoc} One insert or update by primary key. */
    @Override
    public CompletableFuture<Void> saveAsync(StateSnapshot snapshot) {
        try {
            return sql.writeAsync(saving(snapshot));
        } catch (StorageException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * {@inheritDoc} One insert or update by primary key. Atomic where the database runs one writing statement at a time, as SQLite
     * does.
     */
    @Override
    public boolean saveIfLatest(StateSnapshot snapshot, @Nullable String latestId) {
        requireNonNull(snapshot, "snapshot");
        if (latestId != null && !Checks.isWellFormed(latestId)) {
            return false;
        }
        Row row = Row.of(snapshot);
        return sql.write(session -> {
            PreparedStatement statement = session.prepare(latestId == null ? upsertFirst : upsertOverLatest);
            row.bind(statement);
            statement.setString(Row.COLUMNS + 1, snapshot.taskId());
            if (latestId != null) {
                statement.setString(Row.COLUMNS + 2, latestId);
            }
            return statement.executeUpdate() > 0;
        });
    }

    private SqlWork<Void> saving(StateSnapshot snapshot) {
        Row row = Row.of(requireNonNull(snapshot, "snapshot"));
        return session -> {
            PreparedStatement statement = session.prepare(upsert);
            row.bind(statement);
            statement.executeUpdate();
            return nothing();
        };
    }

    /** A snapshot as it is written; made in the caller's thread, not in the one that writes for everybody. */
    @SuppressWarnings("ArrayRecordComponent") // Lives for one statement and is never compared.
    private record Row(StateSnapshot snapshot, byte[] data, String createdAt) {
        static final int COLUMNS = 6;

        static Row of(StateSnapshot snapshot) {
            return new Row(snapshot, snapshot.data().toBytes(), WireTime.formatWithOffset(snapshot.createdAt()));
        }

        void bind(PreparedStatement statement) throws SQLException {
            statement.setString(1, snapshot.taskId());
            statement.setString(2, snapshot.id());
            statement.setLong(3, snapshot.version());
            statement.setBytes(4, data);
            statement.setInt(5, snapshot.checkpoint() ? 1 : 0);
            statement.setString(6, createdAt);
        }
    }

    @SuppressWarnings("NullAway") // Void has no other value.
    private static Void nothing() {
        return null;
    }

    // Primary key, from its end.
    private static final String LATEST = """
            SELECT task_id, id, version, data, checkpoint, created_at FROM snapshots
            WHERE task_id = ? ORDER BY version DESC LIMIT 1
            """;

    /** {@inheritDoc} One indexed read. */
    @Override
    public Optional<StateSnapshot> get(String taskId) {
        return one(LATEST, requireNonNull(taskId, "taskId"), null);
    }

    // Primary key.
    private static final String BY_VERSION = """
            SELECT task_id, id, version, data, checkpoint, created_at FROM snapshots
            WHERE task_id = ? AND version = ?
            """;

    /** {@inheritDoc} One indexed read. */
    @Override
    public Optional<StateSnapshot> get(String taskId, long version) {
        return one(BY_VERSION, requireNonNull(taskId, "taskId"), version);
    }

    // Index asap_snapshots_id (id, task_id, version DESC).
    private static final String BY_ID = """
            SELECT task_id, id, version, data, checkpoint, created_at FROM snapshots
            WHERE id = ? ORDER BY task_id, version DESC LIMIT 1
            """;

    /** {@inheritDoc} One indexed read. */
    @Override
    public Optional<StateSnapshot> findById(String snapshotId) {
        return one(BY_ID, requireNonNull(snapshotId, "snapshotId"), null);
    }

    // Index asap_snapshots_checkpoint (task_id, version) of the rows that are checkpoints, from its end.
    private static final String LATEST_CHECKPOINT = """
            SELECT task_id, id, version, data, checkpoint, created_at FROM snapshots
            WHERE task_id = ? AND checkpoint <> 0 ORDER BY version DESC LIMIT 1
            """;

    /** {@inheritDoc} One indexed read. */
    @Override
    public Optional<StateSnapshot> latestCheckpoint(String taskId) {
        return one(LATEST_CHECKPOINT, requireNonNull(taskId, "taskId"), null);
    }

    // Primary key alone.
    private static final String VERSIONS = "SELECT version FROM snapshots WHERE task_id = ? ORDER BY version";

    /** {@inheritDoc} One indexed read. */
    @Override
    public List<Long> listVersions(String taskId) {
        requireNonNull(taskId, "taskId");
        if (!Checks.isWellFormed(taskId)) {
            return List.of();
        }
        return sql.read(session -> {
            PreparedStatement statement = session.prepare(VERSIONS);
            statement.setString(1, taskId);
            List<Long> versions = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(rows.getLong(1));
                }
            }
            return Collections.unmodifiableList(versions);
        });
    }

    // Primary key of asap_tasks. The count comes in the same statement, so that total and page agree, and as the left
    // side
    // of the join, so that it is there when the page is empty.
    private static final String TASKS_BEHIND_KEY = """
            SELECT c.value, t.task_id
            FROM asap_counts c LEFT JOIN
                (SELECT task_id FROM asap_tasks WHERE task_id > ? ORDER BY task_id LIMIT ?) t ON TRUE
            WHERE c.name = 'tasks' ORDER BY t.task_id
            """;

    // Primary key of asap_tasks, walked from its beginning to the offset.
    private static final String TASKS_AT_OFFSET = """
            SELECT c.value, t.task_id
            FROM asap_counts c LEFT JOIN
                (SELECT task_id FROM asap_tasks ORDER BY task_id LIMIT ? OFFSET ?) t ON TRUE
            WHERE c.name = 'tasks' ORDER BY t.task_id
            """;

    // Primary key of asap_tasks, walked from its end to the offset.
    private static final String TASKS_FROM_END = """
            SELECT c.value, t.task_id
            FROM asap_counts c LEFT JOIN
                (SELECT task_id FROM asap_tasks ORDER BY task_id DESC LIMIT ? OFFSET ?) t ON TRUE
            WHERE c.name = 'tasks' ORDER BY t.task_id
            """;

    private static final String TASK_COUNT = "SELECT value FROM asap_counts WHERE name = 'tasks'";

    /**
     * {@inheritDoc} One indexed read behind a cursor, whatever the depth. At an offset one read that walks the list of tasks
     * from its nearer end; beyond offset 1000 another small read tells which that is. The total is kept, not counted, and
     * agrees with the page.
     */
    @Override
    public Page<String> listTasks(PageRequest request) {
        requireNonNull(request, "request");
        Cursor cursor = request.cursor();
        if (cursor != null) {
            String key = cursor.key();
            return sql.read(session -> {
                PreparedStatement statement = session.prepare(TASKS_BEHIND_KEY);
                statement.setString(1, key);
                statement.setInt(2, request.limit() + 1);
                return TaskList.read(statement).page(request.limit());
            });
        }
        return sql.read(session -> request.offset() <= DEEP_OFFSET
                ? tasksFromStart(session, request)
                : tasksFromNearerEnd(session, request));
    }

    private static Page<String> tasksFromStart(SqlSession session, PageRequest request) throws SQLException {
        PreparedStatement statement = session.prepare(TASKS_AT_OFFSET);
        statement.setInt(1, request.limit() + 1);
        statement.setLong(2, request.offset());
        return TaskList.read(statement).page(request.limit());
    }

    private static Page<String> tasksFromNearerEnd(SqlSession session, PageRequest request) throws SQLException {
        long total = taskCount(session);
        if (request.offset() <= total / 2) {
            return tasksFromStart(session, request);
        }
        long wanted = Math.max(0, Math.min(request.limit() + 1L, total - request.offset()));
        PreparedStatement statement = session.prepare(TASKS_FROM_END);
        statement.setLong(1, wanted);
        statement.setLong(2, Math.max(0, total - request.offset() - wanted));
        TaskList found = TaskList.read(statement);
        // The place was computed from the total of a moment before.
        return found.total == total ? found.page(request.limit()) : tasksFromStart(session, request);
    }

    private static long taskCount(SqlSession session) throws SQLException {
        try (ResultSet row = session.prepare(TASK_COUNT).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The total and the tasks that one statement found: those of the page and, where there is one, the next. */
    private record TaskList(long total, List<String> tasks) {
        static TaskList read(PreparedStatement statement) throws SQLException {
            long total = 0;
            List<String> tasks = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    total = rows.getLong(1);
                    String task = rows.getString(2);
                    if (task != null) {
                        tasks.add(task);
                    }
                }
            }
            return new TaskList(total, tasks);
        }

        Page<String> page(int limit) {
            if (tasks.size() <= limit) {
                return new Page<>(tasks, total, null);
            }
            return new Page<>(tasks.subList(0, limit), total, cursorAfter(tasks.get(limit - 1)));
        }
    }

    private static Cursor cursorAfter(String taskId) {
        try {
            return Cursor.afterKey(taskId);
        } catch (IllegalArgumentException e) {
            // Only another program can have written it.
            throw new StorageException(
                    "Cannot list tasks: the id that begins with '" + taskId.substring(0, 60) + "' has "
                            + taskId.length()
                            + " characters, which is more than a page can end with. Ask for a page that ends elsewhere, or"
                            + " delete the task",
                    false,
                    e);
        }
    }

    // Primary key.
    private static final String DELETE_TASK = "DELETE FROM snapshots WHERE task_id = ?";

    /** {@inheritDoc} One indexed delete. */
    @Override
    public boolean delete(String taskId) {
        return change(DELETE_TASK, requireNonNull(taskId, "taskId"), null) > 0;
    }

    // Primary key.
    private static final String DELETE_VERSION = "DELETE FROM snapshots WHERE task_id = ? AND version = ?";

    /** {@inheritDoc} One indexed delete. */
    @Override
    public boolean delete(String taskId, long version) {
        return change(DELETE_VERSION, requireNonNull(taskId, "taskId"), version) > 0;
    }

    // Primary key, twice. With no more versions than are kept, the inner query finds none and nothing compares to it.
    private static final String PRUNE = """
            DELETE FROM snapshots
            WHERE task_id = ? AND checkpoint = 0 AND version <=
                (SELECT version FROM snapshots WHERE task_id = ? ORDER BY version DESC LIMIT 1 OFFSET ?)
            """;

    /** {@inheritDoc} One indexed delete, and so atomic. */
    @Override
    public int prune(String taskId, int keep) {
        requireNonNull(taskId, "taskId");
        if (keep < 0) {
            throw new IllegalArgumentException("keep must be 0 or more, got " + keep);
        }
        if (!Checks.isWellFormed(taskId)) {
            return 0;
        }
        return sql.write(session -> {
            PreparedStatement statement = session.prepare(PRUNE);
            statement.setString(1, taskId);
            statement.setString(2, taskId);
            statement.setInt(3, keep);
            return statement.executeUpdate();
        });
    }

    private int change(String text, String taskId, @Nullable Long second) {
        if (!Checks.isWellFormed(taskId)) {
            return 0;
        }
        return sql.write(session -> {
            PreparedStatement statement = session.prepare(text);
            bind(statement, taskId, second);
            return statement.executeUpdate();
        });
    }

    private Optional<StateSnapshot> one(String text, String key, @Nullable Long second) {
        // No snapshot has such an id, but the database could take it for another: it has no encoding.
        if (!Checks.isWellFormed(key)) {
            return Optional.empty();
        }
        return sql.read(session -> {
            PreparedStatement statement = session.prepare(text);
            bind(statement, key, second);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(snapshot(row)) : Optional.<StateSnapshot>empty();
            }
        });
    }

    private static void bind(PreparedStatement statement, String key, @Nullable Long second) throws SQLException {
        statement.setString(1, key);
        if (second != null) {
            statement.setLong(2, second);
        }
    }

    private StateSnapshot snapshot(ResultSet row) throws SQLException {
        String taskId = row.getString(1);
        long version = row.getLong(3);
        String column = "data";
        try {
            JsonObject data = JsonObject.parse(dialect.utf8(row, 4));
            column = "created_at";
            Instant createdAt = WireTime.parse(row.getString(6));
            column = "id, task_id or version";
            return new StateSnapshot(row.getString(2), taskId, version, data, row.getInt(5) != 0, createdAt);
        } catch (JsonException | IllegalArgumentException | ValidationException e) {
            throw new StorageException(
                    "Version " + version + " of task '" + taskId + "' in table snapshots is no snapshot, see column "
                            + column + ": " + e.getMessage() + ". Save the version anew or delete it",
                    false,
                    e);
        }
    }
}
