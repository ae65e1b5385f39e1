// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

/**
 * A reference in a snapshot's data that leads nowhere from another host.
 *
 * @param pointer where it stands, as a JSON pointer
 * @param uri the reference
 */
public record ArtifactReference(String pointer, String uri) {}
