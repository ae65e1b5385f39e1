// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.IncomingAnswer;
import dev.asap.codec.IncomingRequest;
import dev.asap.codec.IncomingRequest.EnvelopeArgument;
import dev.asap.codec.JsonRpcCodec;
import dev.asap.error.HandlerNotFoundException;
import dev.asap.error.InvalidNonceException;
import dev.asap.error.InvalidTimestampException;
import dev.asap.error.ProtocolException;
import dev.asap.error.ThreadPoolExhaustedException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.model.TaskRequest;
import dev.asap.model.TaskStatus;
import dev.asap.rpc.JsonRpcError;
import dev.asap.rpc.JsonRpcId;
import dev.asap.rpc.JsonRpcRequest;
import dev.asap.storage.Storage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to one JSON-RPC request, whatever way it came: alone, in a batch, for a stream or over a socket.
 *
 * <p>In this order: JSON, JSON-RPC structure, method, caller, envelope, sender, a repeated request's first answer, a handler's slot,
 * timestamp, nonce, what the caller may use, handler. Thread-safe.
 */
final class MessagePipeline {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private final AgentUrn self;
    private final Handlers handlers;
    private final Storage storage;
    private final MessageAccess access;
    private final ReplayGuard replayGuard;
    private final HandlerSlots slots;
    private final MessageRecords records;
    private final @Nullable IdempotentAnswers idempotentAnswers;
    private final ServerMetrics metrics;
    private final MessageTracer tracer;
    private final InstantSource clock;
    private final boolean debug;
    private final JsonRpcCodec codec;

    MessagePipeline(
            AgentUrn self,
            Handlers handlers,
            Storage storage,
            MessageAccess access,
            ReplayGuard replayGuard,
            HandlerSlots slots,
            MessageRecords records,
            @Nullable IdempotentAnswers idempotentAnswers,
            ServerMetrics metrics,
            MessageTracer tracer,
            InstantSource clock,
            boolean debug) {
        this.self = self;
        this.handlers = handlers;
        this.storage = storage;
        this.access = access;
        this.replayGuard = replayGuard;
        this.slots = slots;
        this.records = records;
        this.idempotentAnswers = idempotentAnswers;
        this.metrics = metrics;
        this.tracer = tracer;
        this.clock = clock;
        this.debug = debug;
        this.codec = new JsonRpcCodec(clock);
    }

    /** The codec of the messages. */
    JsonRpcCodec codec() {
        return codec;
    }

    /** Whether a socket answers this request piece by piece. */
    boolean streams(Admission.Admitted message) {
        return handlers.streams(message.envelope());
    }

    /** Reads a request, answers it and says what to send back. */
    Reply answer(byte[] body, Arrival arrival) {
        Admission admission = admit(body, arrival);
        return admission instanceof Admission.Admitted message
                ? answer(message, arrival)
                : new Reply.Answered(write((Admission.Refused) admission));
    }

    /** The answer to a request that no handler sees. */
    byte[] write(Admission.Refused refused) {
        return codec.writeError(refused.id(), refused.error());
    }

    /** Reads a request as far as a handler's work is not begun: what is refused here has had no effect. */
    Admission admit(byte[] body, Arrival arrival) {
        IncomingRequest incoming = codec.readRequest(body);
        if (incoming instanceof IncomingRequest.Rejected rejected) {
            metrics.failed(nameOf(rejected.error()));
            return new Admission.Refused(rejected.id(), rejected.error());
        }
        IncomingRequest.Call call = (IncomingRequest.Call) incoming;
        if (call.envelope() instanceof EnvelopeArgument.Valid valid) {
            arrival.acks().received(valid.envelope());
        }
        if (!call.method().equals(JsonRpcRequest.SEND)) {
            metrics.failed("invalid_request");
            return new Admission.Refused(call.id(), JsonRpcError.methodNotFound(call.method()));
        }
        MessageAccess.Caller caller;
        try {
            caller = access.authenticate(arrival.request());
        } catch (ProtocolException e) {
            return new Admission.Refused(
                    call.id(), counted(ServerMetrics.OTHER, e, shortText(e), MessageTracer.Trace.NONE));
        }
        if (call.envelope() instanceof EnvelopeArgument.Invalid invalid) {
            metrics.failed("invalid_envelope");
            return new Admission.Refused(call.id(), invalid.error());
        }
        Envelope envelope = ((EnvelopeArgument.Valid) call.envelope()).envelope();
        try {
            access.admit(caller, envelope);
        } catch (ProtocolException e) {
            return new Admission.Refused(
                    call.id(), counted(typeOf(envelope), e, shortText(e), MessageTracer.Trace.NONE));
        }
        String key = call.idempotencyKey() != null ? call.idempotencyKey() : arrival.idempotencyKey();
        return new Admission.Admitted(call.id(), caller, envelope, key);
    }

    private static String nameOf(JsonRpcError error) {
        if (error.code() == JsonRpcError.PARSE_ERROR) {
            return "parse_error";
        }
        return error.code() == JsonRpcError.INVALID_PARAMS ? "invalid_params" : "invalid_request";
    }

    /** The registered spelling, so that callers cannot make up labels. */
    private String typeOf(Envelope envelope) {
        return handlers.registeredName(envelope.payloadType(), ServerMetrics.OTHER);
    }

    /** Has the handler answer in one piece. */
    Reply answer(Admission.Admitted message, Arrival arrival) {
        MessageTracer.Trace trace = begin(message, arrival);
        try {
            return answer(message, arrival, trace);
        } finally {
            trace.end();
        }
    }

    private MessageTracer.Trace begin(Admission.Admitted message, Arrival arrival) {
        return tracer == MessageTracer.NONE
                ? MessageTracer.Trace.NONE
                : tracer.begin(message.envelope(), typeOf(message.envelope()), arrival.trace());
    }

    private Reply answer(Admission.Admitted message, Arrival arrival, MessageTracer.Trace trace) {
        String key = message.idempotencyKey();
        if (idempotentAnswers == null || key == null || key.isEmpty()) {
            return execute(message, arrival, trace).reply();
        }
        boolean[] executed = new boolean[1];
        try {
            IdempotentAnswers.Given given = idempotentAnswers.answer(key, message, () -> {
                executed[0] = true;
                return execute(message, arrival, trace);
            });
            if (!executed[0]) {
                access.repeat(message.caller(), message.envelope());
            }
            return fitted(given, message);
        } catch (ProtocolException e) {
            return failed(message.id(), typeOf(message.envelope()), e, shortText(e), trace);
        }
    }

    /** The first answer, tied to the ids of the repetition. */
    private Reply fitted(IdempotentAnswers.Given given, Admission.Admitted message) {
        if (given.fits(message.id(), message.envelope().id())) {
            return given.reply();
        }
        if (given.reply() instanceof Reply.Overloaded overloaded) {
            return new Reply.Overloaded(message.id(), overloaded.reason());
        }
        IncomingAnswer answer = codec.readAnswer(((Reply.Answered) given.reply()).body());
        if (answer instanceof IncomingAnswer.Result result) {
            Envelope tied = result.envelope().toBuilder()
                    .correlationId(message.envelope().id())
                    .build();
            return new Reply.Answered(codec.writeResult(message.id(), tied));
        }
        return new Reply.Answered(codec.writeError(message.id(), ((IncomingAnswer.Failed) answer).error()));
    }

    private IdempotentAnswers.Outcome execute(Admission.Admitted message, Arrival arrival, MessageTracer.Trace trace) {
        Envelope envelope = message.envelope();
        String type = typeOf(envelope);
        try {
            slots.enter();
        } catch (ThreadPoolExhaustedException e) {
            trace.failed(metrics.failed(type, e.code()));
            return new IdempotentAnswers.Outcome(new Reply.Overloaded(message.id(), e), false);
        }
        try {
            replayGuard.check(envelope);
            access.use(message.caller(), envelope);
            Handlers.Work work = handlers.find(envelope);
            long begun = System.nanoTime();
            Payload payload = work(work, envelope, arrival);
            long took = System.nanoTime() - begun;
            Envelope reply = trace.outgoing(
                    envelope.replyFrom(self, payload).timestamp(clock.instant()).build());
            byte[] answer = codec.writeResult(message.id(), reply);
            records.answered(envelope, reply, took);
            metrics.succeeded(type, System.nanoTime() - begun);
            return new IdempotentAnswers.Outcome(new Reply.Answered(answer), true);
        } catch (InvalidTimestampException
                | InvalidNonceException
                | DelegatedTasks.Refusal
                | HandlerNotFoundException e) {
            return new IdempotentAnswers.Outcome(failed(message.id(), type, e, shortText(e), trace), false);
        } catch (ProtocolException e) {
            return new IdempotentAnswers.Outcome(failed(message.id(), type, e, shortText(e), trace), !e.retryable());
        } catch (Exception e) {
            return new IdempotentAnswers.Outcome(crashed(message, type, e, trace), false);
        } finally {
            slots.leave();
        }
    }

    private Payload work(Handlers.Work work, Envelope envelope, Arrival arrival) throws Exception {
        RequestContext context = new RequestContext(envelope, storage);
        long begun = System.nanoTime();
        boolean failed = true;
        try {
            Payload payload = work.answer(context);
            failed = false;
            return payload;
        } catch (Exception e) {
            taskFailed(context, e, begun);
            arrival.acks().rejected(envelope, e);
            throw e;
        } finally {
            metrics.handled(typeOf(envelope), failed, System.nanoTime() - begun);
        }
    }

    /**
     * Has a streaming handler answer; its pieces go to the output.
     *
     * @return null if the answer was sent or nobody wants it any more; else why it was not, or not to its end
     */
    @Nullable
    Reply stream(Admission.Admitted message, Arrival arrival, StreamOutput output) {
        MessageTracer.Trace trace = begin(message, arrival);
        try {
            return stream(message, trace == MessageTracer.Trace.NONE ? output : new TracedOutput(output, trace), trace);
        } finally {
            trace.end();
        }
    }

    private @Nullable Reply stream(Admission.Admitted message, StreamOutput output, MessageTracer.Trace trace) {
        Envelope envelope = message.envelope();
        String type = typeOf(envelope);
        try {
            slots.enter();
        } catch (ThreadPoolExhaustedException e) {
            trace.failed(metrics.failed(type, e.code()));
            return new Reply.Overloaded(message.id(), e);
        }
        try {
            replayGuard.check(envelope);
            access.use(message.caller(), envelope);
            Handlers.StreamWork work = handlers.findStream(envelope);
            long begun = System.nanoTime();
            work(work, new RequestContext(envelope, storage), new AnswerStream(envelope, self, clock, output), begun);
            metrics.succeeded(type, System.nanoTime() - begun);
            return null;
        } catch (StreamClosedException e) {
            LOG.debug("The answer to envelope {} broke off: {}", LogText.of(envelope.id()), e.getMessage());
            metrics.failed(type, "stream_closed");
            trace.failed("stream_closed");
            return null;
        } catch (HandlerNotFoundException e) {
            return failed(message.id(), type, e, "No streaming handler registered for payload type", trace);
        } catch (ProtocolException e) {
            return failed(message.id(), type, e, shortText(e), trace);
        } catch (Exception e) {
            return crashed(message, type, e, trace);
        } finally {
            slots.leave();
        }
    }

    private void work(Handlers.StreamWork work, RequestContext context, AnswerStream stream, long begun)
            throws Exception {
        try {
            work.answer(context, stream);
            stream.finish();
        } catch (StreamClosedException e) {
            // Nobody waits for the rest any more: the task was given up, and did not fail.
            taskEnded(context, TaskStatus.CANCELLED, begun);
            throw e;
        } catch (Exception e) {
            taskFailed(context, e, begun);
            throw e;
        }
        taskEnded(context, stream.status(), begun);
    }

    private void taskFailed(RequestContext context, Exception e, long begun) {
        // What nobody does was not done badly.
        if (!(e instanceof ProtocolException refused && refused.code().equals(Handlers.SKILL_NOT_FOUND))) {
            taskEnded(context, TaskStatus.FAILED, begun);
        }
    }

    private void taskEnded(RequestContext context, TaskStatus status, long begun) {
        if (context.envelope().payload() instanceof TaskRequest) {
            records.taskEnded(
                    context.envelope(),
                    new TaskEnd(context.taskIdOfRequest(), status, null, System.nanoTime() - begun));
        }
    }

    private Reply failed(JsonRpcId id, String type, ProtocolException e, String shortText, MessageTracer.Trace trace) {
        return new Reply.Answered(codec.writeError(id, counted(type, e, shortText, trace)));
    }

    /** What the caller is told of a failure, which is counted. */
    private JsonRpcError counted(String type, ProtocolException e, String shortText, MessageTracer.Trace trace) {
        if (e instanceof AccessRefusedException refused) {
            metrics.failed(type, refused.metric());
            trace.failed(refused.metric());
            return refused.error();
        }
        trace.failed(metrics.failed(type, e.code()));
        return JsonRpcError.of(e, shortText);
    }

    private Reply crashed(Admission.Admitted message, String type, Exception e, MessageTracer.Trace trace) {
        LOG.error(
                "The handler of {} failed for envelope {}",
                type,
                LogText.of(message.envelope().id()),
                e);
        metrics.failed(type, "internal_error");
        trace.failed("internal_error");
        return new Reply.Answered(codec.writeError(message.id(), JsonRpcError.internalError(internalErrorData(e))));
    }

    private static String shortText(ProtocolException e) {
        if (e instanceof InvalidTimestampException) {
            return "Invalid envelope timestamp";
        }
        return e instanceof InvalidNonceException ? "Invalid envelope nonce" : String.valueOf(e.getMessage());
    }

    private JsonObject internalErrorData(Exception e) {
        if (!debug) {
            return JsonObject.of("error", "Internal server error");
        }
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return JsonObject.of(
                "error", e.getMessage(), "type", e.getClass().getSimpleName(), "traceback", trace.toString());
    }

    /** Has the trace change each piece before it goes out. */
    private record TracedOutput(StreamOutput output, MessageTracer.Trace trace) implements StreamOutput {
        @Override
        public void send(Envelope piece) {
            output.send(trace.outgoing(piece));
        }

        @Override
        public boolean isOpen() {
            return output.isOpen();
        }
    }
}
