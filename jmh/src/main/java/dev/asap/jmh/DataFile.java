// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.store.sqlite.SQLiteStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Database files with many rows. Each is made once, stays in the temporary folder, and is only read; delete the folder {@code asap-jmh}
 * there when the schema has changed.
 */
final class DataFile {
    static final int SMALL = 10_000;
    static final int LARGE = 1_000_000;

    /** Fills the protocol's tables, in one transaction; what we keep beside them comes when the file is opened. */
    @FunctionalInterface
    interface Filling {
        void fill(Connection connection, int rows) throws SQLException;
    }

    private DataFile() {}

    /** The file of this name with so many rows; makes it where there is none. */
    static Path of(String name, int rows, Filling filling) throws IOException, SQLException {
        Path folder = Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir"), "asap-jmh"));
        Path file = folder.resolve(name + "-" + rows + ".db");
        if (!Files.exists(file)) {
            Path unfinished = folder.resolve(name + "-" + rows + ".part");
            Files.deleteIfExists(unfinished);
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + unfinished)) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("PRAGMA synchronous = OFF");
                }
                connection.setAutoCommit(false);
                filling.fill(connection, rows);
                connection.commit();
            }
            SQLiteStorage.open(unfinished).close();
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }
}
