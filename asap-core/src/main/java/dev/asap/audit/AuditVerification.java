// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

/** What came out when a log, or a part of it, was verified. */
public sealed interface AuditVerification {
    /** Whether nothing was found that is wrong. */
    default boolean isIntact() {
        return this instanceof Intact;
    }

    /**
     * Every entry follows from the one before it. That the end was cut off cannot be seen from the log alone: compare the hash to an
     * {@link AuditHead} that was kept elsewhere.
     *
     * @param entries how many were verified
     * @param lastHash the hash of the last of them; empty where there is none
     */
    record Intact(long entries, String lastHash) implements AuditVerification {}

    /**
     * An entry is wrong, the first in the order of the log.
     *
     * @param entries how many before it were verified
     * @param entryId the entry's id
     * @param flaw what is wrong with it
     */
    record Broken(long entries, String entryId, Flaw flaw) implements AuditVerification {}

    /** What can be wrong with an entry. */
    enum Flaw {
        /** It does not carry the hash of the entry before: one was added, removed or moved there, or two logs were mixed. */
        DOES_NOT_FOLLOW,
        /** Its hash is not that of its content: the time, the operation, the details or the hash was changed. */
        HASH_DIFFERS,
        /** Its content is none that could be hashed. */
        UNREADABLE
    }
}
