// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * A value of an enumeration that crosses the wire: its text is kept, also when a newer peer sends one that this library does
 * not know. Each type has its known values as constants, and {@code known()} for a {@code switch}.
 *
 * <p>Strict readers refuse unknown values, tolerant ones keep them.
 */
public interface WireEnum {
    /** The text on the wire, lower case. */
    String value();

    /** Whether this library knows the value. */
    boolean isKnown();
}
