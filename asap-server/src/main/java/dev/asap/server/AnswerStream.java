// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.id.AgentUrn;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.TaskStatus;
import dev.asap.model.TaskStream;
import java.time.InstantSource;

/**
 * An answer that is sent piece by piece. Each piece goes out at once; sending blocks while the caller is slow, and throws once it has
 * gone or the server was closed.
 *
 * <p>Belongs to the handler that it was given to and ends with it: a handler that returns without having sent a last piece has an
 * empty one sent for it. Not for several threads at once.
 */
public final class AnswerStream {
    private final Envelope request;
    private final AgentUrn self;
    private final InstantSource clock;
    private final StreamOutput output;
    private boolean ended;
    private TaskStatus status = TaskStatus.COMPLETED;

    AnswerStream(Envelope request, AgentUrn self, InstantSource clock, StreamOutput output) {
        this.request = request;
        this.self = self;
        this.clock = clock;
        this.output = output;
    }

    /**
     * Sends a piece of the answer's text.
     *
     * @throws StreamClosedException if nobody listens any more
     * @throws IllegalStateException after the last piece
     */
    public void chunk(String text) {
        send(new TaskStream(text, null, false, TaskStatus.WORKING));
    }

    /**
     * Sends a piece of the answer's text.
     *
     * @param progress how much of the answer there is now, 0 to 1
     * @throws StreamClosedException if nobody listens any more
     * @throws IllegalStateException after the last piece
     * @throws dev.asap.validation.ValidationException if the progress is out of bounds
     */
    public void chunk(String text, double progress) {
        send(new TaskStream(text, progress, false, TaskStatus.WORKING));
    }

    /**
     * Sends the last piece: the task is completed.
     *
     * @param text the piece; may be empty
     * @throws StreamClosedException if nobody listens any more
     * @throws IllegalStateException after the last piece
     */
    public void end(String text) {
        send(new TaskStream(text, 1.0, true, TaskStatus.COMPLETED));
    }

    /**
     * Sends any payload as a piece of the answer. A {@link TaskStream} that says so is the last one.
     *
     * @throws StreamClosedException if nobody listens any more
     * @throws IllegalStateException after the last piece
     */
    public void send(Payload payload) {
        if (ended) {
            throw new IllegalStateException("the last piece of the answer has been sent already");
        }
        Envelope piece =
                request.replyFrom(self, payload).timestamp(clock.instant()).build();
        output.send(piece);
        if (payload instanceof TaskStream chunk && chunk.isFinal()) {
            ended = true;
            status = chunk.status() == null ? TaskStatus.COMPLETED : chunk.status();
        }
    }

    /**
     * Whether another piece is wanted, as far as is known: false once a caller is known to have gone and when the server begins to close.
     * A caller that leaves quietly is noticed at the next piece.
     */
    public boolean isOpen() {
        return !ended && output.isOpen();
    }

    /** The state in which the task ended, as the last piece has it. */
    TaskStatus status() {
        return status;
    }

    /** Sends the last piece where the handler did not. */
    void finish() {
        if (!ended) {
            end("");
        }
    }
}
