// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.internal.socket;

import dev.asap.model.Envelope;
import java.util.Set;

/** Which messages the peer has to acknowledge. */
public final class AckRules {
    /**
     * The types that need it whatever the envelope says. It is the spelling that counts: the protocol's other peers compare texts,
     * and {@code state.restore} or {@code TASK_REQUEST} are not among them.
     */
    private static final Set<String> ALWAYS = Set.of(
            "TaskRequest",
            "task.request",
            "TaskCancel",
            "task.cancel",
            "StateRestore",
            "state_restore",
            "MessageSend",
            "message.send",
            "message_send");

    private AckRules() {}

    /** The message as it has to be sent: it asks for an acknowledgement if its type needs one. */
    public static Envelope onTheWire(Envelope message) {
        return !message.requiresAck() && ALWAYS.contains(message.payloadType().value())
                ? message.toBuilder().requiresAck(true).build()
                : message;
    }
}
