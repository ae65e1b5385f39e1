// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.Envelope;

/** What became of one message of several. */
public sealed interface BatchItem {
    /** The answer, or the exception of {@link Failed}. */
    Envelope orThrow();

    /**
     * It was answered.
     *
     * @param answer the envelope that answers it
     */
    record Ok(Envelope answer) implements BatchItem {
        @Override
        public Envelope orThrow() {
            return answer;
        }
    }

    /**
     * It was not; the others are not concerned.
     *
     * @param failure what {@link ASAPClient#send(Envelope)} would have thrown for it
     */
    record Failed(ASAPException failure) implements BatchItem {
        @Override
        public Envelope orThrow() {
            throw failure;
        }
    }
}
