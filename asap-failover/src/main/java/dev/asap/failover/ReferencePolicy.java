// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

/** What happens to a snapshot that refers to what only one host has, when it leaves that host. */
public enum ReferencePolicy {
    /** It does not leave. */
    REFUSE,
    /** It leaves, and the references are reported where there is a report for them. */
    WARN,
    /** It leaves; nobody looks at its references. */
    ALLOW
}
