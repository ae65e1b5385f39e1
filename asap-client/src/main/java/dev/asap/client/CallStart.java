// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call when it begins.
 *
 * @param kind what is called
 * @param address where it goes, without secrets
 * @param message the message that is sent; null for documents and for several messages in one request
 */
public record CallStart(
        CallKind kind, String address, @Nullable Envelope message) {}
