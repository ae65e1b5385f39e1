/** Every store as SQL: what the supported databases share. */
module dev.asap.store.jdbc {
    requires HdrHistogram;
    requires transitive dev.asap.core;
    requires transitive java.sql;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.asap.store.jdbc;
}
