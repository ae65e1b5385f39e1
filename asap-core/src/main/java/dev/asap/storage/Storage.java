// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.storage;

import static java.util.Objects.requireNonNull;

import dev.asap.audit.AuditStore;
import dev.asap.delegation.DelegationStore;
import dev.asap.metering.MeteringStore;
import dev.asap.sla.SLAStore;
import dev.asap.state.SnapshotStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One handle on all stores of one place: a database file, or the memory of this process.
 *
 * <p>Thread-safe. The stores live as long as the storage: {@link #close()} ends them all.
 *
 * <pre>{@code
 * try (Storage storage = Storage.fromEnvironment()) {
 *     storage.snapshots().save(StateSnapshot.of("task_1", 1, JsonObject.of("step", 1)));
 * }
 * }</pre>
 */
public interface Storage extends AutoCloseable {
    /** The environment variable that names the kind of storage: {@code memory} (the default) or {@code sqlite}. */
    String BACKEND_VARIABLE = "ASAP_STORAGE_BACKEND";

    /** The environment variable that names the database file: {@code asap_state.db} when it is not set. */
    String PATH_VARIABLE = "ASAP_STORAGE_PATH";

    /** The kind of storage, as in {@code sqlite}. */
    String name();

    /** The snapshots of tasks. */
    SnapshotStore snapshots();

    /**
     * What agents used.
     *
     * @throws StorageConfigurationException if this storage keeps none
     */
    default MeteringStore metering() {
        throw without("usage");
    }

    /**
     * How well agents served, and which promises they did not keep.
     *
     * @throws StorageConfigurationException if this storage keeps none
     */
    default SLAStore sla() {
        throw without("figures of service");
    }

    /**
     * Which delegations were issued, revoked and used.
     *
     * @throws StorageConfigurationException if this storage keeps none
     */
    default DelegationStore delegations() {
        throw without("delegations");
    }

    /**
     * The audit log.
     *
     * @throws StorageConfigurationException if this storage keeps none
     */
    default AuditStore audit() {
        throw without("audit log");
    }

    private StorageConfigurationException without(String what) {
        return new StorageConfigurationException(
                "The storage '" + name() + "' keeps no " + what
                        + ": use one that does, as the backends memory and sqlite do, or hand a store to Storage.builder()",
                null);
    }

    /**
     * Whether the storage answers: asks the medium.
     *
     * @throws StorageException if it does not
     */
    void check();

    /** Ends the storage after what it was told to write is written; waits 10 seconds at most. Does nothing the second time. */
    @Override
    default void close() {
        close(Duration.ofSeconds(10));
    }

    /** Like {@link #close()}, with another bound on the wait. */
    void close(Duration timeout);

    /**
     * A storage over a snapshot store of one's own, named {@code custom}. Whoever made the store closes it: {@link #close()}
     * of this storage does not.
     */
    static Storage of(SnapshotStore snapshots) {
        return builder().snapshots(snapshots).build();
    }

    /**
     * Starts a storage over stores of one's own, named {@code custom}. Asked for a store that it was not given, it throws a {@link
     * StorageConfigurationException}.
     *
     * <pre>{@code
     * Storage storage = Storage.builder().snapshots(mySnapshots).metering(myMetering).build();
     * }</pre>
     */
    static Builder builder() {
        return new Builder();
    }

    /** The stores of a storage of one's own. Whoever made them closes them: the storage does not. Not thread-safe. */
    final class Builder {
        @Nullable
        SnapshotStore snapshots;

        @Nullable
        MeteringStore metering;

        @Nullable
        SLAStore sla;

        @Nullable
        DelegationStore delegations;

        @Nullable
        AuditStore audit;

        private Builder() {}

        /** Keeps snapshots here. */
        public Builder snapshots(SnapshotStore snapshots) {
            this.snapshots = requireNonNull(snapshots, "snapshots");
            return this;
        }

        /** Keeps what agents used here. */
        public Builder metering(MeteringStore metering) {
            this.metering = requireNonNull(metering, "metering");
            return this;
        }

        /** Keeps how well agents served here. */
        public Builder sla(SLAStore sla) {
            this.sla = requireNonNull(sla, "sla");
            return this;
        }

        /** Keeps delegations here. */
        public Builder delegations(DelegationStore delegations) {
            this.delegations = requireNonNull(delegations, "delegations");
            return this;
        }

        /** Keeps the audit log here. */
        public Builder audit(AuditStore audit) {
            this.audit = requireNonNull(audit, "audit");
            return this;
        }

        /**
         * Creates the storage.
         *
         * @throws StorageConfigurationException if it was given no store at all
         */
        public Storage build() {
            return new CustomStorage(this);
        }
    }

    /**
     * Opens the storage that the environment variables {@value #BACKEND_VARIABLE} and {@value #PATH_VARIABLE} name.
     *
     * @throws StorageConfigurationException if the backend is unknown or its module missing, or the path cannot be used
     */
    static Storage fromEnvironment() {
        return fromEnvironment(System::getenv);
    }

    /**
     * Opens the storage that variables name, wherever they come from.
     *
     * @param variables gives the value of a variable, or null where it is not set
     * @throws StorageConfigurationException if the backend is unknown or its module missing, or the path cannot be used
     */
    static Storage fromEnvironment(UnaryOperator<@Nullable String> variables) {
        String backend = variables.apply(BACKEND_VARIABLE);
        String path = variables.apply(PATH_VARIABLE);
        try {
            return open(
                    backend == null ? "memory" : backend,
                    path == null ? StorageSettings.defaults() : new StorageSettings(Path.of(path.strip())));
        } catch (InvalidPathException e) {
            throw new StorageConfigurationException(
                    PATH_VARIABLE + "='" + path + "' is no path on this system: " + e.getReason(), e);
        }
    }

    /**
     * Opens a storage of the kind with this name, trimmed and in any case.
     *
     * @throws StorageConfigurationException if the backend is unknown or its module missing, or the settings cannot be used
     */
    static Storage open(String backend, StorageSettings settings) {
        String name = backend.strip().toLowerCase(Locale.ROOT);
        TreeMap<String, StorageProvider> providers = new TreeMap<>();
        for (StorageProvider provider : ServiceLoader.load(StorageProvider.class)) {
            providers.putIfAbsent(provider.name(), provider);
        }
        StorageProvider provider = providers.get(name);
        if (provider != null) {
            return provider.open(settings);
        }
        String known = providers.keySet().stream().map(p -> "'" + p + "'").collect(Collectors.joining(" or "));
        String remedy = providers.isEmpty()
                ? "No storage module is on the class path: add dev.asap:asap-store-memory or dev.asap:asap-store-sqlite."
                : "Use " + known + ".";
        throw new StorageConfigurationException("Unknown " + BACKEND_VARIABLE + "='" + name + "'. " + remedy, null);
    }
}
