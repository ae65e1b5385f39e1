// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Tells who calls the routes of delegations. */
@FunctionalInterface
interface DelegationCallers {
    /**
     * The caller's URN, as its credentials name it; null where there are none.
     *
     * @throws RequestRefusedException if the caller is known, and may not use these routes
     */
    @Nullable
    String of(HttpRequest request);
}
