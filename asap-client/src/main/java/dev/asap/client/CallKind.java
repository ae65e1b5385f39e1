// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** What a call of a client does. */
public enum CallKind {
    /** Sends one message and waits for the answer. */
    SEND,
    /** Sends several messages in one request. */
    BATCH,
    /** Sends one message and reads a stream of answers. */
    STREAM,
    /** Reads a manifest that the cache does not have. */
    MANIFEST,
    /** Asks an agent how it is doing. */
    HEALTH,
    /** Registers or manages the identity of an agent, or asks for a capability or uses it. */
    IDENTITY,
    /** Reads a registry, or which agents are revoked. */
    REGISTRY
}
