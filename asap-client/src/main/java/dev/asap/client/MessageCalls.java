// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.error.RequestTimeoutException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives calls through their attempts: in the calling thread, or in the client's threads, of which a call holds none while it
 * waits for a place or for its next attempt. Thread-safe.
 */
final class MessageCalls {
    private final Operation operation;
    private final CallSlots slots;
    private final Duration slotTimeout;
    private final RunningCalls running;
    private final CallFailures failures;
    private final ObservedCalls observed;
    private final RetryRules rules;
    private final @Nullable CircuitBreaker breaker;
    private final @Nullable Duration callTimeout;
    private final LongSupplier nanoTime;
    private final Executor threads;
    private final ScheduledExecutorService timer;
    private final CallbackThreads callbacks;

    MessageCalls(
            ClientOptions options,
            Operation operation,
            CallSlots slots,
            RunningCalls running,
            CallFailures failures,
            ObservedCalls observed,
            Executor threads,
            ScheduledExecutorService timer,
            CallbackThreads callbacks) {
        this.operation = operation;
        this.slots = slots;
        this.slotTimeout = options.pool().timeout();
        this.running = running;
        this.failures = failures;
        this.observed = observed;
        this.rules = options.retryRules();
        this.breaker = options.circuitBreaker();
        this.callTimeout = options.callTimeout();
        this.nanoTime = options.nanoTime();
        this.threads = threads;
        this.timer = timer;
        this.callbacks = callbacks;
    }

    /**
     * Makes a call in this thread.
     *
     * @param message the message for the observers; null where there are several
     * @param attempts makes what sends it, once the observers know of the call
     */
    <T> T call(
            CallKind kind,
            @Nullable Envelope message,
            Function<CallObserver, Attempts<T>> attempts,
            CallOptions options) {
        MessageCall<T> call = begin(kind, message, attempts, options);
        try {
            while (true) {
                MessageCall.Step<T> step = call.after(attempt(call));
                if (step instanceof MessageCall.Done<T> done) {
                    return done.value();
                } else if (step instanceof MessageCall.Failed<T> failed) {
                    throw failed.failure();
                }
                pause(call, ((MessageCall.Again<T>) step).pause());
            }
        } catch (RuntimeException | Error e) {
            call.endsBy(e);
            throw e;
        } finally {
            end(call);
        }
    }

    /** Makes a call in the client's threads. */
    <T> CompletableFuture<T> callAsync(
            CallKind kind,
            @Nullable Envelope message,
            Function<CallObserver, Attempts<T>> attempts,
            CallOptions options) {
        MessageCall<T> call;
        try {
            call = begin(kind, message, attempts, options);
        } catch (ASAPException e) {
            return CompletableFuture.failedFuture(e);
        }
        PendingAnswer<T> answer = new PendingAnswer<>(call);
        answer.takePlace();
        return answer;
    }

    private <T> MessageCall<T> begin(
            CallKind kind, @Nullable Envelope message, Function<CallObserver, Attempts<T>> attempts, CallOptions own) {
        Duration timeout = own.timeout() != null ? own.timeout() : callTimeout;
        CallObserver observer =
                observed.begin(new CallStart(kind, operation.address().shown(), message));
        MessageCall<T> call = new MessageCall<>(
                attempts.apply(observer),
                own,
                operation,
                observer,
                Deadline.in(timeout, nanoTime),
                own.repeatable() == null ? rules : rules.repeatingUnknownOutcome(own.repeatable()));
        try {
            running.begin(call, operation.shown());
            call.admittedBy(breaker);
            return call;
        } catch (ASAPException e) {
            call.fail(e);
            end(call);
            throw e;
        }
    }

    private void end(MessageCall<?> call) {
        running.end(call);
        call.end();
    }

    private <T> AttemptResult<T> attempt(MessageCall<T> call) {
        try {
            CallSlots.Slot slot =
                    slots.acquire(operation.shown(), call.deadline().atMost(slotTimeout));
            try (slot) {
                return call.attempt();
            }
        } catch (RequestTimeoutException e) {
            return noPlace(call, e);
        } catch (ASAPException e) {
            return new AttemptResult.Failed<>(new AttemptFailure.Conclusive(e));
        }
    }

    /** Counts as an attempt that did not reach the peer. */
    private static <T> AttemptResult<T> noPlace(MessageCall<T> call, RequestTimeoutException timeout) {
        call.nextAttempt();
        return new AttemptResult.Failed<>(new AttemptFailure.NotSent(timeout));
    }

    private <T> void pause(MessageCall<T> call, Duration wait) {
        try {
            if (call.pause(wait)) {
                throw call.fail(CallFailures.closed(operation));
            }
        } catch (InterruptedException e) {
            throw call.fail(failures.interrupted(e, operation));
        }
    }

    /** The answer to an asynchronous call. Completed by anyone else, it takes the call back. */
    private final class PendingAnswer<T> extends CompletableFuture<T> {
        private final MessageCall<T> call;

        PendingAnswer(MessageCall<T> call) {
            this.call = call;
        }

        void takePlace() {
            CompletableFuture<CallSlots.Slot> place =
                    slots.acquireAsync(operation.shown(), call.deadline().atMost(slotTimeout));
            CompletableFuture<?> unused = place.whenComplete((slot, failure) ->
                    inThread(() -> proceed(slot != null ? attempt(slot) : withoutPlace(failure)), slot));
            call.waitsFor(place);
        }

        private AttemptResult<T> attempt(CallSlots.Slot place) {
            try (place) {
                return call.attempt();
            }
        }

        private AttemptResult<T> withoutPlace(Throwable failure) {
            Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof RequestTimeoutException timeout) {
                return noPlace(call, timeout);
            }
            return new AttemptResult.Failed<>(new AttemptFailure.Conclusive(
                    cause instanceof ASAPException known ? known : CallFailures.closed(operation)));
        }

        /** Goes on in one of the client's threads: what completed the wait may be a caller's thread, or the timer. */
        private void inThread(Runnable work, CallSlots.@Nullable Slot place) {
            try {
                threads.execute(() -> orFail(work));
            } catch (RejectedExecutionException e) {
                if (place != null) {
                    place.close();
                }
                settle(call.failed(CallFailures.closed(operation)));
            }
        }

        /** What the application's own code throws, a token provider for instance, must not leave the future open. */
        private void orFail(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                call.endsBy(e);
                settle(() -> super.completeExceptionally(e));
            }
        }

        private void proceed(AttemptResult<T> result) {
            MessageCall.Step<T> step = call.after(result);
            if (step instanceof MessageCall.Again<T> again) {
                pause(again.pause());
            } else {
                settle(step);
            }
        }

        private void pause(Duration wait) {
            CompletableFuture<Void> over = new CompletableFuture<>();
            CompletableFuture<?> unused = over.whenComplete((nothing, cancelled) -> inThread(this::resume, null));
            call.waitsFor(over);
            try {
                Future<?> alarm = timer.schedule(() -> over.complete(null), wait.toNanos(), TimeUnit.NANOSECONDS);
                unused = over.whenComplete((nothing, cancelled) -> alarm.cancel(false));
            } catch (RejectedExecutionException e) {
                over.cancel(false);
            }
        }

        private void resume() {
            if (call.isCancelled()) {
                settle(call.failed(CallFailures.closed(operation)));
            } else {
                takePlace();
            }
        }

        private void settle(MessageCall.Step<T> step) {
            settle(() -> step instanceof MessageCall.Done<T> done
                    ? super.complete(done.value())
                    : super.completeExceptionally(((MessageCall.Failed<T>) step).failure()));
        }

        /** Ends the call, then tells: what hangs on this future may close the client, which waits for running calls. */
        private void settle(BooleanSupplier tell) {
            MessageCalls.this.end(call);
            callbacks.run(() -> {
                boolean unused = tell.getAsBoolean();
            });
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return takeBackIf(super.cancel(mayInterruptIfRunning));
        }

        @Override
        public boolean complete(T value) {
            return takeBackIf(super.complete(value));
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            return takeBackIf(super.completeExceptionally(failure));
        }

        private boolean takeBackIf(boolean completed) {
            if (completed) {
                call.takeBack();
            }
            return completed;
        }
    }
}
