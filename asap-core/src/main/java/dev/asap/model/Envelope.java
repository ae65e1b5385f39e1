// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.id.AgentUrn;
import dev.asap.id.Ulid;
import dev.asap.json.JsonObject;
import dev.asap.json.WireTime;
import dev.asap.validation.Checks;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message from one agent to another: who, to whom, when, and a typed payload.
 *
 * <pre>{@code
 * Envelope request = Envelope.of(
 *         AgentUrn.of("urn:asap:agent:caller"),
 *         AgentUrn.of("urn:asap:agent:echo"),
 *         TaskRequest.of("conversation-1", "echo", JsonObject.of("text", "hello")));
 * }</pre>
 *
 * @param id the message's id, a ULID by custom
 * @param asapVersion the version of the envelope, {@value #ASAP_VERSION} in all releases; never checked
 * @param timestamp when it was made, in whole microseconds; receivers refuse old ones
 * @param sender who sends it
 * @param recipient to whom it is sent
 * @param payloadType the type of the payload as it is spelled
 * @param payload what it carries
 * @param correlationId the id of the envelope that this one answers; required for answers
 * @param traceId what ties together the messages of one trace, or null
 * @param requiresAck whether the receiver has to acknowledge it (over WebSocket)
 * @param extensions anything else, or null; {@code nonce}, {@code trace_id} and {@code span_id} have a meaning
 */
public record Envelope(
        String id,
        String asapVersion,
        Instant timestamp,
        AgentUrn sender,
        AgentUrn recipient,
        PayloadType payloadType,
        Payload payload,
        @Nullable String correlationId,
        @Nullable String traceId,
        boolean requiresAck,
        @Nullable JsonObject extensions) {
    /** The version of the envelope in all releases. */
    public static final String ASAP_VERSION = "0.1";

    private static final Set<String> NEED_CORRELATION = Set.of(
            PayloadType.TASK_RESPONSE.key(),
            PayloadType.MCP_TOOL_RESULT.key(),
            PayloadType.MCP_RESOURCE_DATA.key(),
            PayloadType.TASK_STREAM.key());

    /**
     * Checks the rules between the components and cuts the time to microseconds.
     *
     * @throws dev.asap.validation.ValidationException if a component is missing, the payload is not of the payload type, or
     *     an answer has no correlation id
     */
    public Envelope {
        Checks.of("Envelope")
                .required("id", id)
                .required("asap_version", asapVersion)
                .required("timestamp", timestamp)
                .required("sender", sender)
                .required("recipient", recipient)
                .required("payload_type", payloadType)
                .required("payload", payload)
                .done();
        Checks.of("Envelope")
                .rule(
                        payloadType.matches(payload.type()),
                        "payload_type '" + payloadType + "' does not name a " + payload.type() + " payload")
                .rule(
                        !needsCorrelation(payloadType) || (correlationId != null && !correlationId.isEmpty()),
                        payloadType + " must have a correlation_id: the id of the request envelope")
                .done();
        timestamp = WireTime.toPrecision(timestamp);
    }

    /** A new message, made now. */
    public static Envelope of(AgentUrn sender, AgentUrn recipient, Payload payload) {
        return builder(sender, recipient, payload).build();
    }

    /** Starts a message with a new id, made now. */
    public static Builder builder(AgentUrn sender, AgentUrn recipient, Payload payload) {
        return new Builder(sender, recipient, payload);
    }

    /** Starts an answer of {@code responder} to this message: correlated with it, with its version and trace. */
    public Builder replyFrom(AgentUrn responder, Payload answer) {
        return builder(responder, sender, answer)
                .asapVersion(asapVersion)
                .correlationId(id)
                .traceId(traceId);
    }

    /** Starts a copy of this message. */
    public Builder toBuilder() {
        Builder builder = new Builder(sender, recipient, payload);
        builder.payloadType = payloadType;
        return builder.id(id)
                .asapVersion(asapVersion)
                .timestamp(timestamp)
                .correlationId(correlationId)
                .traceId(traceId)
                .requiresAck(requiresAck)
                .extensions(extensions);
    }

    /** Whether a message of this type answers another and must name it. */
    public static boolean needsCorrelation(PayloadType type) {
        return NEED_CORRELATION.contains(type.key());
    }

    /** Collects the components of an envelope. Not thread-safe. */
    public static final class Builder {
        private final AgentUrn sender;
        private final AgentUrn recipient;
        private final Payload payload;
        private PayloadType payloadType;
        private @Nullable String id;
        private String asapVersion = ASAP_VERSION;
        private @Nullable Instant timestamp;
        private @Nullable String correlationId;
        private @Nullable String traceId;
        private boolean requiresAck;
        private @Nullable JsonObject extensions;

        private Builder(AgentUrn sender, AgentUrn recipient, Payload payload) {
            this.sender = sender;
            this.recipient = recipient;
            this.payload = payload;
            this.payloadType = payload.type();
        }

        /** The message's id; a new one when not set. */
        public Builder id(String value) {
            id = value;
            return this;
        }

        /** The version of the envelope; {@value Envelope#ASAP_VERSION} when not set. */
        public Builder asapVersion(String value) {
            asapVersion = value;
            return this;
        }

        /** When the message was made; now when not set. */
        public Builder timestamp(Instant value) {
            timestamp = value;
            return this;
        }

        /** Another spelling of the payload's type, for peers that insist on one. */
        public Builder payloadType(PayloadType value) {
            payloadType = value;
            return this;
        }

        /** The id of the envelope that this one answers. */
        public Builder correlationId(@Nullable String value) {
            correlationId = value;
            return this;
        }

        /** What ties together the messages of one trace. */
        public Builder traceId(@Nullable String value) {
            traceId = value;
            return this;
        }

        /** Whether the receiver has to acknowledge the message. */
        public Builder requiresAck(boolean value) {
            requiresAck = value;
            return this;
        }

        /** Anything else. */
        public Builder extensions(@Nullable JsonObject value) {
            extensions = value;
            return this;
        }

        /**
         * The envelope.
         *
         * @throws dev.asap.validation.ValidationException see {@link Envelope}
         */
        public Envelope build() {
            return new Envelope(
                    id != null ? id : Ulid.next(),
                    asapVersion,
                    timestamp != null ? timestamp : Instant.now(),
                    sender,
                    recipient,
                    payloadType,
                    payload,
                    correlationId,
                    traceId,
                    requiresAck,
                    extensions);
        }
    }
}
