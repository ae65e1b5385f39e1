// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

/** How much of a record is written. Every release of the protocol reads both forms. */
public enum WireForm {
    /** Every member, unset ones as {@code null} and defaults spelled out: what signatures are made over. */
    FULL,
    /** Only what is set and not the default: what peers older than a member still accept. */
    COMPACT
}
