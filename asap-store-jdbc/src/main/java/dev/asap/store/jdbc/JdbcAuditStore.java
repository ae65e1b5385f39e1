// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditChain;
import dev.asap.audit.AuditEntry;
import dev.asap.audit.AuditFilter;
import dev.asap.audit.AuditHead;
import dev.asap.audit.AuditStore;
import dev.asap.audit.AuditVerification;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.storage.StorageException;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an audit log in the table {@code audit_log} of a database. What "kept" means when the power fails is the database's to say.
 *
 * <p>Thread-safe. The hash of the last entry is read in the transaction that adds the next, which excludes other writers, so that
 * processes which share the database make one chain. Totals come from the {@link RollUp} of the table, by agent; {@code
 * asap_audit_hours} tells where in the table the entries of an hour stand. An entry that another program wrote counts like one of
 * ours; where it is none, reading it fails with a {@link StorageException} that names the row, and verifying finds it broken.
 */
public final class JdbcAuditStore implements AuditStore {
    /** The roll-up of {@code audit_log}; the database creates its tables and triggers. */
    public static final RollUp ROLL_UP = new RollUp("audit_log", "timestamp", List.of("agent_urn"), List.of());

    private static final String COLUMNS = "rowid, id, timestamp, operation, agent_urn, details, prev_hash, hash";

    /** So few entries in a range of time are found by their times and put in order; more are found by their places. */
    private static final int FEW = 2000;

    /** Offsets beyond this are worth a look at which end of the list is nearer. */
    private static final int DEEP_OFFSET = 1000;

    /** So many rows are read at once to verify. */
    private static final int VERIFY_CHUNK = 1000;

    private final SqlExecutor sql;
    private final RollUpKeeper rollUp;
    private final Dialect dialect;
    private final String insert;

    /** Creates a store over a database whose migrations have run. */
    public JdbcAuditStore(SqlExecutor sql, Dialect dialect) {
        this.sql = requireNonNull(sql, "sql");
        this.rollUp = new RollUpKeeper(ROLL_UP, sql);
        this.dialect = requireNonNull(dialect, "dialect");
        this.insert = """
                INSERT INTO audit_log (id, timestamp, operation, agent_urn, details, prev_hash, hash)
                VALUES (?, ?, ?, ?, %s, ?, ?) ON CONFLICT (id) DO NOTHING
                """.formatted(dialect.textOfUtf8("?"));
    }

    // ---- Appending

    /** {@inheritDoc} One indexed read, and one insert for each entry, in one transaction. */
    @Override
    public List<AuditEntry> appendAll(List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return List.of();
        }
        List<AuditEntry> appended = sql.write(appending(entries));
        rollUp.changed(entries.size());
        return appended;
    }

    /** {@inheritDoc} One indexed read, and one insert for each entry, in one transaction. */
    @Override
    public CompletableFuture<List<AuditEntry>> appendAllAsync(List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        try {
            return sql.writeAsync(appending(entries)).thenApply(appended -> {
                rollUp.changed(appended.size());
                return appended;
            });
        } catch (StorageException | ValidationException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private SqlWork<List<AuditEntry>> appending(List<AuditEntry> entries) {
        if (entries.size() > MAX_BATCH) {
            throw new IllegalArgumentException("at most " + MAX_BATCH + " entries are appended at once, got "
                    + entries.size() + ": append them in parts");
        }
        // In the caller's thread, not in the one that writes for everybody.
        List<Row> rows = entries.stream().map(Row::of).toList();
        return session -> {
            PreparedStatement statement = session.prepare(insert);
            String last = lastHash(session);
            List<AuditEntry> appended = new ArrayList<>();
            for (Row row : rows) {
                AuditEntry entry = row.entry().sealed(last, AuditEntry.hash(last, row.hashedText()));
                row.bind(statement, entry);
                if (statement.executeUpdate() == 0) {
                    throw new StorageException(
                            "Cannot append entry '" + Checks.quoted(entry.id())
                                    + "': an entry with this id is in the log already. Nothing was appended",
                            false,
                            null);
                }
                appended.add(entry);
                last = entry.hash();
            }
            return List.copyOf(appended);
        };
    }

    private record Row(AuditEntry entry, String timestamp, String hashedText) {
        static Row of(AuditEntry entry) {
            return new Row(entry, WireTime.formatWithOffset(entry.timestamp()), entry.hashedText());
        }

        void bind(PreparedStatement insert, AuditEntry sealed) throws SQLException {
            insert.setString(1, sealed.id());
            insert.setString(2, timestamp);
            insert.setString(3, sealed.operation());
            insert.setString(4, sealed.agentUrn());
            insert.setBytes(5, sealed.details().toBytes());
            insert.setString(6, sealed.prevHash());
            insert.setString(7, sealed.hash());
        }
    }

    // Primary key, from its end.
    private static final String LAST_HASH = "SELECT hash FROM audit_log ORDER BY rowid DESC LIMIT 1";

    private static String lastHash(SqlSession session) throws SQLException {
        try (ResultSet row = session.prepare(LAST_HASH).executeQuery()) {
            return row.next() ? row.getString(1) : "";
        }
    }

    // ---- Pages

    /**
     * {@inheritDoc} A dozen small reads for the total, and one or two for the page. Behind a cursor its cost does not grow with the
     * depth. An offset is found by its position where the filter is empty and nobody removed entries, else by the way from the nearer
     * end of the list. With a range of time, the entries of its first and last hour that lie outside of it are passed over.
     */
    @Override
    public Page<AuditEntry> query(AuditFilter filter, PageRequest request) {
        Query query = new Query(filter);
        requireNonNull(request, "request");
        if (filter.agentUrn() != null && !Checks.isWellFormed(filter.agentUrn())) {
            return Page.empty();
        }
        return rollUp.read(session -> {
            long total = query.count(session);
            List<Found> found = total == 0 ? List.of() : query.page(session, request, total);
            return PageOfRows.of(
                    found, request.limit(), total, Found::entry, last -> Cursor.afterKey(Long.toString(last.place())));
        });
    }

    /** {@inheritDoc} Reads a thousand entries at a time. */
    @Override
    public void export(AuditFilter filter, Consumer<AuditEntry> receiver) {
        requireNonNull(receiver, "receiver");
        Optional<PageRequest> request = Optional.of(PageRequest.first(PageRequest.MAX_LIMIT));
        while (request.isPresent()) {
            Page<AuditEntry> page = query(filter, request.get());
            page.items().forEach(receiver);
            request = page.next(PageRequest.MAX_LIMIT);
        }
    }

    /** A row, and where it stands. */
    private record Found(long place, AuditEntry entry) {}

    private Found found(ResultSet row) throws SQLException {
        String id = row.getString(2);
        String column = "timestamp";
        try {
            Instant timestamp = WireTime.parse(row.getString(3));
            column = "details";
            JsonObject details = JsonObject.parse(dialect.utf8(row, 6));
            column = "id, operation, agent_urn, prev_hash or hash";
            return new Found(
                    row.getLong(1),
                    new AuditEntry(
                            id,
                            timestamp,
                            row.getString(4),
                            row.getString(5),
                            details,
                            row.getString(7),
                            row.getString(8)));
        } catch (JsonException | IllegalArgumentException | ValidationException e) {
            throw new StorageException(
                    "Row '" + Checks.quoted(id) + "' of table audit_log is no audit entry, see column " + column + ": "
                            + e.getMessage() + ". Verify the log",
                    false,
                    e);
        }
    }

    /** The rows that a filter means: what to ask, and how to count them. */
    private final class Query {
        private final AuditFilter filter;
        private final TimeRange range;

        Query(AuditFilter filter) {
            this.filter = requireNonNull(filter, "filter");
            this.range = range(filter.start(), filter.end());
        }

        private boolean isTimed() {
            return !range.equals(TimeRange.ALL);
        }

        long count(SqlSession session) throws SQLException {
            RollUpView view = filter.agentUrn() == null
                    ? RollUpView.ofAll(ROLL_UP, session)
                    : RollUpView.of(ROLL_UP, session, "agent_urn", filter.agentUrn());
            return view.count(range);
        }

        /** The rows of a page, and one more where there is one. */
        List<Found> page(SqlSession session, PageRequest request, long total) throws SQLException {
            int limit = request.limit() + 1;
            Window window = isTimed() && total > FEW ? hours(session) : Window.ALL;
            if (request.cursor() != null) {
                return ascending(session, window.behind(place(request.cursor())), total, limit, 0);
            }
            long offset = request.offset();
            if (offset >= total) {
                return List.of();
            }
            if (offset <= DEEP_OFFSET) {
                return ascending(session, window, total, limit, offset);
            }
            if (filter.equals(AuditFilter.all())) {
                Window all = everything(session);
                if (all.last() - all.first() + 1 == total) {
                    return ascending(session, all.behind(all.first() + offset - 1), total, limit, 0);
                }
            }
            return offset <= total / 2
                    ? ascending(session, window, total, limit, offset)
                    : fromEnd(session, window, total, Math.min(limit, total - offset), offset);
        }

        private static long place(Cursor cursor) {
            try {
                return Long.parseLong(cursor.key());
            } catch (NumberFormatException e) {
                throw TimedPlace.ofAnotherList(cursor, e);
            }
        }

        private List<Found> ascending(SqlSession session, Window window, long total, long limit, long offset)
                throws SQLException {
            return read(session, window, total, "ASC", limit, offset);
        }

        private List<Found> fromEnd(SqlSession session, Window window, long total, long limit, long offset)
                throws SQLException {
            return read(session, window, total, "DESC", limit, total - offset - limit);
        }

        /** Looks for the places, in an index alone where one has everything, and then for the rows. */
        private List<Found> read(
                SqlSession session, Window window, long total, String direction, long limit, long offset)
                throws SQLException {
            boolean byTime = isTimed() && total <= FEW;
            // A plus keeps the database from using an index on what stands behind it.
            String time = byTime ? "timestamp" : "+timestamp";
            String place = byTime ? "+rowid" : "rowid";
            StringBuilder places = new StringBuilder("SELECT rowid AS place FROM audit_log WHERE ")
                    .append(place)
                    .append(" BETWEEN ? AND ?");
            List<String> texts = new ArrayList<>();
            condition(places, texts, "agent_urn = ?", filter.agentUrn());
            condition(places, texts, time + " >= ?", range.from());
            condition(places, texts, time + " <= ?", range.until());
            places.append(" ORDER BY ")
                    .append(place)
                    .append(' ')
                    .append(direction)
                    .append(" LIMIT ? OFFSET ?");
            PreparedStatement statement = session.prepare(
                    "SELECT " + COLUMNS + " FROM (" + places + ") k JOIN audit_log ON rowid = k.place ORDER BY rowid");
            statement.setLong(1, window.first());
            statement.setLong(2, window.last());
            int next = 3;
            for (String text : texts) {
                statement.setString(next++, text);
            }
            statement.setLong(next, limit);
            statement.setLong(next + 1, offset);
            List<Found> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(found(rows));
                }
            }
            return found;
        }

        private static void condition(StringBuilder sql, List<String> texts, String condition, @Nullable String value) {
            if (value != null) {
                sql.append(" AND ").append(condition);
                texts.add(value);
            }
        }

        /** Where the entries of the hours stand that the range touches. */
        private Window hours(SqlSession session) throws SQLException {
            PreparedStatement statement = session.prepare(
                    "SELECT MIN(first), MAX(last) FROM asap_audit_hours WHERE hour BETWEEN substr(?, 1, 13) AND substr(?, 1, 13)");
            statement.setString(1, range.from() == null ? "" : range.from());
            statement.setString(2, range.until() == null ? RollUp.BEHIND : range.until());
            return Window.read(statement);
        }
    }

    /**
     * A part of the table, by places.
     *
     * @param first the first place
     * @param last the last place, before the first where the part is empty
     */
    private record Window(long first, long last) {
        static final Window ALL = new Window(Long.MIN_VALUE, Long.MAX_VALUE);

        static Window read(PreparedStatement statement) throws SQLException {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long first = row.getLong(1);
                return row.wasNull() ? new Window(0, -1) : new Window(first, row.getLong(2));
            }
        }

        Window behind(long place) {
            return new Window(Math.max(first, place == Long.MAX_VALUE ? place : place + 1), last);
        }

        boolean isEmpty() {
            return last < first;
        }
    }

    private static TimeRange range(@Nullable Instant start, @Nullable Instant end) {
        return new TimeRange(
                start == null ? null : WireTime.formatWithOffset(start),
                end == null ? null : WireTime.formatWithOffset(end));
    }

    // Primary key, from both ends.
    private static final String EVERYTHING = "SELECT MIN(rowid), (SELECT MAX(rowid) FROM audit_log) FROM audit_log";

    private static Window everything(SqlSession session) throws SQLException {
        return Window.read(session.prepare(EVERYTHING));
    }

    // ---- Verifying

    // Index idx_audit_ts.
    private static final String BETWEEN_TIMES =
            "SELECT MIN(rowid), MAX(rowid) FROM audit_log WHERE timestamp >= ? AND timestamp <= ?";

    // Primary key.
    private static final String HASH_BEFORE = "SELECT hash FROM audit_log WHERE rowid < ? ORDER BY rowid DESC LIMIT 1";

    // Primary key.
    private static final String TO_VERIFY = """
            SELECT rowid, id, timestamp, operation, details, prev_hash, hash FROM audit_log
            WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?
            """;

    /** {@inheritDoc} Reads a thousand entries at a time. */
    @Override
    public AuditVerification verify(@Nullable Instant start, @Nullable Instant end) {
        AuditFilter filter = new AuditFilter(null, start, end);
        Window[] left = {sql.read(session -> partOf(session, range(filter.start(), filter.end())))};
        if (left[0].isEmpty()) {
            return new AuditChain("").result();
        }
        AuditChain chain = new AuditChain(sql.read(session -> hashBefore(session, left[0].first())));
        boolean goesOn = true;
        while (goesOn) {
            List<Sealed> rows = sql.read(session -> toVerify(session, left[0]));
            for (Sealed row : rows) {
                goesOn = goesOn && chain.accept(row.id(), row.hashedText(), row.prevHash(), row.hash());
            }
            goesOn = goesOn && rows.size() == VERIFY_CHUNK;
            if (goesOn) {
                left[0] = left[0].behind(rows.get(rows.size() - 1).place());
            }
        }
        return chain.result();
    }

    private static Window partOf(SqlSession session, TimeRange range) throws SQLException {
        if (range.equals(TimeRange.ALL)) {
            return everything(session);
        }
        PreparedStatement statement = session.prepare(BETWEEN_TIMES);
        statement.setString(1, range.from() == null ? "" : range.from());
        statement.setString(2, range.until() == null ? RollUp.BEHIND : range.until());
        return Window.read(statement);
    }

    private static String hashBefore(SqlSession session, long place) throws SQLException {
        PreparedStatement statement = session.prepare(HASH_BEFORE);
        statement.setLong(1, place);
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : "";
        }
    }

    /** What a row has to be verified by. */
    private record Sealed(long place, String id, @Nullable String hashedText, String prevHash, String hash) {}

    private List<Sealed> toVerify(SqlSession session, Window window) throws SQLException {
        PreparedStatement statement = session.prepare(TO_VERIFY);
        statement.setLong(1, window.first());
        statement.setLong(2, window.last());
        statement.setInt(3, VERIFY_CHUNK);
        List<Sealed> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(new Sealed(
                        rows.getLong(1), rows.getString(2), hashedText(rows), rows.getString(6), rows.getString(7)));
            }
        }
        return found;
    }

    private @Nullable String hashedText(ResultSet row) throws SQLException {
        try {
            return AuditEntry.hashedText(row.getString(3), row.getString(4), JsonObject.parse(dialect.utf8(row, 5)));
        } catch (JsonException e) {
            return null;
        }
    }

    // ---- The log itself

    /** {@inheritDoc} A few small reads. */
    @Override
    public long count() {
        return head().entries();
    }

    /** {@inheritDoc} A few small reads. */
    @Override
    public AuditHead head() {
        return rollUp.read(
                session -> new AuditHead(RollUpView.ofAll(ROLL_UP, session).count(TimeRange.ALL), lastHash(session)));
    }
}
