// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The envelope as one writes it with plain Jackson databind: records with the same components, the payload chosen by the
 * payload type, free-form objects as trees. None of the protocol's rules are checked.
 */
record PlainEnvelope(
        String id,
        String asapVersion,
        Instant timestamp,
        String sender,
        String recipient,
        String payloadType,

        @JsonTypeInfo(
                use = JsonTypeInfo.Id.NAME,
                include = JsonTypeInfo.As.EXTERNAL_PROPERTY,
                property = "payload_type")
        @JsonSubTypes(@JsonSubTypes.Type(value = PlainEnvelope.Request.class, name = "task.request"))
        Object payload,

        @Nullable String correlationId,
        @Nullable String traceId,
        boolean requiresAck,
        @Nullable JsonNode extensions) {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    record Request(
            String conversationId,
            @Nullable String parentTaskId,
            String skillId,
            JsonNode input,
            @Nullable Config config) {}

    record Config(
            @Nullable Long timeoutSeconds,
            @Nullable String priority,
            @Nullable String idempotencyKey,
            @Nullable Boolean streaming,
            @Nullable Boolean persistState,
            @Nullable String model,
            @JsonProperty("temperature") @Nullable Double temperature) {}
}
