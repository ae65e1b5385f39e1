/**
 * Every store as SQL, written once: a store says what it reads and writes, a {@link dev.asap.store.jdbc.SqlExecutor} says on
 * which connection and in which transaction, a {@link dev.asap.store.jdbc.Dialect} says what differs between databases.
 * For the modules of this library that bring a database; applications use those.
 */
@NullMarked
package dev.asap.store.jdbc;

import org.jspecify.annotations.NullMarked;
