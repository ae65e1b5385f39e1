// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.server.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Tells who sends a request, once it was let in. */
@FunctionalInterface
interface CallerIdentity {
    /** The agent's URN, as its credentials name it; null where there are none. */
    @Nullable
    String of(HttpRequest request);
}
