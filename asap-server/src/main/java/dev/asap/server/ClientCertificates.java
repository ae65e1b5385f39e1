// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/** Whether a server asks callers for certificates when a TLS connection is made (mutual TLS). */
public enum ClientCertificates {
    /** None are asked for. */
    NONE,
    /** A caller may show one, which must then be trusted. */
    WANTED,
    /** Who shows none that is trusted is not connected. */
    REQUIRED
}
