// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.storage.StorageConfigurationException;
import dev.asap.store.jdbc.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteJDBCLoader;

/** Opens a database file so that what cannot work is found out here, with a remedy, and not at some later write. */
final class SQLiteFile {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private SQLiteFile() {}

    /** Looks at the path before SQLite does: its messages do not say what to do. */
    static void requireUsable(Path path) {
        if (path.toString().equals(":memory:")) {
            throw new StorageConfigurationException(
                    "SQLite's ':memory:' is not supported: it would be a database of its own for each connection. Use the"
                            + " backend 'memory' (dev.asap:asap-store-memory), or a file in a temporary folder",
                    null);
        }
        Path absolute = path.toAbsolutePath();
        Path folder = absolute.getParent();
        String problem = null;
        if (path.toString().isEmpty()) {
            problem = "it is empty: name a file, as in asap_state.db";
        } else if (Files.isDirectory(absolute)) {
            problem = "it is a folder: name a file in it, as in " + path.resolve("asap_state.db");
        } else if (folder != null && !Files.exists(folder)) {
            problem = "the folder '" + folder + "' does not exist: create it";
        } else if (folder != null && !Files.isDirectory(folder)) {
            problem = "'" + folder + "' is no folder: name another";
        } else if (folder != null && !Files.isWritable(folder)) {
            problem = "the folder '" + folder
                    + "' cannot be written, and the log beside the file must be: allow it to this"
                    + " user, or name another folder";
        } else if (Files.exists(absolute) && !(Files.isReadable(absolute) && Files.isWritable(absolute))) {
            problem = "the file cannot be read and written by this user: allow it, or name another file";
        }
        if (problem != null) {
            throw unusable(path, problem);
        }
    }

    /** Opens the connection that will write, with the schema of this version in the file. */
    static SQLiteSession open(SQLiteOptions options) throws SQLException {
        loadNativeLibrary();
        SQLiteSession session = SQLiteSession.open(options.path(), options.busyTimeout());
        try {
            requireUtf8(options.path(), session);
            useWriteAheadLog(options, session);
            session.ask("PRAGMA synchronous = " + options.durability());
            if (options.durability() == Durability.FULL) {
                // macOS flushes to the disk's own cache only, unless told otherwise; no effect elsewhere.
                session.ask("PRAGMA fullfsync = ON");
            }
            // 64 MB of log between two checkpoints instead of 4, and 16 MB of pages at hand instead of 2: what many
            // writes
            // touch, such as the leaves of an index, is then copied and read once for all of them.
            session.ask("PRAGMA wal_autocheckpoint = 16000");
            session.ask("PRAGMA cache_size = -16000");
            migrate(options.path(), session);
            // What a statement with triggers would undo is kept in a file otherwise: a third of the time of such a
            // write. Not before the migrations, which sort whole tables.
            session.ask("PRAGMA temp_store = MEMORY");
            // The writer waits for the lock in slices, so that it can be closed in between.
            Duration slice = options.busyTimeout().compareTo(GroupCommitWriter.BUSY_SLICE) < 0
                    ? options.busyTimeout()
                    : GroupCommitWriter.BUSY_SLICE;
            session.ask("PRAGMA busy_timeout = " + slice.toMillis());
            return session;
        } catch (SQLException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static void loadNativeLibrary() {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception | LinkageError e) {
            throw new StorageConfigurationException(
                    "SQLite's native library cannot be loaded: " + e
                            + ". On JDK 24 and later native code has to be allowed: start java with"
                            + " --enable-native-access=ALL-UNNAMED (org.xerial.sqlitejdbc instead of ALL-UNNAMED where it is"
                            + " on the module path). Otherwise check that the temporary folder ("
                            + System.getProperty("java.io.tmpdir")
                            + ") can be written and run from, or name another with -Dorg.sqlite.tmpdir",
                    e);
        }
    }

    private static void requireUtf8(Path path, SQLiteSession session) throws SQLException {
        String encoding = session.ask("PRAGMA encoding");
        if (!encoding.equals("UTF-8")) {
            throw unusable(
                    path,
                    "its texts are encoded as " + encoding + ", not as UTF-8: name another file, and copy the rows");
        }
    }

    private static void useWriteAheadLog(SQLiteOptions options, SQLiteSession session) throws SQLException {
        long deadline = System.nanoTime() + options.busyTimeout().toNanos();
        while (true) {
            try {
                String mode = session.ask("PRAGMA journal_mode = WAL");
                if (!mode.toLowerCase(Locale.ROOT).equals("wal")) {
                    throw unusable(
                            options.path(),
                            "its file system does not support SQLite's write-ahead log (the journal stays '" + mode
                                    + "'): name a file on a local disk");
                }
                return;
            } catch (SQLException e) {
                // Whoever has the file open in another mode must let go of it for a moment; SQLite does not wait for
                // that.
                if (!SQLiteFailures.isBusy(e) || System.nanoTime() - deadline >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void migrate(Path path, SQLiteSession session) throws SQLException {
        session.execute("BEGIN IMMEDIATE");
        try {
            requireSnapshotTable(path, session);
            boolean completed = completeOldTables(session);
            int applied = SQLiteSchema.MIGRATIONS.apply(session);
            int current = Migrations.current(session);
            if (current > SQLiteSchema.MIGRATIONS.latest()) {
                throw unusable(
                        path,
                        "a newer version of this library has written it (schema " + current + ", this version knows "
                                + SQLiteSchema.MIGRATIONS.latest() + "): use that version, or name another file");
            }
            session.execute(completed || applied > 0 ? "COMMIT" : "ROLLBACK");
        } catch (SQLException | RuntimeException e) {
            try {
                session.execute("ROLLBACK");
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Early files name no delegates; later releases of the Python implementation add the column too. */
    private static boolean completeOldTables(SQLiteSession session) throws SQLException {
        boolean isOld;
        try (ResultSet row = session.prepare("SELECT COUNT(*) > 0 AND SUM(name = 'delegate_urn') = 0"
                        + " FROM pragma_table_info('issued_delegations')")
                .executeQuery()) {
            isOld = row.next() && row.getInt(1) == 1;
        }
        if (isOld) {
            session.execute("ALTER TABLE issued_delegations ADD COLUMN delegate_urn TEXT");
        }
        return isOld;
    }

    /** A table of that name which is not the protocol's would be written to, and found out at the worst time. */
    private static void requireSnapshotTable(Path path, SQLiteSession session) throws SQLException {
        List<String> columns = new ArrayList<>();
        List<String> key = new ArrayList<>();
        try (ResultSet rows = session.prepare("SELECT name, pk FROM pragma_table_info('snapshots') ORDER BY pk, cid")
                .executeQuery()) {
            while (rows.next()) {
                columns.add(rows.getString(1));
                if (rows.getInt(2) > 0) {
                    key.add(rows.getString(1));
                }
            }
        }
        if (!columns.isEmpty()
                && !(columns.containsAll(SQLiteSchema.SNAPSHOT_COLUMNS) && key.equals(SQLiteSchema.SNAPSHOT_KEY))) {
            throw unusable(
                    path,
                    "its table snapshots has the columns " + columns + " and the key " + key + ", not "
                            + SQLiteSchema.SNAPSHOT_COLUMNS + " and " + SQLiteSchema.SNAPSHOT_KEY
                            + ": name another file");
        }
    }

    private static StorageConfigurationException unusable(Path path, String problem) {
        return new StorageConfigurationException("Cannot use '" + path + "' as a SQLite storage: " + problem, null);
    }
}
