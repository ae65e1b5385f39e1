// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What was chosen in {@link SQLiteStorage.Builder}. */
record SQLiteOptions(
        Path path,
        Durability durability,
        int readers,
        Duration busyTimeout,
        int maxQueuedWrites,
        Duration queueTimeout,
        @Nullable Executor callbackExecutor,
        @Nullable Duration usageRetention,
        @Nullable Duration slaRetention,
        Duration usageJournal) {}
