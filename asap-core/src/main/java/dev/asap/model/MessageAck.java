// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledges an envelope that asked for it.
 *
 * @param originalEnvelopeId the envelope
 * @param status what became of it
 * @param error why it was refused, or null
 */
public record MessageAck(
        String originalEnvelopeId,
        AckStatus status,
        @Nullable String error) implements Payload {
    /**
     * Checks that what is required is there.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public MessageAck {
        Checks.of("MessageAck")
                .required("original_envelope_id", originalEnvelopeId)
                .required("status", status)
                .done();
    }

    /** The envelope has arrived. */
    public static MessageAck received(String originalEnvelopeId) {
        return new MessageAck(originalEnvelopeId, AckStatus.RECEIVED, null);
    }

    /** The envelope has been dealt with. */
    public static MessageAck processed(String originalEnvelopeId) {
        return new MessageAck(originalEnvelopeId, AckStatus.PROCESSED, null);
    }

    /** The envelope was refused, and why. */
    public static MessageAck rejected(String originalEnvelopeId, String error) {
        return new MessageAck(originalEnvelopeId, AckStatus.REJECTED, error);
    }

    @Override
    public PayloadType type() {
        return PayloadType.MESSAGE_ACK;
    }
}
