// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.json.WireTime;
import dev.asap.page.Cursor;
import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import dev.asap.sla.BreachSeverity;
import dev.asap.sla.BreachType;
import dev.asap.sla.SLABreach;
import dev.asap.sla.SLABreachFilter;
import dev.asap.storage.StorageException;
import dev.asap.validation.ValidationException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The breaches that a filter means; found by their keys, which have an index for each filter. Immutable. */
final class SLABreachQuery {
    static final String COLUMNS =
            "b.id, b.agent_id, b.breach_type, b.threshold, b.actual, b.severity, b.detected_at, b.resolved_at";

    private static final String PAGE = "SELECT " + COLUMNS
            + " FROM asap_sla_breach_keys k CROSS JOIN sla_breaches b WHERE b.id = k.id AND k.detected_at >= ?";

    private static final String NUMBER = "SELECT COUNT(*) FROM asap_sla_breach_keys k WHERE k.detected_at >= ?";

    private static final String END = " ORDER BY k.detected_at, k.id LIMIT ? OFFSET ?";

    /** Offsets up to this are walked to: as cheap as to locate them. */
    private static final long NEAR_OFFSET = 200;

    private final SLABreachFilter filter;
    private final TimeRange range;
    private final String conditions;
    private final List<String> values = new ArrayList<>();

    SLABreachQuery(SLABreachFilter filter) {
        this.filter = filter;
        this.range = new TimeRange(text(filter.start()), text(filter.end()));
        StringBuilder sql = new StringBuilder(filter.open() ? " AND k.open = 1" : "");
        String agent = filter.agentId();
        String severity = severity();
        if (agent != null && severity != null && !filter.open()) {
            condition(sql, "k.agent_severity = ?", JdbcSLAStore.agentAndSeverity(agent, severity));
        } else {
            condition(sql, "k.agent_id = ?", agent);
            // The plus leaves open ones to their own index: they are few.
            condition(sql, filter.open() ? "+k.severity = ?" : "k.severity = ?", severity);
        }
        condition(sql, "k.detected_at <= ?", range.until());
        this.conditions = sql.toString();
    }

    private void condition(StringBuilder sql, String condition, @Nullable String value) {
        if (value != null) {
            sql.append(" AND ").append(condition);
            values.add(value);
        }
    }

    private @Nullable String severity() {
        BreachSeverity severity = filter.severity();
        return severity == null ? null : severity.value();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : WireTime.formatWithOffset(time);
    }

    /** Whether the roll-up counts these rows. */
    private boolean isRolledUp() {
        return !filter.open();
    }

    private RollUpView view(SqlSession session) {
        String severity = severity();
        String agent = filter.agentId();
        if (agent != null) {
            return severity == null
                    ? RollUpView.of(JdbcSLAStore.BREACHES, session, "agent_id", agent)
                    : RollUpView.of(
                            JdbcSLAStore.BREACHES,
                            session,
                            "agent_severity",
                            JdbcSLAStore.agentAndSeverity(agent, severity));
        }
        return severity != null
                ? RollUpView.of(JdbcSLAStore.BREACHES, session, "severity", severity)
                : RollUpView.ofAll(JdbcSLAStore.BREACHES, session);
    }

    private long count(SqlSession session) throws SQLException {
        if (isRolledUp()) {
            return view(session).count(range);
        }
        PreparedStatement statement = session.prepare(NUMBER + conditions);
        bind(statement, range.first());
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Binds the conditions; returns the number of the next parameter. */
    private int bind(PreparedStatement statement, String from) throws SQLException {
        statement.setString(1, from);
        int next = 2;
        for (String value : values) {
            statement.setString(next++, value);
        }
        return next;
    }

    Page<SLABreach> page(SqlSession session, PageRequest request) throws SQLException {
        long total = count(session);
        return PageOfRows.of(rows(session, request, total), request.limit(), total, Found::breach, Found::cursor);
    }

    /** The rows of a page, and one more where there is one. */
    private List<Found> rows(SqlSession session, PageRequest request, long total) throws SQLException {
        Cursor cursor = request.cursor();
        if (cursor != null) {
            return behind(session, cursor, request.limit() + 1);
        }
        if (request.offset() >= total) {
            return List.of();
        }
        if (request.offset() <= NEAR_OFFSET || !isRolledUp()) {
            return from(session, range.first(), request.limit() + 1, request.offset());
        }
        RollUpView.Place place = view(session).locate(range, request.offset());
        return from(session, place.from(), request.limit() + 1, place.skip());
    }

    private List<Found> from(SqlSession session, String from, int limit, long skip) throws SQLException {
        PreparedStatement statement = session.prepare(PAGE + conditions + END);
        int next = bind(statement, from);
        statement.setInt(next, limit);
        statement.setLong(next + 1, skip);
        return read(statement);
    }

    private List<Found> behind(SqlSession session, Cursor cursor, int limit) throws SQLException {
        TimedPlace place = TimedPlace.of(cursor);
        // The first condition is what the index is entered with; the last passes over rows of the same time.
        PreparedStatement statement = session.prepare(PAGE + conditions + " AND (k.detected_at > ? OR k.id > ?)" + END);
        int next = bind(statement, range.notBefore(place.time()));
        statement.setString(next, place.time());
        statement.setString(next + 1, place.id());
        statement.setInt(next + 2, limit);
        statement.setInt(next + 3, 0);
        return read(statement);
    }

    static List<Found> read(PreparedStatement statement) throws SQLException {
        List<Found> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(Found.read(rows));
            }
        }
        return found;
    }

    /** A row, and where it stands. */
    record Found(String detectedAt, SLABreach breach) {
        static Found read(ResultSet row) throws SQLException {
            String id = row.getString(1);
            String detectedAt = row.getString(7);
            String resolvedAt = row.getString(8);
            String column = "detected_at";
            try {
                Instant detected = WireTime.parse(detectedAt);
                column = "resolved_at";
                Instant resolved = resolvedAt == null ? null : WireTime.parse(resolvedAt);
                column = "id or one of the texts";
                return new Found(
                        detectedAt,
                        new SLABreach(
                                id,
                                row.getString(2),
                                new BreachType(row.getString(3)),
                                row.getString(4),
                                row.getString(5),
                                new BreachSeverity(row.getString(6)),
                                detected,
                                resolved));
            } catch (IllegalArgumentException | ValidationException e) {
                throw new StorageException(
                        "Row '" + id + "' of table sla_breaches is no breach, see column " + column + ": "
                                + e.getMessage() + ". Mend the row or delete it",
                        false,
                        e);
            }
        }

        Cursor cursor() {
            return new TimedPlace(detectedAt, breach.id()).cursor();
        }
    }
}
