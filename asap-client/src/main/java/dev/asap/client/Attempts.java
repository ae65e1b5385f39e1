// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/**
 * How one call is tried, again and again. Used by one thread at a time.
 *
 * @param <T> what the answer is read as
 */
@FunctionalInterface
interface Attempts<T> {
    /** Makes an attempt and waits for what becomes of it. Throws nothing that belongs to the call. */
    AttemptResult<T> attempt(MessageCall<T> call);
}
