// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.store.sqlite;

import dev.asap.store.jdbc.SqlExecutor;
import dev.asap.store.jdbc.SqlWork;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Notes the statements that run. For one caller at a time. */
final class RecordingExecutor implements SqlExecutor {
    private final SqlExecutor executor;
    private final List<String> statements = new ArrayList<>();

    RecordingExecutor(SqlExecutor executor) {
        this.executor = executor;
    }

    /** The statements since the last call. */
    Set<String> take() {
        Set<String> taken = new LinkedHashSet<>(statements);
        statements.clear();
        return taken;
    }

    /** How many statements a call runs. */
    int statementsOf(Runnable call) {
        statements.clear();
        call.run();
        return statements.size();
    }

    private <T> SqlWork<T> recording(SqlWork<T> work) {
        return session -> work.run(sql -> {
            statements.add(sql);
            return session.prepare(sql);
        });
    }

    @Override
    public <T> T read(SqlWork<T> work) {
        return executor.read(recording(work));
    }

    @Override
    public <T> T readTogether(SqlWork<T> work) {
        return executor.readTogether(recording(work));
    }

    @Override
    public <T> T write(SqlWork<T> work) {
        return executor.write(recording(work));
    }

    @Override
    public <T> CompletableFuture<T> writeAsync(SqlWork<T> work) {
        return executor.writeAsync(recording(work));
    }
}
