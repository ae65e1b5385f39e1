// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** When messages travel over HTTP/2. */
public enum Http2 {
    /** Over TLS, with peers that agree to it; HTTP/1.1 otherwise. */
    WHERE_AGREED,
    /** Never: HTTP/1.1 only. */
    NEVER,
    /**
     * Always and without TLS, by prior knowledge: for a peer inside a trusted network that is known to speak it. A peer that does
     * not cannot be called.
     */
    PRIOR_KNOWLEDGE
}
