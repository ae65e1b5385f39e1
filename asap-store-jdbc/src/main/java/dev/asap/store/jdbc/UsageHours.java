// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import dev.asap.page.TextOrder;
import dev.asap.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the hours of a day came to, all hours in one row: the number of events, the measures, and how many agents and consumers. So the
 * nine thousand hours of a year come from as many rows as there are days.
 *
 * <p>The table is brought up to date where the changes of {@code usage_events} are folded, in the same transaction; it says nothing of
 * changes that are not folded yet. Stateless.
 */
final class UsageHours {
    static final String HOURS = "asap_usage_events_hours";

    private static final int DAY = 10;
    private static final int HOUR = 13;

    private UsageHours() {}

    static final String SCHEMA =
            "CREATE TABLE " + HOURS + " (day TEXT NOT NULL PRIMARY KEY, hours BLOB NOT NULL) WITHOUT ROWID";

    /** How many figures each hour has: the number of its events, the measures, its agents and its consumers. */
    static int width() {
        return UsageGroups.width() + 2;
    }

    /** The place of the number of agents or consumers among the figures of an hour. */
    private static int place(int dimension) {
        return UsageGroups.width() + dimension - 1;
    }

    // ---- Writing

    /** Adds up what {@link UsageGroups} have; all changes are folded. */
    static void build(SqlSession session) throws SQLException {
        for (int dimension = 1; dimension <= 2; dimension++) {
            PreparedStatement select = session.prepare("SELECT bucket, chunk, numbers, figures FROM "
                    + UsageGroups.GROUPS + " WHERE dim = ? AND level = " + HOUR + " ORDER BY bucket");
            select.setInt(1, dimension);
            try (ResultSet rows = select.executeQuery()) {
                Changes changes = new Changes();
                String day = null;
                while (rows.next()) {
                    String hour = rows.getString(1);
                    String next = UsageGroups.prefix(hour, DAY);
                    if (!next.equals(day)) {
                        changes.save(session);
                        changes = new Changes();
                        day = next;
                    }
                    addChunk(changes, dimension, hour, rows);
                }
                changes.save(session);
            }
        }
    }

    private static void addChunk(Changes changes, int dimension, String hour, ResultSet row) throws SQLException {
        byte[] numbers = row.getBytes(3);
        changes.addKeys(
                hour, dimension, KeySums.numbersOf(row.getInt(2), numbers).cardinality());
        if (dimension == 1) {
            KeySums.read(
                    UsageGroups.width(),
                    row.getInt(2),
                    numbers,
                    row.getBytes(4),
                    (number, figures) -> changes.add(hour, figures));
        }
    }

    /** What is to be added to some hours. */
    static final class Changes {
        private final Map<String, long[]> hours = new HashMap<>();

        /** Adds an event, or what several come to. */
        void add(String hour, long[] figures) {
            long[] sums = of(hour);
            for (int i = 0; i < figures.length; i++) {
                sums[i] += figures[i];
            }
        }

        /** Adds how many agents or consumers an hour has more, or fewer. */
        void addKeys(String hour, int dimension, long keys) {
            of(hour)[place(dimension)] += keys;
        }

        private long[] of(String hour) {
            return hours.computeIfAbsent(hour, unused -> new long[width()]);
        }

        void save(SqlSession session) throws SQLException {
            Map<String, TreeMap<String, long[]>> days = new HashMap<>();
            hours.forEach((hour, figures) -> {
                String day = UsageGroups.prefix(hour, DAY);
                days.computeIfAbsent(day, unused -> new TreeMap<>(TextOrder.CODE_POINTS))
                        .put(hour.substring(day.length()), figures);
            });
            for (Map.Entry<String, TreeMap<String, long[]>> day : days.entrySet()) {
                addSaved(session, day.getKey(), day.getValue());
                day.getValue().values().removeIf(figures -> figures[0] == 0);
                UsageHours.save(session, day.getKey(), day.getValue());
            }
        }

        private static void addSaved(SqlSession session, String day, Map<String, long[]> hours) throws SQLException {
            PreparedStatement select = session.prepare("SELECT hours FROM " + HOURS + " WHERE day = ?");
            select.setString(1, day);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    read(row.getBytes(1), (hour, figures) -> hours.merge(hour, figures, RollUp::plus));
                }
            }
        }
    }

    private static void save(SqlSession session, String day, Map<String, long[]> hours) throws SQLException {
        PreparedStatement save = session.prepare(
                hours.isEmpty()
                        ? "DELETE FROM " + HOURS + " WHERE day = ?"
                        : "INSERT INTO " + HOURS
                                + " (day, hours) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET hours = excluded.hours");
        save.setString(1, day);
        if (!hours.isEmpty()) {
            save.setBytes(2, bytes(hours));
        }
        save.executeUpdate();
    }

    /** Of each hour the length of its name behind that of the day, the name, and the figures; see {@link Varints}. */
    private static byte[] bytes(Map<String, long[]> hours) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        hours.forEach((hour, figures) -> {
            byte[] name = hour.getBytes(StandardCharsets.UTF_8);
            Varints.write(bytes, name.length);
            bytes.writeBytes(name);
            for (long figure : figures) {
                Varints.write(bytes, figure);
            }
        });
        return bytes.toByteArray();
    }

    // ---- Reading

    /** The hours behind one and before another, in the order of time; null where there is no bound. */
    static void between(
            SqlSession session, @Nullable String behind, @Nullable String before, RollUpGroups.Receiver receiver)
            throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT day, hours FROM " + HOURS + " WHERE day BETWEEN ? AND ? ORDER BY day");
        select.setString(1, behind == null ? "" : UsageGroups.prefix(behind, DAY));
        select.setString(2, before == null ? RollUp.BEHIND : before);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String day = rows.getString(1);
                read(rows.getBytes(2), (hour, figures) -> {
                    String name = day + hour;
                    if ((behind == null || name.compareTo(behind) > 0)
                            && (before == null || name.compareTo(before) < 0)) {
                        receiver.accept(name, figures);
                    }
                });
            }
        }
    }

    private static void read(byte[] hours, RollUpGroups.Receiver receiver) {
        Varints rest = new Varints(hours, UsageHours::damaged);
        while (rest.hasNext()) {
            String hour = rest.text();
            long[] figures = new long[width()];
            for (int i = 0; i < figures.length; i++) {
                figures[i] = rest.next();
            }
            receiver.accept(hour, figures);
        }
    }

    private static StorageException damaged(String problem) {
        return new StorageException(
                "A day in table " + HOURS + " cannot be read: " + problem + ". The file is damaged: restore a backup",
                false,
                null);
    }
}
