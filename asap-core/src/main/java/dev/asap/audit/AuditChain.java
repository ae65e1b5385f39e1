// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditVerification.Broken;
import dev.asap.audit.AuditVerification.Flaw;
import dev.asap.audit.AuditVerification.Intact;
import org.jspecify.annotations.Nullable;

/** Verifies entries one by one, in the order of a log; for stores. Not thread-safe. */
public final class AuditChain {
    private long entries;
    private String lastHash;
    private @Nullable Broken broken;

    /**
     * Begins behind an entry.
     *
     * @param before the hash of that entry, or an empty text at the beginning of a log
     */
    public AuditChain(String before) {
        this.lastHash = requireNonNull(before, "before");
    }

    /**
     * Verifies the next entry.
     *
     * @param id the entry's id
     * @param hashedText what is hashed of it, see {@link AuditEntry#hashedText}, or null where its content is unreadable
     * @param prevHash the hash of the entry before, as it has it
     * @param hash its hash, as it has it
     * @return whether everything is right so far: to go on makes sense only then
     */
    public boolean accept(String id, @Nullable String hashedText, String prevHash, String hash) {
        if (broken != null) {
            return false;
        }
        Flaw flaw = flaw(hashedText, prevHash, hash);
        if (flaw != null) {
            broken = new Broken(entries, id, flaw);
            return false;
        }
        entries++;
        lastHash = hash;
        return true;
    }

    private @Nullable Flaw flaw(@Nullable String hashedText, String prevHash, String hash) {
        if (!prevHash.equals(lastHash)) {
            return Flaw.DOES_NOT_FOLLOW;
        } else if (hashedText == null) {
            return Flaw.UNREADABLE;
        }
        return AuditEntry.hash(prevHash, hashedText).equals(hash) ? null : Flaw.HASH_DIFFERS;
    }

    /** What came out so far. */
    public AuditVerification result() {
        if (broken != null) {
            return broken;
        }
        return new Intact(entries, entries == 0 ? "" : lastHash);
    }
}
