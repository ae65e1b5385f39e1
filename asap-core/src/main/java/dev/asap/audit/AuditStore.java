// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

import dev.asap.page.Page;
import dev.asap.page.PageRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an audit log, to which entries can only be added.
 *
 * <p>Implementations are thread-safe, and so that several that write to one place make one chain. Entries stand in the order of their
 * appending, whatever their times say. A call that returns has happened, and is seen by every later call. Failures of the medium are
 * {@link dev.asap.storage.StorageException}s.
 *
 * <p>Prove a store of one's own by extending the contract suite {@code AuditStoreContract} of the module {@code asap-testkit}.
 */
public interface AuditStore {
    /** The most entries that {@link #appendAll} takes at once. */
    int MAX_BATCH = 10_000;

    /**
     * Adds an entry to the end of the log; hashes that it has are not looked at.
     *
     * @return the entry as it stands in the log, with its hashes
     * @throws dev.asap.validation.ValidationException if its operation has a {@code |} in it
     * @throws dev.asap.storage.StorageException if its id is in the log already
     */
    default AuditEntry append(AuditEntry entry) {
        return appendAll(List.of(entry)).get(0);
    }

    /**
     * Adds entries to the end of the log, one directly behind the other, all or none.
     *
     * @return the entries as they stand in the log
     * @throws IllegalArgumentException if they are more than {@value #MAX_BATCH}
     * @throws dev.asap.validation.ValidationException if an operation has a {@code |} in it
     * @throws dev.asap.storage.StorageException if an id is there already
     */
    List<AuditEntry> appendAll(List<AuditEntry> entries);

    /**
     * Adds entries like {@link #appendAll} without waiting; the future completes when {@code appendAll} would return, and fails with
     * what it would throw. By default it appends in the calling thread; stores that write in the background override it.
     */
    default CompletableFuture<List<AuditEntry>> appendAllAsync(List<AuditEntry> entries) {
        try {
            return CompletableFuture.completedFuture(appendAll(entries));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The entries that a filter means, in the order of the log, by pages; with their exact total. */
    Page<AuditEntry> query(AuditFilter filter, PageRequest request);

    /**
     * Hands over all entries that a filter means, in the order of the log, without holding them in memory. What is appended meanwhile
     * may or may not be among them. The receiver may use the store.
     */
    void export(AuditFilter filter, Consumer<AuditEntry> receiver);

    /** Verifies the whole log, as far as it goes when this begins. */
    default AuditVerification verify() {
        return verify(null, null);
    }

    /**
     * Verifies a part of the log: from the first entry, in the order of the log, with a time in a range to the last such, and that the
     * first follows from the entry before it. Reads entry by entry and holds a page of them in memory.
     *
     * @param start the earliest time, itself included, or null
     * @param end the latest time, itself included, or null
     */
    AuditVerification verify(@Nullable Instant start, @Nullable Instant end);

    /** How many entries there are. */
    long count();

    /** How far the log has come. */
    AuditHead head();
}
