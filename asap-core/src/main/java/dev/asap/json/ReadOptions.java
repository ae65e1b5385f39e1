// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import dev.asap.id.Ulid;
import java.time.Clock;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * How records are read.
 *
 * @param unknownMembers what happens to members (and values of enumerations) that this library does not know
 * @param clock gives the time that a message without one gets
 * @param ids gives the id that a message without one gets
 */
public record ReadOptions(UnknownMembers unknownMembers, InstantSource clock, Supplier<String> ids) {
    /** What happens to what this library does not know. */
    public enum UnknownMembers {
        /** It is refused: what the protocol demands of a receiver of requests. */
        REFUSE,
        /** It is passed over: what lets a client understand a newer peer. */
        IGNORE
    }

    private static final ReadOptions STRICT = new ReadOptions(UnknownMembers.REFUSE, Clock.systemUTC(), Ulid::next);
    private static final ReadOptions TOLERANT = new ReadOptions(UnknownMembers.IGNORE, Clock.systemUTC(), Ulid::next);

    /** Refuses what it does not know; system clock, generated ids. */
    public static ReadOptions strict() {
        return STRICT;
    }

    /** Passes over what it does not know; system clock, generated ids. */
    public static ReadOptions tolerant() {
        return TOLERANT;
    }

    /** The same with another clock. */
    public ReadOptions withClock(InstantSource other) {
        return new ReadOptions(unknownMembers, other, ids);
    }

    boolean isStrict() {
        return unknownMembers == UnknownMembers.REFUSE;
    }
}
