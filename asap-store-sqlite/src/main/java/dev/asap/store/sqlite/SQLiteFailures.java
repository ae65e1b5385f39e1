// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.ASAPException;
import dev.asap.storage.StorageConfigurationException;
import dev.asap.storage.StorageException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Says what went wrong with a database file, in words that lead to a remedy. */
final class SQLiteFailures {
    private SQLiteFailures() {}

    /** What a caller of an open storage is told. */
    static StorageException storage(String attempted, Path path, SQLException e) {
        return new StorageException(describe(attempted, path, e), isTransient(e), e);
    }

    /** What the opener of a storage is told: a wrong setting, or a file that is busy now. */
    static ASAPException opening(Path path, SQLException e) {
        String message = describe("open", path, e);
        return switch (code(e)) {
            case SQLITE_NOTADB, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH, SQLITE_CORRUPT ->
                new StorageConfigurationException(message, e);
            default -> new StorageException(message, isTransient(e), e);
        };
    }

    static StorageException closed(Path path) {
        return new StorageException("The storage of '" + path + "' is closed: open another one", false, null);
    }

    static boolean isBusy(SQLException e) {
        return code(e) == SQLiteErrorCode.SQLITE_BUSY;
    }

    /** Only what passes by itself: a full disk or a broken one does not. */
    private static boolean isTransient(SQLException e) {
        return switch (code(e)) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL, SQLITE_INTERRUPT -> true;
            default -> false;
        };
    }

    private static String describe(String attempted, Path path, SQLException e) {
        String remedy = switch (code(e)) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                ". Another process or connection holds the lock: try again later, or" + " raise the busy timeout";
            case SQLITE_FULL -> ". Free some space on the disk";
            case SQLITE_NOTADB -> ". The file is no SQLite database: name another";
            case SQLITE_CANTOPEN -> ". Check that the folder exists and can be written";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
                ". Check that this process may write the file and its" + " folder";
            case SQLITE_CORRUPT -> ". The file is damaged: restore a backup";
            default -> "";
        };
        return "Cannot " + attempted + " '" + path + "': " + e.getMessage() + remedy;
    }

    private static SQLiteErrorCode code(SQLException e) {
        // The driver gives the primary code here and the extended one inside.
        return SQLiteErrorCode.getErrorCode(e.getErrorCode());
    }
}
