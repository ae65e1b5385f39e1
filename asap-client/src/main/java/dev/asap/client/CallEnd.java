// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.Envelope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call has ended.
 *
 * @param outcome what came of it
 * @param attempts how many attempts were made; 0 if the call ended before the first
 * @param took the whole time, waits included
 * @param requestBytes the size of the last request's body as it was sent, 0 without a body
 * @param responseBytes the size of the last answer's body after inflation, 0 without an answer
 */
public record CallEnd(Outcome outcome, int attempts, Duration took, long requestBytes, long responseBytes) {
    /** What came of a call. */
    public sealed interface Outcome {}

    /**
     * There was an answer.
     *
     * @param message the message that came back; null for documents, streams and several messages in one answer
     */
    public record Answered(@Nullable Envelope message) implements Outcome {}

    /**
     * There was none, or a wrong one, or one that says that the peer failed.
     *
     * @param failure what the caller gets to see
     */
    public record Failed(ASAPException failure) implements Outcome {}

    /** The caller took the call back. */
    public record Cancelled() implements Outcome {}
}
