// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.ErrorCode;
import dev.asap.error.HandlerNotFoundException;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.PayloadType;
import dev.asap.model.StateQuery;
import dev.asap.model.StateRestore;
import dev.asap.model.TaskRequest;
import dev.asap.validation.Checks;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the handler of an envelope. Filled by the builder, then only read. */
final class Handlers {
    static final ErrorCode SKILL_NOT_FOUND = new ErrorCode("asap:skill/not_found", -32010);

    /** A handler of payloads of one class. */
    private record Registered<P extends Payload>(PayloadType type, Class<P> payloadClass, PayloadHandler<P> handler) {
        Payload answer(Payload payload, RequestContext context) throws Exception {
            return handler.handle(payloadClass.cast(payload), context);
        }
    }

    /** A streaming handler of payloads of one class. */
    private record Streaming<P extends Payload>(PayloadType type, Class<P> payloadClass, StreamingHandler<P> handler) {
        void answer(Payload payload, RequestContext context, AnswerStream stream) throws Exception {
            handler.handle(payloadClass.cast(payload), context, stream);
        }
    }

    /** What answers one envelope. */
    @FunctionalInterface
    interface Work {
        Payload answer(RequestContext context) throws Exception;
    }

    /** What answers one envelope piece by piece. */
    @FunctionalInterface
    interface StreamWork {
        void answer(RequestContext context, AnswerStream stream) throws Exception;
    }

    private final Map<String, Registered<?>> byType = new HashMap<>();
    private final Map<String, Streaming<?>> streamsByType = new HashMap<>();
    private final Map<String, StreamingSkillHandler> streamingSkills = new HashMap<>();
    private final Map<String, SkillHandler> skills = new HashMap<>();
    private @Nullable SkillHandler otherSkills;
    private PayloadTypeMatching matching = PayloadTypeMatching.ANY_SPELLING;

    void matching(PayloadTypeMatching value) {
        matching = value;
    }

    /** Registers a handler, unless there is one for the type; tells whether it did. */
    <P extends Payload> boolean add(PayloadType type, Class<P> payloadClass, PayloadHandler<P> handler) {
        return byType.putIfAbsent(type.value(), new Registered<>(type, payloadClass, handler)) == null;
    }

    boolean addSkill(String skillId, SkillHandler handler) {
        return skills.putIfAbsent(skillId, handler) == null;
    }

    /** Registers a streaming handler, unless there is one for the type; tells whether it did. */
    <P extends Payload> boolean addStream(PayloadType type, Class<P> payloadClass, StreamingHandler<P> handler) {
        return streamsByType.putIfAbsent(type.value(), new Streaming<>(type, payloadClass, handler)) == null;
    }

    boolean addStreamingSkill(String skillId, StreamingSkillHandler handler) {
        return streamingSkills.putIfAbsent(skillId, handler) == null;
    }

    void otherSkills(SkillHandler handler) {
        otherSkills = handler;
    }

    /**
     * The same handlers under the keys that a server compares, and those that the server brings itself, which give way to the
     * application's.
     */
    Handlers frozen(@Nullable StateExchange stateExchange) {
        Handlers frozen = new Handlers();
        frozen.matching = matching;
        byType.values().forEach(handler -> frozen.byType.put(key(handler.type()), handler));
        streamsByType.values().forEach(handler -> frozen.streamsByType.put(key(handler.type()), handler));
        frozen.streamingSkills.putAll(streamingSkills);
        if (!skills.isEmpty() || otherSkills != null) {
            Map<String, SkillHandler> skillsNow = Map.copyOf(skills);
            SkillHandler others = otherSkills;
            frozen.addOwn(
                    PayloadType.TASK_REQUEST,
                    TaskRequest.class,
                    (request, context) -> doTask(skillsNow, others, request, context));
        }
        if (stateExchange != null) {
            frozen.addOwn(PayloadType.STATE_QUERY, StateQuery.class, stateExchange::query);
            frozen.addOwn(PayloadType.STATE_RESTORE, StateRestore.class, stateExchange::restore);
        }
        return frozen;
    }

    private <P extends Payload> void addOwn(PayloadType type, Class<P> payloadClass, PayloadHandler<P> handler) {
        byType.putIfAbsent(key(type), new Registered<>(type, payloadClass, handler));
    }

    /** The type as it was registered, whatever the spelling of the request; {@code fallback} where no handler has it. */
    String registeredName(PayloadType type, String fallback) {
        Registered<?> handler = byType.get(key(type));
        if (handler != null) {
            return handler.type().value();
        }
        Streaming<?> streaming = streamsByType.get(key(type));
        if (streaming != null) {
            return streaming.type().value();
        }
        boolean isStreamedTask = !streamingSkills.isEmpty() && key(type).equals(key(PayloadType.TASK_REQUEST));
        return isStreamedTask ? PayloadType.TASK_REQUEST.value() : fallback;
    }

    /**
     * What answers an envelope in one piece.
     *
     * @throws HandlerNotFoundException if nothing does
     */
    Work find(Envelope envelope) {
        Registered<?> handler = byType.get(key(envelope.payloadType()));
        if (handler == null) {
            throw new HandlerNotFoundException(envelope.payloadType().value());
        }
        return context -> handler.answer(envelope.payload(), context);
    }

    /** Whether an envelope has a streaming handler of its own: then a socket answers it piece by piece. */
    boolean streams(Envelope envelope) {
        return streamsByType.containsKey(key(envelope.payloadType()))
                || (isTask(envelope) && streamingSkills.containsKey(((TaskRequest) envelope.payload()).skillId()));
    }

    /**
     * What answers an envelope piece by piece.
     *
     * @throws HandlerNotFoundException if no streaming handler does its type
     */
    StreamWork findStream(Envelope envelope) {
        Streaming<?> handler = streamsByType.get(key(envelope.payloadType()));
        if (handler != null) {
            return (context, stream) -> handler.answer(envelope.payload(), context, stream);
        }
        if (streamingSkills.isEmpty() || !isTask(envelope)) {
            throw new HandlerNotFoundException(envelope.payloadType().value());
        }
        TaskRequest request = (TaskRequest) envelope.payload();
        return (context, stream) -> {
            StreamingSkillHandler skill = streamingSkills.get(request.skillId());
            if (skill == null) {
                throw unknownSkill(request);
            }
            skill.handle(new TaskContext(context, request), stream);
        };
    }

    private boolean isTask(Envelope envelope) {
        return envelope.payload() instanceof TaskRequest
                && key(envelope.payloadType()).equals(key(PayloadType.TASK_REQUEST));
    }

    private String key(PayloadType type) {
        return matching == PayloadTypeMatching.EXACT ? type.value() : type.key();
    }

    private static Payload doTask(
            Map<String, SkillHandler> skills,
            @Nullable SkillHandler others,
            TaskRequest request,
            RequestContext context)
            throws Exception {
        SkillHandler skill = skills.getOrDefault(request.skillId(), others);
        if (skill == null) {
            throw unknownSkill(request);
        }
        return skill.handle(new TaskContext(context, request));
    }

    private static ProtocolException unknownSkill(TaskRequest request) {
        String quoted = Checks.quoted(request.skillId());
        return ProtocolException.builder(SKILL_NOT_FOUND, "Unknown skill: " + quoted)
                .details(JsonObject.of("skill_id", quoted))
                .build();
    }
}
