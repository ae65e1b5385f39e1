// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.RemoteErrorException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one call is tried, again and again. Used by one thread at a time.
 *
 * @param <T> what the answer is read as
 */
@FunctionalInterface
interface Attempts<T> {
    /** Makes an attempt and waits for what becomes of it. Throws nothing that belongs to the call. */
    AttemptResult<T> attempt(MessageCall<T> call);

    /**
     * Parts of a value are sent again.
     *
     * @param reason why the peer refused what has to wait the longest
     * @param pause how long that is
     */
    record Repetition(RemoteErrorException reason, Duration pause) {}

    /**
     * Chooses what of the value that was read is sent again. From then on that alone is sent, and what is read for it takes its place
     * in the value.
     *
     * @param waits how long to wait before a part is sent again that was refused so; empty if it is not
     * @return empty if nothing is sent again
     */
    default Optional<Repetition> repeatParts(Function<RemoteErrorException, Optional<Duration>> waits) {
        return Optional.empty();
    }

    /**
     * What earlier attempts brought, when the last one failed as a whole.
     *
     * @param failure what the parts fail with that were sent again
     * @return empty if they brought nothing
     */
    default Optional<T> salvaged(ASAPException failure) {
        return Optional.empty();
    }
}
