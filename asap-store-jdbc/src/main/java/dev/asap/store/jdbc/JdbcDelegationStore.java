// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.Objects.requireNonNull;

import dev.asap.delegation.DelegationFilter;
import dev.asap.delegation.DelegationFilter.Role;
import dev.asap.delegation.DelegationStore;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonException;
import dev.asap.json.JsonValue;
import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.page.TextOrder;
import dev.asap.storage.StorageException;
import dev.asap.validation.Checks;
import dev.asap.validation.ValidationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps delegations in the tables {@code issued_delegations} and {@code revocations} of a database. What "kept" means when the power
 * fails is the database's to say.
 *
 * <p>Thread-safe. What those tables have no column for stands in {@code asap_delegations}, one row for each issued delegation, and in
 * {@code asap_delegation_uses}; the database brings the former up to date by itself whoever writes, and its totals come from a {@link
 * RollUp}. A row that another program wrote counts like one of ours; it has no expiry, and where it is no delegation, reading it
 * fails with a {@link StorageException} that names the row.
 */
public final class JdbcDelegationStore implements DelegationStore {
    /**
     * The roll-up of {@code asap_delegations}, by expiry; the database creates its tables and triggers. The counted columns have the
     * party behind a {@code +}, or behind a {@code -} once the delegation is revoked.
     */
    public static final RollUp ROLL_UP = new RollUp(
            "asap_delegations", "asap_delegations", "ends_at", List.of("delegator_mark", "delegate_mark"), List.of());

    /** When a delegation ends that never does: behind every time. */
    static final String NEVER = "~";

    /** So many ids are looked up at once. */
    private static final int LOOK_UP = 500;

    /** Few ids are looked up by a statement of their own, which has fewer parameters. */
    private static final int SHORT_LOOK_UP = 20;

    /** Offsets beyond this are worth a look at which end of the list is nearer. */
    private static final int DEEP_OFFSET = 1000;

    /** So many rows are deleted in one transaction. */
    private static final int PURGE_CHUNK = 1000;

    private static final String COLUMNS = "d.id, d.delegator_urn, d.delegate_urn, d.parent_id, d.scopes, d.max_tasks,"
            + " d.created_at, d.ends_at, r.revoked_at, r.reason";

    private final SqlExecutor sql;
    private final RollUpKeeper rollUp;
    private final InstantSource clock;

    /**
     * Creates a store over a database whose migrations have run.
     *
     * @param clock tells when something is revoked
     */
    public JdbcDelegationStore(SqlExecutor sql, InstantSource clock) {
        this.sql = requireNonNull(sql, "sql");
        this.rollUp = new RollUpKeeper(ROLL_UP, sql);
        this.clock = requireNonNull(clock, "clock");
    }

    // ---- Issuing

    // Primary key. A trigger writes the same to asap_delegations.
    private static final String REGISTER = """
            INSERT INTO issued_delegations (id, delegator_urn, delegate_urn, created_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET delegator_urn = excluded.delegator_urn,
                delegate_urn = excluded.delegate_urn, created_at = excluded.created_at
            """;

    // Primary key.
    private static final String ADD_BOUNDS =
            "UPDATE asap_delegations SET parent_id = ?, scopes = ?, max_tasks = ?, ends_at = ? WHERE id = ?";

    /** {@inheritDoc} Two indexed writes, in one transaction. */
    @Override
    public void register(IssuedDelegation delegation) {
        if (delegation.isRevoked()) {
            throw new IllegalArgumentException(
                    "delegation '" + delegation.id() + "' is revoked: register it unrevoked, then revoke it");
        }
        String createdAt = WireTime.formatWithOffset(delegation.createdAt());
        String scopes = JsonValue.of(delegation.scopes()).toString();
        sql.write(session -> {
            PreparedStatement register = session.prepare(REGISTER);
            register.setString(1, delegation.id());
            register.setString(2, delegation.delegator());
            register.setString(3, delegation.delegate());
            register.setString(4, createdAt);
            register.executeUpdate();
            PreparedStatement bounds = session.prepare(ADD_BOUNDS);
            bounds.setString(1, delegation.parentId());
            bounds.setString(2, scopes);
            bounds.setObject(3, delegation.maxTasks());
            bounds.setString(4, endOf(delegation.expiresAt()));
            bounds.setString(5, delegation.id());
            return bounds.executeUpdate();
        });
        rollUp.changed(4);
    }

    private static String endOf(@Nullable Instant expiresAt) {
        return expiresAt == null ? NEVER : WireTime.formatWithOffset(expiresAt);
    }

    // Primary keys.
    private static final String BY_ID =
            "SELECT " + COLUMNS + " FROM asap_delegations d LEFT JOIN revocations r ON r.id = d.id WHERE d.id = ?";

    /** {@inheritDoc} One indexed read. */
    @Override
    public Optional<IssuedDelegation> get(String id) {
        if (!Checks.isWellFormed(id)) {
            return Optional.empty();
        }
        return sql.read(session -> {
            PreparedStatement statement = session.prepare(BY_ID);
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(Found.read(row).delegation()) : Optional.<IssuedDelegation>empty();
            }
        });
    }

    /** A row, and where it stands. */
    private record Found(String id, String createdAt, IssuedDelegation delegation) {
        static Found read(ResultSet row) throws SQLException {
            String id = row.getString(1);
            String column = "scopes";
            try {
                String scopes = row.getString(5);
                List<String> granted = scopes == null ? List.of() : texts(scopes);
                column = "created_at";
                Instant createdAt = WireTime.parse(row.getString(7));
                column = "ends_at";
                Instant expiresAt = NEVER.equals(row.getString(8)) ? null : WireTime.parse(row.getString(8));
                column = "revoked_at";
                String revoked = row.getString(9);
                Instant revokedAt = revoked == null ? null : WireTime.parse(revoked);
                column = "id, delegator_urn, delegate_urn, parent_id, max_tasks or reason";
                long tasks = row.getLong(6);
                Long maxTasks = row.wasNull() ? null : tasks;
                return new Found(
                        id,
                        row.getString(7),
                        new IssuedDelegation(
                                id,
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                granted,
                                maxTasks,
                                createdAt,
                                expiresAt,
                                revokedAt,
                                row.getString(10)));
            } catch (JsonException | IllegalArgumentException | ValidationException e) {
                throw new StorageException(
                        "Row '" + Checks.quoted(id) + "' of table issued_delegations is no delegation, see column "
                                + column
                                + " there or in revocations or asap_delegations: " + e.getMessage()
                                + ". Register it anew or delete it",
                        false,
                        e);
            }
        }

        private static List<String> texts(String array) {
            List<String> texts = new ArrayList<>();
            for (JsonValue text : JsonValue.parse(array).asArray()) {
                texts.add(text.asString());
            }
            return texts;
        }

        Cursor cursor() {
            return new TimedPlace(createdAt, id).cursor();
        }
    }

    // ---- Lists

    /**
     * {@inheritDoc} A dozen small reads for the total, and one for the page: behind a cursor its cost does not grow with the depth, at
     * an offset it walks an index from the nearer end of the list. Expired delegations between active ones are passed over.
     */
    @Override
    public Page<IssuedDelegation> list(DelegationFilter filter, PageRequest request) {
        Query query = new Query(filter);
        requireNonNull(request, "request");
        if (query.isEmpty()) {
            return Page.empty();
        }
        return rollUp.read(session -> {
            long total = query.count(session);
            List<Found> found = total == 0 ? List.of() : query.page(session, request, total);
            return PageOfRows.of(found, request.limit(), total, Found::delegation, Found::cursor);
        });
    }

    /** The rows that a filter means. */
    private static final class Query {
        private final DelegationFilter filter;
        private final String party;
        private final @Nullable String endingFrom;

        Query(DelegationFilter filter) {
            this.filter = requireNonNull(filter, "filter");
            this.party = filter.role() == Role.DELEGATOR ? "delegator" : "delegate";
            Instant activeAt = filter.activeAt();
            this.endingFrom = activeAt == null ? null : after(activeAt);
        }

        /** The earliest end of what is active at a time. */
        private static String after(Instant time) {
            Instant next = time.plusNanos(1000);
            return WireTime.isWritable(next) ? WireTime.formatWithOffset(next) : NEVER;
        }

        /** Whether no row can be meant: an unknown delegate is no delegate, and a text that is no Unicode is nobody. */
        boolean isEmpty() {
            return !Checks.isWellFormed(filter.agent())
                    || (filter.role() == Role.DELEGATE && filter.agent().isEmpty());
        }

        long count(SqlSession session) throws SQLException {
            TimeRange range = new TimeRange(endingFrom, null);
            long live = marked(session, "+").count(range);
            return endingFrom != null ? live : live + marked(session, "-").count(range);
        }

        private RollUpView marked(SqlSession session, String mark) {
            return RollUpView.of(ROLL_UP, session, party + "_mark", mark + filter.agent());
        }

        /** The rows of a page, and one more where there is one. */
        List<Found> page(SqlSession session, PageRequest request, long total) throws SQLException {
            int limit = request.limit() + 1;
            if (request.cursor() != null) {
                return behind(session, request.cursor(), limit);
            }
            long offset = request.offset();
            if (offset >= total) {
                return List.of();
            }
            long wanted = Math.min(limit, total - offset);
            return offset <= Math.max(DEEP_OFFSET, total / 2)
                    ? at(session, "DESC", wanted, offset)
                    : at(session, "ASC", wanted, total - offset - wanted);
        }

        private List<Found> at(SqlSession session, String direction, long limit, long offset) throws SQLException {
            PreparedStatement statement = session.prepare(select(
                    condition() + " ORDER BY created_at " + direction + ", id " + direction + " LIMIT ? OFFSET ?"));
            int next = bind(statement);
            statement.setLong(next, limit);
            statement.setLong(next + 1, offset);
            return read(statement);
        }

        private List<Found> behind(SqlSession session, Cursor cursor, int limit) throws SQLException {
            TimedPlace place = TimedPlace.of(cursor);
            PreparedStatement statement = session.prepare(
                    select(condition() + " AND (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?"));
            int next = bind(statement);
            statement.setString(next, place.time());
            statement.setString(next + 1, place.id());
            statement.setInt(next + 2, limit);
            return read(statement);
        }

        /** Looks for the ids in an index alone, and then for the rows. */
        private static String select(String rest) {
            return "SELECT " + COLUMNS + " FROM (SELECT id FROM asap_delegations WHERE " + rest
                    + ") k JOIN asap_delegations d ON d.id = k.id LEFT JOIN revocations r ON r.id = d.id"
                    + " ORDER BY d.created_at DESC, d.id DESC";
        }

        /** Indexes asap_delegations_delegator and asap_delegations_delegate, and those of the same names with _mark. */
        private String condition() {
            return endingFrom == null ? party + "_urn = ?" : party + "_mark = ? AND ends_at >= ?";
        }

        /** Binds the condition; returns the number of the next parameter. */
        private int bind(PreparedStatement statement) throws SQLException {
            if (endingFrom == null) {
                statement.setString(1, filter.agent());
                return 2;
            }
            statement.setString(1, "+" + filter.agent());
            statement.setString(2, endingFrom);
            return 3;
        }

        private static List<Found> read(PreparedStatement statement) throws SQLException {
            List<Found> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(Found.read(rows));
                }
            }
            return found;
        }
    }

    // ---- Uses

    // Primary key. The condition of the SELECT is for the first use, that of the UPDATE for the others.
    private static final String USE = """
            INSERT INTO asap_delegation_uses (id, uses) SELECT ?, 1 WHERE ? > 0
            ON CONFLICT (id) DO UPDATE SET uses = uses + 1 WHERE uses < ?
            """;

    /** {@inheritDoc} One indexed write. */
    @Override
    public boolean tryUse(String id, long maxTasks) {
        IssuedDelegation.requireId(id);
        if (maxTasks < 0) {
            throw new IllegalArgumentException("maxTasks must be 0 or more, got " + maxTasks);
        }
        return sql.write(session -> {
            PreparedStatement use = session.prepare(USE);
            use.setString(1, id);
            use.setLong(2, maxTasks);
            use.setLong(3, maxTasks);
            return use.executeUpdate() == 1;
        });
    }

    // Primary key.
    private static final String USES = "SELECT uses FROM asap_delegation_uses WHERE id = ?";

    /** {@inheritDoc} One indexed read. */
    @Override
    public long uses(String id) {
        if (!Checks.isWellFormed(id)) {
            return 0;
        }
        return sql.read(session -> {
            PreparedStatement statement = session.prepare(USES);
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        });
    }

    // ---- Revoking

    // Primary key.
    private static final String REVOKE =
            "INSERT INTO revocations (id, revoked_at, reason) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING";

    /** {@inheritDoc} One indexed write. */
    @Override
    public boolean revoke(String id, @Nullable String reason) {
        IssuedDelegation.requireId(id);
        requireText(reason);
        String now = WireTime.formatWithOffset(clock.instant());
        boolean revoked = sql.write(session -> revoke(session, id, now, reason));
        rollUp.changed(2);
        return revoked;
    }

    private static boolean revoke(SqlSession session, String id, String now, @Nullable String reason)
            throws SQLException {
        PreparedStatement revoke = session.prepare(REVOKE);
        revoke.setString(1, id);
        revoke.setString(2, now);
        revoke.setString(3, reason);
        return revoke.executeUpdate() == 1;
    }

    private static void requireText(@Nullable String reason) {
        if (reason != null && !Checks.isWellFormed(reason)) {
            throw new IllegalArgumentException("reason must be Unicode text, got half of a surrogate pair in it");
        }
    }

    // Primary key, and the indexes asap_delegations_parent and asap_delegations_delegator. Everybody is reached once,
    // and so is
    // every delegation: that ends cycles, and keeps an agent with many delegations in both directions from being
    // squared.
    private static final String REACHED = """
            WITH RECURSIVE reached (kind, value) AS (
                SELECT 'id', ?
                UNION
                SELECT 'id', c.id FROM reached f JOIN asap_delegations c ON c.parent_id = f.value WHERE f.kind = 'id'
                UNION
                SELECT 'agent', p.delegate_urn FROM reached f JOIN asap_delegations p ON p.id = f.value
                WHERE f.kind = 'id' AND p.delegate_urn <> ''
                UNION
                SELECT 'id', c.id FROM reached f JOIN asap_delegations c ON c.delegator_urn = f.value
                WHERE f.kind = 'agent' AND c.parent_id IS NULL)
            SELECT value FROM reached WHERE kind = 'id' AND NOT EXISTS (SELECT 1 FROM revocations r WHERE r.id = value)
            """;

    /** {@inheritDoc} One read over indexes, and one write for each that is revoked, in one transaction. */
    @Override
    public List<String> revokeCascade(String id, @Nullable String reason) {
        IssuedDelegation.requireId(id);
        requireText(reason);
        String now = WireTime.formatWithOffset(clock.instant());
        List<String> revoked = sql.write(session -> {
            List<String> reached = reached(session, id);
            for (String each : reached) {
                revoke(session, each, now, reason);
            }
            return reached;
        });
        rollUp.changed(2 * revoked.size());
        return revoked;
    }

    private static List<String> reached(SqlSession session, String id) throws SQLException {
        List<String> others = new ArrayList<>();
        boolean itself = false;
        PreparedStatement statement = session.prepare(REACHED);
        statement.setString(1, id);
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String reached = rows.getString(1);
                if (reached.equals(id)) {
                    itself = true;
                } else {
                    others.add(reached);
                }
            }
        }
        others.sort(TextOrder.CODE_POINTS);
        if (itself) {
            others.add(0, id);
        }
        return Collections.unmodifiableList(others);
    }

    /** {@inheritDoc} One indexed read. */
    @Override
    public boolean isRevoked(String id) {
        return areRevoked(List.of(id)).getOrDefault(id, false);
    }

    /** {@inheritDoc} One indexed read for each 500 of them. */
    @Override
    public Map<String, Boolean> areRevoked(Collection<String> ids) {
        Map<String, Boolean> answers = new LinkedHashMap<>();
        ids.forEach(id -> answers.put(requireNonNull(id, "id"), false));
        List<String> asked =
                answers.keySet().stream().filter(Checks::isWellFormed).toList();
        if (!asked.isEmpty()) {
            List<String> revoked = sql.readTogether(session -> {
                List<String> found = new ArrayList<>();
                for (int first = 0; first < asked.size(); first += LOOK_UP) {
                    found.addAll(revokedOf(session, asked.subList(first, Math.min(first + LOOK_UP, asked.size()))));
                }
                return found;
            });
            revoked.forEach(id -> answers.put(id, true));
        }
        return Collections.unmodifiableMap(answers);
    }

    private static final String REVOKED_OF_FEW = revokedOf(SHORT_LOOK_UP);
    private static final String REVOKED_OF_MANY = revokedOf(LOOK_UP);

    // Primary key. Parameters that are left over are null, which equals nothing.
    private static String revokedOf(int parameters) {
        return "SELECT id FROM revocations WHERE id IN (" + String.join(", ", Collections.nCopies(parameters, "?"))
                + ")";
    }

    private static List<String> revokedOf(SqlSession session, List<String> ids) throws SQLException {
        boolean few = ids.size() <= SHORT_LOOK_UP;
        PreparedStatement statement = session.prepare(few ? REVOKED_OF_FEW : REVOKED_OF_MANY);
        for (int i = 0; i < (few ? SHORT_LOOK_UP : LOOK_UP); i++) {
            statement.setString(i + 1, i < ids.size() ? ids.get(i) : null);
        }
        List<String> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    // ---- Forgetting

    // Index asap_delegations_ends. The triggers of issued_delegations take the rows of asap_delegations away.
    private static final String EXPIRED = "SELECT id FROM asap_delegations WHERE ends_at <= ? ORDER BY ends_at LIMIT ?";

    /** {@inheritDoc} A thousand in one transaction, so that others can write in between. */
    @Override
    public long purgeExpired(Instant time) {
        String end = WireTime.formatWithOffset(time);
        long removed = 0;
        int chunk;
        do {
            chunk = sql.write(session -> purge(session, end));
            removed += chunk;
            rollUp.changed(chunk);
        } while (chunk == PURGE_CHUNK);
        return removed;
    }

    private static int purge(SqlSession session, String end) throws SQLException {
        List<String> expired = new ArrayList<>();
        PreparedStatement statement = session.prepare(EXPIRED);
        statement.setString(1, end);
        statement.setInt(2, PURGE_CHUNK);
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                expired.add(rows.getString(1));
            }
        }
        for (String id : expired) {
            for (String table : List.of("issued_delegations", "asap_delegation_uses")) {
                PreparedStatement delete = session.prepare("DELETE FROM " + table + " WHERE id = ?");
                delete.setString(1, id);
                delete.executeUpdate();
            }
        }
        return expired.size();
    }
}
