/** Every store in one SQLite file. */
module dev.asap.store.sqlite {
    requires transitive dev.asap.core;
    requires dev.asap.store.jdbc;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;
    requires static transitive org.jspecify;

    exports dev.asap.store.sqlite;

    provides dev.asap.storage.StorageProvider with
            dev.asap.store.sqlite.SQLiteStorageProvider;
}
