// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import org.jspecify.annotations.Nullable;

/**
 * What became of a webhook.
 *
 * @param delivered whether the other side took it, with a status of 2xx
 * @param attempts how often it was sent
 * @param status the latest HTTP status, or null if there was none
 * @param failure why it was given up, or null
 */
public record WebhookDelivery(
        boolean delivered,
        int attempts,
        @Nullable Integer status,
        @Nullable String failure) {}
