// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcId;

/**
 * One envelope of a batch.
 *
 * @param id what the element of the answer is found by
 * @param envelope the envelope
 * @param idempotencyKey stays the same when the envelope is delivered again
 */
public record Delivery(JsonRpcId id, Envelope envelope, String idempotencyKey) {}
