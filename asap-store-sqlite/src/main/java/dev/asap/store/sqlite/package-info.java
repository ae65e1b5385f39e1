/**
 * Every store in one SQLite file, which the Python implementation of the protocol can share: one writer that commits the
 * waiting writes of many callers together, readers beside it that do not wait for it.
 */
@NullMarked
package dev.asap.store.sqlite;

import org.jspecify.annotations.NullMarked;
