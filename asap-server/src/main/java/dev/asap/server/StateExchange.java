// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.CustomPayload;
import dev.asap.model.Payload;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.state.SnapshotStore;
import dev.asap.state.StateSnapshot;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code state_query} and {@code state_restore} from the snapshot store, and has restored tasks resumed. */
final class StateExchange {
    static final String QUERY_RESPONSE = "state_query.response";
    static final String RESTORE_ACK = "state_restore.ack";

    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);
    private static final String NOT_FOUND = "snapshot not found";

    private final StateAuthorizer authorizer;
    private final ResumeHandler resumeHandler;
    private final Executor executor;

    StateExchange(StateAuthorizer authorizer, ResumeHandler resumeHandler, Executor executor) {
        this.authorizer = authorizer;
        this.resumeHandler = resumeHandler;
        this.executor = executor;
    }

    Payload query(StateQuery query, RequestContext context) {
        Optional<StateSnapshot> snapshot = Optional.empty();
        // A task that the caller may not see looks like one that is not there.
        if (authorizer.permits(context, query.taskId())) {
            SnapshotStore store = context.storage().snapshots();
            Long version = query.version();
            snapshot = version == null ? store.get(query.taskId()) : store.get(query.taskId(), version);
        }
        JsonObject answer = snapshot.map(found -> JsonObject.of(
                        "found", true, "snapshot", ASAPCodec.strict().toJson(found, WireForm.FULL)))
                .orElseGet(() -> JsonObject.of("found", false, "error", NOT_FOUND));
        return CustomPayload.of(QUERY_RESPONSE, answer);
    }

    Payload restore(StateRestore restore, RequestContext context) {
        if (restore.taskId().isEmpty() || restore.snapshotId().isEmpty()) {
            return refused("missing task_id or snapshot_id");
        }
        Optional<StateSnapshot> snapshot = Optional.empty();
        if (authorizer.permits(context, restore.taskId())) {
            snapshot = context.storage()
                    .snapshots()
                    .findById(restore.snapshotId())
                    .filter(found -> found.taskId().equals(restore.taskId()));
        }
        if (snapshot.isEmpty()) {
            return refused(NOT_FOUND);
        }
        StateSnapshot found = snapshot.get();
        try {
            executor.execute(() -> resume(found, context));
        } catch (RejectedExecutionException e) {
            LOG.warn(
                    "Task {} was not resumed: too many wait already, or the server is closing",
                    LogText.of(found.taskId()));
            return refused("too many tasks are being resumed: try again later");
        }
        return CustomPayload.of(
                RESTORE_ACK, JsonObject.of("ok", true, "task_id", found.taskId(), "snapshot_id", found.id()));
    }

    private void resume(StateSnapshot snapshot, RequestContext context) {
        try {
            resumeHandler.resume(snapshot, context);
        } catch (Exception e) {
            LOG.error(
                    "Task {} could not go on from snapshot {}",
                    LogText.of(snapshot.taskId()),
                    LogText.of(snapshot.id()),
                    e);
        }
    }

    private static Payload refused(String why) {
        return CustomPayload.of(RESTORE_ACK, JsonObject.of("ok", false, "error", why));
    }
}
