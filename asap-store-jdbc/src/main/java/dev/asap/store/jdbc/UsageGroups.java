// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.jdbc;

import static java.util.stream.Collectors.joining;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sums of {@code usage_events} by agent and by consumer for each bucket of time, many keys in one row: sums of a thousand keys over
 * a year, and how many different keys each day has, come from some hundred rows. {@link UsageGroupsView} reads them.
 *
 * <p>Keys have numbers here, given in the order in which they appear. A bucket is a prefix of the time's text, as in {@link RollUp}, and
 * has a row for every {@value KeySums#CHUNK} numbers; see {@link KeySums}. The table is brought up to date where the changes of {@code
 * usage_events} are folded, in the same transaction. Keys and buckets without an event disappear. Stateless.
 */
final class UsageGroups {
    static final String GROUPS = "asap_usage_events_groups";
    static final String KEYS = "asap_usage_events_keys";

    /** The lengths of the prefixes: everything, months, tens of days, days, hours. */
    static final List<Integer> LEVELS = List.of(0, 7, 9, 10, 13);

    private static final int FINEST = LEVELS.get(LEVELS.size() - 1);

    /** The dimensions of the roll-up, without that of all events. */
    private static final List<Integer> DIMENSIONS = List.of(1, 2);

    /** So many chunks are held in memory, at 40 KB each, before what there is is saved. */
    private static final int MAX_CHUNKS = 256;

    private static final int[] NONE = {};

    private UsageGroups() {}

    /** How many figures each key has: the number of its events, and the measures. */
    static int width() {
        return 1 + JdbcMeteringStore.ROLL_UP.measures().size();
    }

    /** The beginning of a text: so many characters, as SQL counts them. */
    static String prefix(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }

    // ---- The schema

    static List<String> schema() {
        return List.of(
                "CREATE TABLE " + KEYS + " (dim INTEGER NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,"
                        + " PRIMARY KEY (dim, key)) WITHOUT ROWID",
                "CREATE UNIQUE INDEX " + KEYS + "_number ON " + KEYS + " (dim, number)",
                // The numbers before the figures: who counts keys does not read the pages with the figures.
                "CREATE TABLE " + GROUPS + " (dim INTEGER NOT NULL, level INTEGER NOT NULL, bucket TEXT NOT NULL,"
                        + " chunk INTEGER NOT NULL, numbers BLOB NOT NULL, figures BLOB NOT NULL,"
                        + " PRIMARY KEY (dim, level, bucket, chunk)) WITHOUT ROWID");
    }

    /** Groups what is in {@code usage_events} already. Goes through it once, in the order of time. */
    static void build(SqlSession session) throws SQLException {
        for (int dimension : DIMENSIONS) {
            String column = JdbcMeteringStore.ROLL_UP.column(dimension);
            // What appears together gets numbers that lie together.
            PreparedStatement number = session.prepare("INSERT INTO " + KEYS + " (dim, key, number) SELECT " + dimension
                    + ", " + column + ", row_number() OVER (ORDER BY MIN(timestamp), " + column + ") - 1"
                    + " FROM usage_events GROUP BY " + column);
            number.executeUpdate();
        }
        PreparedStatement rows = session.prepare("SELECT substr(t.timestamp, 1, " + FINEST + ")" + numbers() + ", 1"
                + measures(each -> each.of("t")) + " FROM usage_events t" + joins("t") + " ORDER BY t.timestamp");
        new Update(session, null).run(rows);
    }

    /** Adds the noted changes whose {@code seq} is up to {@code last}. */
    static void fold(SqlSession session, long last) throws SQLException {
        String changes = JdbcMeteringStore.ROLL_UP.changesTable();
        for (int dimension : DIMENSIONS) {
            String column = JdbcMeteringStore.ROLL_UP.column(dimension);
            PreparedStatement number = session.prepare("INSERT INTO " + KEYS + " (dim, key, number) SELECT " + dimension
                    + ", c." + column + ", (SELECT COALESCE(MAX(number), -1) FROM " + KEYS + " WHERE dim = " + dimension
                    + ") + row_number() OVER (ORDER BY MIN(c.seq)) FROM " + changes
                    + " c WHERE c.seq <= ? AND NOT EXISTS (SELECT 1 FROM " + KEYS + " k WHERE k.dim = " + dimension
                    + " AND k.key = c." + column + ") GROUP BY c." + column);
            number.setLong(1, last);
            number.executeUpdate();
        }
        PreparedStatement rows = session.prepare("SELECT substr(c.at, 1, " + FINEST + ")" + numbers() + ", c.n"
                + measures(each -> "c." + each.name()) + " FROM " + changes + " c" + joins("c")
                + " WHERE c.seq <= ? ORDER BY c.at");
        rows.setLong(1, last);
        Besides besides = new Besides(new UsagePairs.Changes(), new UsageHours.Changes());
        new Update(session, besides).run(rows);
        besides.pairs.save(session, last);
        besides.hours.save(session);
    }

    private static String numbers() {
        return DIMENSIONS.stream()
                .map(dimension -> ", k" + dimension + ".number")
                .collect(joining());
    }

    private static String joins(String row) {
        return DIMENSIONS.stream()
                .map(dimension -> " CROSS JOIN " + KEYS + " k" + dimension + " ON k" + dimension + ".dim = " + dimension
                        + " AND k" + dimension + ".key = " + row + "."
                        + JdbcMeteringStore.ROLL_UP.column(dimension))
                .collect(joining());
    }

    private static String measures(Function<RollUp.Measure, String> each) {
        return JdbcMeteringStore.ROLL_UP.measures().stream()
                .map(measure -> ", " + each.apply(measure))
                .collect(joining());
    }

    // ---- Writing

    /** The bucket of a level that rows are added to at the moment, for one dimension. */
    private static final class Bucket {
        final int dimension;
        final int level;
        String name = "";
        KeySums sums = new KeySums(width());
        // Of the numbers that were added to.
        BitSet touched = new BitSet();

        Bucket(int dimension, int level) {
            this.dimension = dimension;
            this.level = level;
        }

        void add(int number, long[] figures) {
            sums.add(number, figures);
            touched.set(number);
        }
    }

    /** What else is made of the same rows. */
    private record Besides(UsagePairs.Changes pairs, UsageHours.Changes hours) {
        void add(String hour, int[] numbers, long[] figures) {
            pairs.add(hour, numbers, figures);
            hours.add(hour, figures);
        }

        /** Takes how many events of a key a month or an hour had, and has now. */
        void changed(Bucket bucket, int number, long before, long after) {
            if (bucket.level == UsagePairs.MONTH) {
                pairs.month(bucket.dimension, number, bucket.name, before, after);
            } else {
                hours.addKeys(bucket.name, bucket.dimension, Long.signum(after) - Long.signum(before));
            }
        }
    }

    /** Adds rows that come in the order of time, a bucket of each level at a time. */
    private static final class Update {
        private final SqlSession session;
        private final @Nullable Besides besides;
        private final List<Bucket> buckets = new ArrayList<>();
        private final List<BitSet> gone = new ArrayList<>();

        Update(SqlSession session, @Nullable Besides besides) {
            this.session = session;
            this.besides = besides;
            for (int dimension : DIMENSIONS) {
                gone.add(new BitSet());
                for (int level : LEVELS) {
                    buckets.add(new Bucket(dimension, level));
                }
            }
        }

        /** Adds rows: of each the hour, the number of each dimension, and the figures. */
        void run(PreparedStatement statement) throws SQLException {
            long[] figures = new long[width()];
            try (ResultSet rows = statement.executeQuery()) {
                String hour = null;
                while (rows.next()) {
                    String next = rows.getString(1);
                    if (!next.equals(hour)) {
                        enter(next);
                        hour = next;
                    }
                    for (int i = 0; i < figures.length; i++) {
                        figures[i] = rows.getLong(2 + DIMENSIONS.size() + i);
                    }
                    int[] numbers = new int[DIMENSIONS.size()];
                    for (int i = 0; i < numbers.length; i++) {
                        numbers[i] = rows.getInt(2 + i);
                    }
                    for (Bucket bucket : buckets) {
                        bucket.add(numbers[bucket.dimension - 1], figures);
                    }
                    if (besides != null) {
                        besides.add(next, numbers, figures);
                    }
                }
            }
            for (Bucket bucket : buckets) {
                save(bucket);
            }
            removeGone();
        }

        private void enter(String hour) throws SQLException {
            int held = 0;
            for (Bucket bucket : buckets) {
                String name = prefix(hour, bucket.level);
                if (!name.equals(bucket.name)) {
                    save(bucket);
                    bucket.name = name;
                }
                held += bucket.sums.size();
            }
            if (held > MAX_CHUNKS) {
                for (Bucket bucket : buckets) {
                    save(bucket);
                }
            }
        }

        /** Adds a bucket to what the table has of it. */
        private void save(Bucket bucket) throws SQLException {
            boolean isTold = besides != null && (bucket.level == UsagePairs.MONTH || bucket.level == FINEST);
            int[] touched = isTold ? bucket.touched.stream().toArray() : NONE;
            long[] more = Arrays.stream(touched).mapToLong(bucket.sums::count).toArray();
            for (int chunk : bucket.sums.chunks()) {
                addSaved(bucket, chunk);
                byte[] numbers = bucket.sums.numbers(chunk);
                PreparedStatement save = session.prepare(
                        numbers.length == 0
                                ? "DELETE FROM " + GROUPS + " WHERE dim = ? AND level = ? AND bucket = ? AND chunk = ?"
                                : "INSERT INTO " + GROUPS
                                        + " (dim, level, bucket, chunk, numbers, figures) VALUES (?, ?, ?, ?, ?, ?)"
                                        + " ON CONFLICT (dim, level, bucket, chunk) DO UPDATE SET"
                                        + " numbers = excluded.numbers, figures = excluded.figures");
                bind(save, bucket, chunk);
                if (numbers.length > 0) {
                    save.setBytes(5, numbers);
                    save.setBytes(6, bucket.sums.figures(chunk));
                }
                save.executeUpdate();
            }
            for (int i = 0; i < touched.length && besides != null; i++) {
                long after = bucket.sums.count(touched[i]);
                besides.changed(bucket, touched[i], after - more[i], after);
            }
            if (bucket.level == 0) {
                noteGone(bucket);
            }
            bucket.sums = new KeySums(width());
            bucket.touched = new BitSet();
        }

        private void addSaved(Bucket bucket, int chunk) throws SQLException {
            PreparedStatement select = session.prepare("SELECT numbers, figures FROM " + GROUPS
                    + " WHERE dim = ? AND level = ? AND bucket = ? AND chunk = ?");
            bind(select, bucket, chunk);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    bucket.sums.addAll(chunk, row.getBytes(1), row.getBytes(2));
                }
            }
        }

        private static void bind(PreparedStatement statement, Bucket bucket, int chunk) throws SQLException {
            statement.setInt(1, bucket.dimension);
            statement.setInt(2, bucket.level);
            statement.setString(3, bucket.name);
            statement.setInt(4, chunk);
        }

        /** Only noted: if what there is was saved halfway, more of such a key may follow. */
        private void noteGone(Bucket all) {
            BitSet gone = this.gone.get(all.dimension - 1);
            all.touched.stream().forEach(number -> gone.set(number, all.sums.count(number) == 0));
        }

        private void removeGone() throws SQLException {
            PreparedStatement delete = session.prepare("DELETE FROM " + KEYS + " WHERE dim = ? AND number = ?");
            for (int dimension : DIMENSIONS) {
                BitSet numbers = gone.get(dimension - 1);
                for (int i = numbers.nextSetBit(0); i >= 0; i = numbers.nextSetBit(i + 1)) {
                    delete.setInt(1, dimension);
                    delete.setInt(2, i);
                    delete.executeUpdate();
                }
            }
        }
    }
}
