// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import dev.asap.codec.ASAPCodec;
import dev.asap.economics.sla.BreachEvent;
import dev.asap.economics.sla.BreachListener;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Tells a URL of each breach of service levels that begins, gets worse or ends, by a signed webhook: {@code
 * {"event":"sla.breach.opened","breach":{…}}}, with {@code opened}, {@code worsened} or {@code resolved}. What does not arrive is among the
 * sender's {@link WebhookSender#deadLetters}. Thread-safe; does not wait.
 */
public final class BreachWebhook implements BreachListener {
    private final WebhookSender sender;
    private final URI url;

    /** A listener that sends to this URL; the sender stays the caller's. */
    public BreachWebhook(WebhookSender sender, URI url) {
        this.sender = Objects.requireNonNull(sender, "sender");
        this.url = Objects.requireNonNull(url, "url");
    }

    @Override
    public void onBreach(BreachEvent event) {
        CompletableFuture<?> unused = sender.send(
                url,
                JsonObject.of(
                        "event",
                        "sla.breach." + nameOf(event),
                        "breach",
                        ASAPCodec.strict().toJson(event.breach(), WireForm.FULL)));
    }

    private static String nameOf(BreachEvent event) {
        if (event instanceof BreachEvent.Opened) {
            return "opened";
        }
        return event instanceof BreachEvent.Worsened ? "worsened" : "resolved";
    }
}
