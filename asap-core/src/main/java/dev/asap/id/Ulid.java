// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.id;

import com.github.f4b6a3.ulid.UlidCreator;

/**
 * Makes the ids of this library: ULIDs, 26 characters of upper-case Crockford base32 that sort by time.
 *
 * <p>Ids made by one process rise strictly, also within one millisecond. Thread-safe. Ids that arrive from elsewhere are
 * plain text and are not checked: the protocol allows any.
 */
public final class Ulid {
    private Ulid() {}

    /** A new id, greater than every id that this process made before. */
    public static String next() {
        return UlidCreator.getMonotonicUlid().toString();
    }

    /** A new id behind a customary prefix, as in {@code task_01JZ3T8Q5E1A3B5C7D9E1F3G5H}. */
    public static String next(String prefix) {
        return prefix + next();
    }
}
