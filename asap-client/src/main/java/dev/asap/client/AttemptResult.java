// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/**
 * What became of one attempt.
 *
 * @param <T> what the answer is read as
 */
sealed interface AttemptResult<T> {
    /** There is an answer. */
    record Answered<T>(T value) implements AttemptResult<T> {}

    /** There is none that can be used. */
    record Failed<T>(AttemptFailure failure) implements AttemptResult<T> {}
}
