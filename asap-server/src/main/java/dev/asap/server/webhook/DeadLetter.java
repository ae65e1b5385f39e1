// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import dev.asap.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A webhook that was given up.
 *
 * @param url where it should have gone
 * @param payload what it should have told
 * @param attempts how often it was sent
 * @param status the latest HTTP status, or null if there was none
 * @param reason why it was given up
 * @param time when that was
 */
public record DeadLetter(
        URI url, JsonObject payload, int attempts, @Nullable Integer status, String reason, Instant time) {
    /** Without the payload and without what the URL may hold of secrets. */
    @Override
    public String toString() {
        return "DeadLetter[host=" + url.getHost() + ", attempts=" + attempts + ", status=" + status + ", reason="
                + reason + ", time=" + time + "]";
    }
}
