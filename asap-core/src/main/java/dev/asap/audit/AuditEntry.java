// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.asap.id.Ulid;
import dev.asap.json.AsciiJson;
import dev.asap.json.JsonException;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log: who did what and when. In the log each entry carries the hash of the one before it and its own, which
 * covers that, the time, the operation and the details, but neither the id nor the agent: the protocol has it so.
 *
 * <pre>{@code
 * store.append(AuditEntry.of("task.request", sender, JsonObject.of("envelope_id", id)));
 * }</pre>
 *
 * @param id the entry's own id, a ULID by custom; once in a log
 * @param timestamp when it happened, in whole microseconds
 * @param operation what was done, such as the type of a payload
 * @param agentUrn who did it; customarily a URN, not checked
 * @param details more about it
 * @param prevHash the hash of the entry before; empty for the first of a log, and for one that is in none yet
 * @param hash the entry's hash, 64 hexadecimal digits in lower case; empty for an entry that is in no log yet
 */
public record AuditEntry(
        String id,
        Instant timestamp,
        String operation,
        String agentUrn,
        JsonObject details,
        String prevHash,
        String hash) {
    /**
     * Checks the rules and cuts the time to microseconds. The hashes are not checked.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing, or something has no form on the wire: a text that is
     *     no Unicode, details that could not be read back (see {@link JsonObject#requireReadable()}), a year beyond 1 to 9999
     */
    public AuditEntry {
        String unreadable = details == null ? null : whyUnreadable(details);
        Checks.of("AuditEntry")
                .required("id", id)
                .wellFormed("id", id)
                .required("timestamp", timestamp)
                .rule(
                        "timestamp",
                        timestamp == null || WireTime.isWritable(timestamp),
                        "must be in the years 1 to 9999")
                .required("operation", operation)
                .wellFormed("operation", operation)
                .required("agent_urn", agentUrn)
                .wellFormed("agent_urn", agentUrn)
                .required("details", details)
                .rule("details", unreadable == null, "must be JSON that can be read back: " + unreadable)
                .required("prev_hash", prevHash)
                .wellFormed("prev_hash", prevHash)
                .required("hash", hash)
                .wellFormed("hash", hash)
                .done();
        timestamp = WireTime.toPrecision(timestamp);
    }

    /** An entry with a new id, of now, that is in no log yet. */
    public static AuditEntry of(String operation, String agentUrn, JsonObject details) {
        return of(Ulid.next(), Instant.now(), operation, agentUrn, details);
    }

    /** An entry that is in no log yet. */
    public static AuditEntry of(String id, Instant timestamp, String operation, String agentUrn, JsonObject details) {
        return new AuditEntry(id, timestamp, operation, agentUrn, details, "", "");
    }

    /**
     * The same entry as it stands in a log behind the entry with this hash, whatever hashes it had.
     *
     * @param prevHash the hash of the entry before, or an empty text
     * @throws dev.asap.validation.ValidationException see {@link #hashedText()}
     */
    public AuditEntry sealedAfter(String prevHash) {
        return sealed(prevHash, hash(prevHash, hashedText()));
    }

    /** The same entry with these hashes, which nobody checks; for stores. */
    public AuditEntry sealed(String prevHash, String hash) {
        return new AuditEntry(id, timestamp, operation, agentUrn, details, prevHash, hash);
    }

    /** Whether the hash is the one of the content and the hash before. */
    public boolean hasValidHash() {
        try {
            String text = hashedText(WireTime.formatWithOffset(timestamp), operation, details);
            return hash.equals(hash(prevHash, text));
        } catch (JsonException e) {
            return false;
        }
    }

    /**
     * What is hashed of this entry beside the hash before it; for stores.
     *
     * @throws dev.asap.validation.ValidationException if the operation has a {@code |} in it, which separates the parts that are
     *     hashed, or a number in the details is beyond every double
     */
    public String hashedText() {
        Checks checks =
                Checks.of("AuditEntry").rule("operation", operation.indexOf('|') < 0, "must be without '|'", operation);
        checks.done();
        try {
            return hashedText(WireTime.formatWithOffset(timestamp), operation, details);
        } catch (JsonException e) {
            checks.rule("details", false, "must be JSON with numbers that doubles can hold: " + e.getMessage())
                    .done();
            throw e;
        }
    }

    /**
     * What is hashed of an entry with these parts beside the hash before it; for stores, which verify the texts that they have.
     *
     * @param timestamp the time as {@link WireTime#formatWithOffset} writes it
     * @throws JsonException if a number in the details is beyond every double, so that they have no canonical text
     */
    public static String hashedText(String timestamp, String operation, JsonObject details) {
        return '|' + timestamp + '|' + operation + '|' + AsciiJson.of(details);
    }

    /**
     * The hash of an entry; for stores.
     *
     * @param prevHash the hash of the entry before, or an empty text
     * @param hashedText what else is hashed, see {@link #hashedText()}
     */
    public static String hash(String prevHash, String hashedText) {
        try {
            byte[] text = (prevHash + hashedText).getBytes(UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static @Nullable String whyUnreadable(JsonObject details) {
        try {
            details.requireReadable();
            return null;
        } catch (JsonException e) {
            return e.getMessage();
        }
    }
}
