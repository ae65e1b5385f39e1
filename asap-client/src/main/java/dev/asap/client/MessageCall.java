// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call from its begin to its end: counts the attempts, decides what follows each, and tells the breaker and the observers.
 * Driven by one thread at a time; {@link #cancel} may come from any.
 *
 * @param <T> what the answer is read as
 */
final class MessageCall<T> implements RunningCalls.Running {
    /** What to do after an attempt. */
    sealed interface Step<T> {}

    /** The call has its value. */
    record Done<T>(T value) implements Step<T> {}

    /** The call has failed. */
    record Failed<T>(ASAPException failure) implements Step<T> {}

    /** Another attempt follows. */
    record Again<T>(Duration pause) implements Step<T> {}

    private final Attempts<T> makesAttempts;
    private final CallOptions options;
    private final Operation operation;
    private final CallObserver observer;
    private final Deadline deadline;
    private final RetryRules rules;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private CircuitBreaker.@Nullable Permit permit;
    private int attempts;
    private long requestBytes;
    private long responseBytes;
    private @Nullable AttemptResult<T> last;
    private volatile @Nullable ASAPException failure;
    private volatile boolean takenBack;
    private volatile RunningCalls.@Nullable Running exchange;
    private volatile @Nullable CompletableFuture<?> waiting;

    MessageCall(
            Attempts<T> makesAttempts,
            CallOptions options,
            Operation operation,
            CallObserver observer,
            Deadline deadline,
            RetryRules rules) {
        this.makesAttempts = makesAttempts;
        this.options = options;
        this.operation = operation;
        this.observer = observer;
        this.deadline = deadline;
        this.rules = rules;
    }

    /**
     * Asks the breaker.
     *
     * @throws dev.asap.error.CircuitOpenException if it lets nothing through
     */
    void admittedBy(@Nullable CircuitBreaker breaker) {
        if (breaker != null) {
            permit = breaker.acquire(operation.address().shown());
        }
    }

    /** Makes an attempt, in this thread. */
    AttemptResult<T> attempt() {
        return makesAttempts.attempt(this);
    }

    CallOptions options() {
        return options;
    }

    Deadline deadline() {
        return deadline;
    }

    CallObserver observer() {
        return observer;
    }

    /** Begins the next attempt; returns its number, counted from 1. */
    int nextAttempt() {
        return ++attempts;
    }

    /** Notes what was sent and read, for the observers. */
    void transferred(long sent, long received) {
        requestBytes = sent;
        responseBytes = received;
    }

    /** Notes the exchange that runs, so that it can be cut off. */
    void runs(RunningCalls.Running attempt) {
        exchange = attempt;
        if (isCancelled()) {
            attempt.cancel();
        }
    }

    /** Notes what the call waits for, so that the wait can be cut off. */
    void waitsFor(CompletableFuture<?> event) {
        waiting = event;
        if (isCancelled()) {
            event.cancel(false);
        }
    }

    /** Decides what follows an attempt. */
    Step<T> after(AttemptResult<T> result) {
        last = result;
        if (result instanceof AttemptResult.Answered<T> answered) {
            return afterAnswer(answered.value());
        }
        AttemptFailure failed = ((AttemptResult.Failed<T>) result).failure();
        Optional<Duration> wait =
                isCancelled() ? Optional.empty() : rules.waitAfter(failed, attempts, deadline.nanosLeft());
        if (wait.isEmpty()) {
            return failed(failed.exception());
        }
        observer.repeated(attempts, failed.exception(), wait.get());
        return new Again<>(wait.get());
    }

    /** An answer to several messages may leave some of them to be sent again. */
    private Step<T> afterAnswer(T value) {
        Attempts.Repetition repetition =
                makesAttempts.repeatParts(this::waitAfter).orElse(null);
        if (repetition == null) {
            return new Done<>(value);
        }
        observer.repeated(attempts, repetition.reason(), repetition.pause());
        return new Again<>(repetition.pause());
    }

    private Optional<Duration> waitAfter(RemoteErrorException refusal) {
        return isCancelled()
                ? Optional.empty()
                : rules.waitAfter(new AttemptFailure.Refused(refusal), attempts, deadline.nanosLeft());
    }

    /** Ends the call; what earlier attempts brought is kept. */
    Step<T> failed(ASAPException reason) {
        ASAPException noted = fail(reason);
        return makesAttempts.salvaged(noted).<Step<T>>map(Done::new).orElseGet(() -> new Failed<>(noted));
    }

    /** Notes why the call fails; returns the same. */
    ASAPException fail(ASAPException reason) {
        failure = reason;
        return reason;
    }

    /** Notes that something ended the call that no rule knows: code of the application threw it. */
    void endsBy(Throwable unexpected) {
        if (failure == null) {
            failure = CallFailures.unexpected(operation, unexpected);
        }
    }

    /** The failure of a call whose time is over before an attempt could begin. */
    RequestTimeoutException outOfTime() {
        Duration elapsed = deadline.elapsed();
        return new RequestTimeoutException(
                operation + " timed out: the time for the whole call was over after " + elapsed.toMillis() + " ms and "
                        + (attempts - 1) + " attempts",
                elapsed,
                null);
    }

    /** Waits between two attempts; true if the call was cut off meanwhile. */
    boolean pause(Duration wait) throws InterruptedException {
        return cancelled.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Tells the breaker and the observers how the call ended. */
    void end() {
        CircuitBreaker.Permit open = permit;
        if (open != null) {
            settle(open);
        }
        observer.end(new CallEnd(outcome(), attempts, deadline.elapsed(), requestBytes, responseBytes));
    }

    private void settle(CircuitBreaker.Permit open) {
        try (open) {
            if (last instanceof AttemptResult.Answered<T>) {
                open.success();
            } else if (last instanceof AttemptResult.Failed<T> failed) {
                failed.failure().settle(open);
            }
        }
    }

    private CallEnd.Outcome outcome() {
        ASAPException reason = failure;
        if (takenBack) {
            return new CallEnd.Cancelled();
        } else if (reason != null) {
            return new CallEnd.Failed(reason);
        }
        return new CallEnd.Answered(
                last instanceof AttemptResult.Answered<T> answered && answered.value() instanceof Envelope message
                        ? message
                        : null);
    }

    boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /** The caller does not want the answer any more. */
    void takeBack() {
        takenBack = true;
        cancel();
    }

    @Override
    public void cancel() {
        cancelled.countDown();
        RunningCalls.Running attempt = exchange;
        if (attempt != null) {
            attempt.cancel();
        }
        CompletableFuture<?> event = waiting;
        if (event != null) {
            event.cancel(false);
        }
    }
}
