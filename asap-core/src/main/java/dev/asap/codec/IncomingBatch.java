// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import dev.asap.json.Outcome;
import dev.asap.rpc.JsonRpcId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client reads out of the body of the answer to a batch. */
public sealed interface IncomingBatch {
    /**
     * The peer answered the envelopes one by one.
     *
     * @param elements in the order of the answer
     */
    record Answers(List<Element> elements) implements IncomingBatch {
        /** Copies the list. */
        public Answers {
            elements = List.copyOf(elements);
        }
    }

    /**
     * The peer gave one answer to all: it refused them as a whole, or does not know batches.
     *
     * @param answer what it answered
     */
    record Whole(IncomingAnswer answer) implements IncomingBatch {}

    /**
     * The answer to one envelope.
     *
     * @param id the id of the request that it answers; null where the element names none
     * @param answer what it says, or what is wrong with it
     */
    record Element(@Nullable JsonRpcId id, Outcome<IncomingAnswer> answer) {}
}
