// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

import org.jspecify.annotations.Nullable;

/** Copies what a reference leads to where every host finds it, and gives the new address. */
@FunctionalInterface
public interface ReferenceRewriter {
    /**
     * The new address of what a reference leads to, as in {@code https://store.example/r/3}; null to leave the reference as it is. May be
     * called again for the same reference.
     */
    @Nullable
    String rewrite(ArtifactReference reference);
}
