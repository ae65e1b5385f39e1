// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the list of a server's capabilities.
 *
 * @param capabilities the capabilities, without their schemas
 * @param nextCursor where the next part begins; null when this is the last
 */
public record CapabilityPage(
        List<CapabilityDescription> capabilities, @Nullable Long nextCursor) {
    /** Copies the list. */
    public CapabilityPage {
        capabilities = List.copyOf(capabilities);
    }

    /** Whether another part follows. */
    public boolean hasNext() {
        return nextCursor != null;
    }
}
