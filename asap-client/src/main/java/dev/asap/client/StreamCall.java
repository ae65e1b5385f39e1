// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.codec.ASAPCodec;
import dev.asap.codec.IncomingAnswer;
import dev.asap.error.ConnectionException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.model.Envelope;
import dev.asap.rpc.JsonRpcError;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * One call that is answered with a stream, from the request to the release of the connection. It is read by one thread at a time, and
 * cut off by any.
 *
 * <p>Whoever holds the state {@code BUSY} touches the response. Who cuts the call off while somebody reads cancels it, which makes the
 * read fail, and leaves the rest to the reader; while nobody reads, it releases the connection itself.
 */
final class StreamCall implements EnvelopeStream.Source {
    /** Errors are short; what is longer is no error of the protocol. */
    private static final long MAX_ERROR_BYTES = 65_536;

    private static final byte[] NO_BYTES = {};

    private enum State {
        IDLE,
        BUSY,
        OVER
    }

    /** Why a call was cut off. */
    @FunctionalInterface
    private interface Cut {
        ASAPException toException(@Nullable IOException cause);
    }

    private final StreamCalls.Setup setup;
    private final Operation operation;
    private final Call call;
    private final RunningCalls.Running cutOff;
    private final Envelope message;
    private final StreamOptions options;
    private final CallObserver observer;
    private final Deadline time;
    private final Runnable onCutWhileIdle;
    private final StreamWatch watch;

    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private final AtomicReference<@Nullable Cut> cut = new AtomicReference<>();

    private @Nullable Response response;
    private volatile @Nullable StreamReader reader;
    private volatile @Nullable ASAPException failure;

    /** Whether it is over for whoever reads: the end was given out, or a failure thrown. */
    private boolean finished;

    /**
     * A call that has not been made.
     *
     * @param call the call
     * @param message what it sends
     * @param observer follows it
     * @param onCutWhileIdle is told, in the thread that did it, when the call was cut off while nobody read; must not block
     */
    StreamCall(
            StreamCalls.Setup setup,
            Call call,
            Envelope message,
            StreamOptions options,
            CallObserver observer,
            Runnable onCutWhileIdle) {
        this.setup = setup;
        this.operation = setup.operation();
        this.call = call;
        this.cutOff = call::cancel;
        this.message = message;
        this.options = options;
        this.observer = observer;
        this.time = Deadline.in(null, setup.ticker());
        this.onCutWhileIdle = onCutWhileIdle;
        this.watch = new StreamWatch(options, setup.scheduler(), setup.ticker(), this::timeOut);
    }

    /**
     * Makes the call and waits until the answer begins.
     *
     * @throws ASAPException if it fails, or is answered with what is no stream
     */
    void start() {
        if (!enter()) {
            throw reasonOfEnd();
        }
        try {
            // The client may cancel the call, and shall not have to wait until somebody reads from the stream.
            call.addEventListener(new EventListener() {
                @Override
                public void canceled(Call canceled) {
                    cutOff(StreamCall.this::canceledElsewhere);
                }
            });
            setup.running().begin(cutOff, operation.shown());
            watch.start();
            Response answer = responseTo(call);
            watch.waitEnds(false);
            response = answer;
            reader = readerOf(answer);
        } catch (IOException e) {
            throw fail(beforeAnswer(e));
        } catch (InterruptedException e) {
            throw fail(setup.failures().interrupted(e, operation));
        } catch (RejectedExecutionException e) {
            throw fail(new ClientClosedException(operation + " was not sent: the client is closed", e));
        } catch (ASAPException e) {
            throw fail(e);
        } catch (RuntimeException | Error e) {
            // No failure of the call, but a mistake in an interceptor, for instance: thrown as it is.
            finished = true;
            throw e;
        } finally {
            leave();
        }
    }

    /**
     * Waits for an envelope, after {@link #start}.
     *
     * @return the envelope, or null at the end of the stream
     * @throws ASAPException if the stream fails or has been cut off; the same at each call
     * @throws IllegalStateException if another thread is reading
     */
    @Override
    public @Nullable Envelope read() {
        if (!enter()) {
            if (hasEnded()) {
                return null;
            }
            throw reasonOfEnd();
        }
        StreamReader current = Objects.requireNonNull(reader, "not started");
        try {
            Envelope envelope = current.next();
            finished = envelope == null;
            return envelope;
        } catch (IOException e) {
            throw fail(whileReading(e, current));
        } catch (ASAPException e) {
            throw fail(e);
        } catch (RuntimeException | Error e) {
            finished = true;
            throw e;
        } finally {
            leave();
        }
    }

    /** Whether {@link #read} has an outcome without waiting: the end, or a failure. To be asked by whoever reads. */
    boolean isSettled() {
        return state.get() == State.OVER || hasEnded();
    }

    /** Cuts the call off, whatever it is doing. Does nothing when it is over. To be called by any thread. */
    @Override
    public void close() {
        if (hasEnded() && releaseIfIdle()) {
            return;
        }
        cutOff(cause -> new StreamClosedException(
                "The stream of " + operation + " was closed" + soFar() + "; there is no more to read", cause));
    }

    private boolean hasEnded() {
        StreamReader current = reader;
        return current != null && current.hasEnded();
    }

    /** Begins to use the connection; false if the call is over. */
    private boolean enter() {
        if (state.compareAndSet(State.IDLE, State.BUSY)) {
            return true;
        }
        if (state.get() == State.OVER) {
            return false;
        }
        throw new IllegalStateException(
                "the stream of " + operation + " is being read by another thread; it can be read by one at a time");
    }

    /** Ends to use the connection, and the call if that is over. */
    private void leave() {
        if (finished) {
            if (!hasEnded()) {
                // Otherwise closing the answer would first try to read the rest of it.
                call.cancel();
            }
            release();
            state.set(State.OVER);
            return;
        }
        state.set(State.IDLE);
        if (cut.get() != null) {
            call.cancel();
            boolean unused = releaseIfIdle();
        }
    }

    private void cutOff(Cut reason) {
        if (state.get() == State.OVER || !cut.compareAndSet(null, reason)) {
            return;
        }
        call.cancel();
        if (releaseIfIdle()) {
            onCutWhileIdle.run();
        }
    }

    private boolean releaseIfIdle() {
        boolean isIdle = state.compareAndSet(State.IDLE, State.OVER);
        if (isIdle) {
            release();
        }
        return isIdle;
    }

    private void release() {
        watch.stop();
        try {
            if (response != null) {
                response.close();
            }
        } finally {
            setup.running().end(cutOff);
            observer.end(new CallEnd(outcome(), 1, time.elapsed(), 0, 0));
        }
    }

    private CallEnd.Outcome outcome() {
        ASAPException reason = failure;
        if (reason != null) {
            return new CallEnd.Failed(reason);
        }
        return hasEnded() ? new CallEnd.Answered(null) : new CallEnd.Cancelled();
    }

    private ASAPException fail(ASAPException e) {
        failure = e;
        finished = true;
        return e;
    }

    /** Why there is nothing to read, when that is not the end of the stream. */
    private ASAPException reasonOfEnd() {
        ASAPException failed = failure;
        Cut reason = cut.get();
        if (failed != null) {
            return failed;
        } else if (reason != null) {
            return reason.toException(null);
        }
        return new StreamClosedException("The stream of " + operation + " was closed after an unexpected error", null);
    }

    private void timeOut(StreamLimit limit) {
        Duration timeout = switch (limit) {
            case FIRST_BYTE -> options.firstByteTimeout();
            case IDLE -> options.idleTimeout();
            case TOTAL -> Objects.requireNonNull(options.totalTimeout());
        };
        cutOff(cause -> timedOut(limit.option(), timeout, cause));
    }

    private ASAPException canceledElsewhere(@Nullable IOException cause) {
        return setup.running().isClosing()
                ? new ClientClosedException(operation + " was cut off: the client was closed" + soFar(), cause)
                : new ConnectionException(
                        operation + " was cut off: its call was cancelled" + soFar(),
                        operation.address().shown(),
                        cause);
    }

    private ASAPException beforeAnswer(IOException e) {
        Cut reason = cut.get();
        if (reason != null) {
            return reason.toException(e);
        }
        if (e instanceof SocketTimeoutException && !isConnecting(e)) {
            // Sockets of streams have no other limit than this one.
            return timedOut("writeTimeout", Duration.ofMillis(setup.http().writeTimeoutMillis()), e);
        }
        return setup.failures().toException(e, call, operation, setup.http(), null);
    }

    private ASAPException whileReading(IOException e, StreamReader current) {
        Cut reason = cut.get();
        if (reason != null) {
            return reason.toException(e);
        }
        ASAPException known = setup.failures().toException(e, call, operation, setup.http(), null);
        return known instanceof ConnectionException ? current.broken(reason(e), e) : known;
    }

    /** Without what the peer sent, which the messages of HTTP's own failures repeat. */
    private static String reason(IOException e) {
        if (e instanceof java.net.ProtocolException) {
            return "the connection was closed too early, or what came is not HTTP";
        }
        return e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    }

    private static boolean isConnecting(IOException e) {
        return String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("connect");
    }

    private RequestTimeoutException timedOut(String option, Duration timeout, @Nullable IOException cause) {
        return new RequestTimeoutException(
                operation + " timed out: " + option + " is " + timeout.toMillis() + " ms" + soFar(), timeout, cause);
    }

    private String soFar() {
        StreamReader current = reader;
        return current == null ? "" : " after " + current.count();
    }

    /** Declares what OkHttp throws without saying so when the thread is interrupted while a connection is made. */
    private static Response responseTo(Call call) throws IOException, InterruptedException {
        return call.execute();
    }

    private StreamReader readerOf(Response answer) throws IOException {
        BufferedSource source = Okio.buffer(new WatchedSource(answer.body().source()));
        int status = answer.code();
        if (!AnswerReader.isJsonRpc(status)) {
            throw setup.answers().failure(operation, status, readError(source), RetryAfter.of(answer, setup.clock()));
        }
        if (!isPlain(answer)) {
            throw notAStream("the answer to " + operation
                    + " is compressed, though it was asked for as it is; streams are not read compressed");
        }
        if (!AnswerReader.isDocument(status) || !isEventStream(answer)) {
            // An error, if it is anything.
            throw single(setup.answers().answer(operation, status, readAnswer(source)));
        }
        long maxEventBytes = options.maxEventBytes().orElse(setup.maxResponseBytes());
        return new StreamReader(
                new SseReader(source, operation, maxEventBytes),
                operation,
                message,
                options.lastChunkRequired(),
                ASAPCodec.tolerant().withClock(setup.clock()),
                setup.codec());
    }

    private ASAPException single(IncomingAnswer answer) {
        if (answer instanceof IncomingAnswer.Failed failed) {
            return failed.error().toException();
        }
        Envelope envelope = setup.answers().envelope(answer, message);
        return notAStream("the answer to " + operation + " is a single " + envelope.payloadType()
                + " and no stream; send such a message with send");
    }

    private static boolean isPlain(Response answer) {
        String encoding = answer.header("Content-Encoding");
        return encoding == null || encoding.isBlank() || encoding.trim().equalsIgnoreCase("identity");
    }

    private static boolean isEventStream(Response answer) {
        MediaType type = answer.body().contentType();
        return type != null && type.type().equals("text") && type.subtype().equals("event-stream");
    }

    private static ASAPException notAStream(String message) {
        return new JsonRpcError(JsonRpcError.INTERNAL_ERROR, message, null).toException();
    }

    private byte[] readAnswer(BufferedSource source) throws IOException {
        if (source.request(setup.maxResponseBytes() + 1)) {
            throw new ResponseTooLargeException(operation.address().shown(), setup.maxResponseBytes());
        }
        return source.readByteArray();
    }

    /** The body of a failure; empty where it cannot be had: the status says more than that it is missing. */
    private byte[] readError(BufferedSource source) throws IOException {
        try {
            boolean isTooLong = source.request(Math.min(MAX_ERROR_BYTES, setup.maxResponseBytes()) + 1);
            return isTooLong ? NO_BYTES : source.readByteArray();
        } catch (IOException e) {
            if (cut.get() != null) {
                throw e;
            }
            return NO_BYTES;
        }
    }

    /** Tells the watch when it waits for the peer. */
    private final class WatchedSource extends ForwardingSource {
        WatchedSource(Source body) {
            super(body);
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            watch.waitBegins();
            long read = -1;
            try {
                read = super.read(sink, byteCount);
                return read;
            } finally {
                watch.waitEnds(read > 0);
            }
        }
    }
}
