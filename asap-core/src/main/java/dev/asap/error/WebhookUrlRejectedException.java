// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;

/** A webhook's address is not allowed. */
public final class WebhookUrlRejectedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public WebhookUrlRejectedException(String url, String reason) {
        super(builder(ErrorCode.WEBHOOK_URL_REJECTED, "Webhook URL rejected: " + reason)
                .details(JsonObject.of("url", url, "reason", reason)));
    }
}
