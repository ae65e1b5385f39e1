// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditStore;
import dev.asap.delegation.DelegationStore;
import dev.asap.metering.MeteringStore;
import dev.asap.sla.SLAStore;
import dev.asap.state.SnapshotStore;
import dev.asap.storage.Retention;
import dev.asap.storage.Storage;
import dev.asap.store.jdbc.JdbcAuditStore;
import dev.asap.store.jdbc.JdbcDelegationStore;
import dev.asap.store.jdbc.JdbcMeteringStore;
import dev.asap.store.jdbc.JdbcSLAStore;
import dev.asap.store.jdbc.JdbcSnapshotStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * All stores in one SQLite file.
 *
 * <p>Thread-safe; one per file and process is best, more do no harm. A write that has returned is durable as
 * {@link Durability} says, by default also when the power fails. The writes of many callers are committed together, so that
 * throughput rises with their number; reads run in the caller's thread on connections of their own and do not wait for
 * writes, except that usage events which wait in the journal are moved before usage is read ({@link Builder#usageJournal}). The Python
 * implementation of the protocol can use the same file at the same time.
 *
 * <pre>{@code
 * try (SQLiteStorage storage = SQLiteStorage.open(Path.of("asap_state.db"))) {
 *     storage.snapshots().save(StateSnapshot.of("task_1", 1, JsonObject.of("step", 1)));
 * }
 * }</pre>
 *
 * <p>On JDK 24 and later start java with {@code --enable-native-access=ALL-UNNAMED}: SQLite is native code.
 */
public final class SQLiteStorage implements Storage {
    /** The name of this kind of storage: {@value}. */
    public static final String NAME = "sqlite";

    private final SQLiteExecutor executor;
    private final SnapshotStore snapshots;
    private final MeteringStore metering;
    private final SLAStore sla;
    private final DelegationStore delegations;
    private final AuditStore audit;

    private SQLiteStorage(SQLiteOptions options) {
        this.executor = SQLiteExecutor.open(options);
        this.snapshots = new JdbcSnapshotStore(executor, new SQLiteDialect());
        this.metering = new JdbcMeteringStore(
                executor,
                options.usageRetention(),
                InstantSource.system(),
                !options.usageJournal().isZero());
        this.sla = new JdbcSLAStore(executor, options.slaRetention(), InstantSource.system());
        this.delegations = new JdbcDelegationStore(executor, InstantSource.system());
        this.audit = new JdbcAuditStore(executor, new SQLiteDialect());
    }

    /**
     * Opens a file with the options' defaults, and creates it where there is none; its folder must exist.
     *
     * @throws dev.asap.storage.StorageConfigurationException if the file cannot be used
     * @throws dev.asap.storage.StorageException if the file cannot be opened now, as when another process locks it
     */
    public static SQLiteStorage open(Path path) {
        return builder(path).open();
    }

    /** Starts a storage of this file with options. */
    public static Builder builder(Path path) {
        return new Builder(path);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SnapshotStore snapshots() {
        return snapshots;
    }

    @Override
    public MeteringStore metering() {
        return metering;
    }

    @Override
    public SLAStore sla() {
        return sla;
    }

    @Override
    public DelegationStore delegations() {
        return delegations;
    }

    @Override
    public AuditStore audit() {
        return audit;
    }

    /** {@inheritDoc} One small read from the file. */
    @Override
    public void check() {
        executor.read(session -> {
            try (var row = session.prepare("SELECT COUNT(*) FROM asap_counts").executeQuery()) {
                return row.next();
            }
        });
    }

    /**
     * {@inheritDoc} Takes no more calls, commits the writes that wait, moves what is left of usage events out of their journal, empties
     * the write-ahead log into the file and closes it.
     * What is not done in time is refused; a statement that is running then ends by itself and closes what it holds.
     */
    @Override
    public void close(Duration timeout) {
        executor.close(requireNonNull(timeout, "timeout"));
    }

    SQLiteExecutor executor() {
        return executor;
    }

    /** Options of a storage. Not thread-safe. */
    public static final class Builder {
        private final Path path;
        private Durability durability = Durability.FULL;
        private int readers = Math.max(4, Runtime.getRuntime().availableProcessors());
        private Duration busyTimeout = Duration.ofSeconds(15);
        private int maxQueuedWrites = 1024;
        private Duration queueTimeout = Duration.ofSeconds(15);
        private @Nullable Executor callbackExecutor;
        private @Nullable Duration usageRetention;
        private @Nullable Duration slaRetention;
        private Duration usageJournal = Duration.ofSeconds(1);

        private Builder(Path path) {
            this.path = requireNonNull(path, "path");
        }

        /** What a write that has returned survives; {@link Durability#FULL} by default. {@code NORMAL} saves a flush per commit. */
        public Builder durability(Durability durability) {
            this.durability = requireNonNull(durability, "durability");
            return this;
        }

        /**
         * The most connections that read at once; as many as processors by default, at least 4. They are opened when needed. More
         * help where reads wait for the disk, fewer save memory (each keeps up to 8 MB of pages).
         *
         * @throws IllegalArgumentException if the number is not 1 to 1000
         */
        public Builder readers(int readers) {
            this.readers = within("readers", readers, 1000);
            return this;
        }

        /**
         * How long to wait for a lock that another process holds, and for a free read connection; 15 seconds by default, as the
         * Python implementation does. Shorten it where a caller would rather fail fast.
         *
         * @throws IllegalArgumentException if the time is negative or above an hour
         */
        public Builder busyTimeout(Duration busyTimeout) {
            this.busyTimeout = within("busyTimeout", busyTimeout);
            return this;
        }

        /**
         * The most writes that wait for the writer; 1024 by default. A caller beyond them waits for {@link #queueTimeout}.
         * Bounds the memory that waiting writes take: lower it where their data is large.
         *
         * @throws IllegalArgumentException if the number is not 1 to 1,000,000
         */
        public Builder maxQueuedWrites(int maxQueuedWrites) {
            this.maxQueuedWrites = within("maxQueuedWrites", maxQueuedWrites, 1_000_000);
            return this;
        }

        /**
         * How long a caller waits for a place among the waiting writes before it gets a retryable
         * {@link dev.asap.storage.StorageException}; 15 seconds by default. Asynchronous writes wait in their caller's thread too:
         * it is what slows a producer down to the speed of the disk.
         *
         * @throws IllegalArgumentException if the time is negative or above an hour
         */
        public Builder queueTimeout(Duration queueTimeout) {
            this.queueTimeout = within("queueTimeout", queueTimeout);
            return this;
        }

        /**
         * What completes the futures of asynchronous writes, and so runs what hangs on them; by default a thread of the storage's
         * own. A callback that blocks there holds up the callbacks behind it, though no write: bring an executor where
         * callbacks take long or wait for other futures. It is not closed with the storage.
         */
        public Builder callbackExecutor(Executor callbackExecutor) {
            this.callbackExecutor = requireNonNull(callbackExecutor, "callbackExecutor");
            return this;
        }

        /**
         * For how long usage events are kept, as {@link MeteringStore#purgeExpired} has it; for ever by default.
         *
         * @throws IllegalArgumentException if the time is negative
         */
        public Builder usageRetention(Duration usageRetention) {
            this.usageRetention = new Retention(usageRetention).length();
            return this;
        }

        /**
         * For about how long usage events that come one by one may wait in a journal, until they are moved into the protocol's table
         * {@code usage_events} together; 1 second by default. They are durable there, every storage of this library sees them at
         * once, and many callers record some times as many in a second. Another program sees them when they are moved: after
         * this time, while a storage has the file open, and before it is closed. After a crash they are moved when the next storage opens the
         * file. Zero, for no journal, is for where such a program has to see each event at once, or reads of usage alternate with single
         * events so closely that each would have to move some.
         *
         * @throws IllegalArgumentException if the time is negative or above an hour
         */
        public Builder usageJournal(Duration usageJournal) {
            this.usageJournal = within("usageJournal", usageJournal);
            return this;
        }

        /**
         * For how long figures of service and breaches are kept, as {@link SLAStore#purgeExpired} has it; for ever by default.
         *
         * @throws IllegalArgumentException if the time is negative
         */
        public Builder slaRetention(Duration slaRetention) {
            this.slaRetention = new Retention(slaRetention).length();
            return this;
        }

        /**
         * Opens the file, and creates it where there is none; its folder must exist.
         *
         * @throws dev.asap.storage.StorageConfigurationException if the file cannot be used
         * @throws dev.asap.storage.StorageException if the file cannot be opened now, as when another process locks it
         */
        public SQLiteStorage open() {
            return new SQLiteStorage(new SQLiteOptions(
                    path,
                    durability,
                    readers,
                    busyTimeout,
                    maxQueuedWrites,
                    queueTimeout,
                    callbackExecutor,
                    usageRetention,
                    slaRetention,
                    usageJournal));
        }

        private static int within(String option, int value, int maximum) {
            if (value < 1 || value > maximum) {
                throw new IllegalArgumentException(option + " must be 1 to " + maximum + ", got " + value);
            }
            return value;
        }

        private static Duration within(String option, Duration value) {
            if (value.isNegative() || value.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException(option + " must be 0 to 1 hour, got " + value);
            }
            return value;
        }
    }
}
