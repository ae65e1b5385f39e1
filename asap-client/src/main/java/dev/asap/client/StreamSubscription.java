// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.model.Envelope;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber and its call.
 *
 * <p>Signals are given in turns: whoever raises {@link #turns} from zero has the executor run a turn, everyone else leaves it to the one
 * that runs. So signals never overlap, a subscriber that asks for more from within a signal makes no deeper stack, and a
 * subscription without demand holds no thread. Who has a turn touches the subscriber. After the last signal turns are never given back.
 */
final class StreamSubscription implements Flow.Subscription, Runnable {
    private final Executor executor;
    private final AtomicLong demand = new AtomicLong();

    /** One from the start: there are no turns while the subscriber is told that it is subscribed. */
    private final AtomicInteger turns = new AtomicInteger(1);

    private Flow.@Nullable Subscriber<? super Envelope> subscriber;
    private boolean started;
    private boolean hasEnded;

    private volatile @Nullable StreamCall call;
    private volatile boolean cancelled;
    private volatile @Nullable IllegalArgumentException misuse;

    StreamSubscription(Flow.Subscriber<? super Envelope> subscriber, Executor executor) {
        this.subscriber = subscriber;
        this.executor = executor;
    }

    /**
     * Tells the subscriber that it is subscribed, and makes the call.
     *
     * @param calls makes a call that runs what it is given when it was cut off
     */
    void begin(Function<Runnable, StreamCall> calls) {
        RuntimeException refused = null;
        try {
            call = calls.apply(this::wakeUp);
        } catch (RuntimeException e) {
            refused = e;
        }
        Flow.Subscriber<? super Envelope> told = subscriber;
        if (told == null) {
            return;
        }
        signal(() -> told.onSubscribe(this));
        if (refused != null) {
            fail(refused);
        } else {
            runTurn();
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            misuse = new IllegalArgumentException("at least one element has to be requested (rule 3.9), got " + n);
            closeCall();
        } else {
            demand.accumulateAndGet(n, (was, more) -> was + more < 0 ? Long.MAX_VALUE : was + more);
        }
        wakeUp();
    }

    @Override
    public void cancel() {
        cancelled = true;
        closeCall();
        if (turns.getAndIncrement() == 0) {
            subscriber = null;
        }
    }

    /** A turn, or as many as were asked for meanwhile. */
    @Override
    public void run() {
        int done = turns.get();
        while (done != 0) {
            if (!publish()) {
                return;
            }
            done = turns.addAndGet(-done);
        }
    }

    private void wakeUp() {
        if (turns.getAndIncrement() == 0) {
            runTurn();
        }
    }

    private void runTurn() {
        try {
            executor.execute(this);
        } catch (RejectedExecutionException e) {
            closeCall();
            fail(new ClientClosedException("The stream was cut off: the client is closed", e));
        }
    }

    /** Gives the signals that are due; false after the last one. */
    private boolean publish() {
        while (!isWithdrawn() && (!started || demand.get() > 0 || isSettled())) {
            Envelope envelope;
            try {
                envelope = startOrRead();
            } catch (RuntimeException | Error e) {
                return fail(e);
            }
            if (hasEnded) {
                return complete();
            } else if (envelope != null && !isWithdrawn()) {
                publish(envelope);
            }
        }
        return isWithdrawn() ? fail(misuse) : true;
    }

    /** Whether the subscriber takes nothing any more: it has cancelled, or broken a rule. */
    private boolean isWithdrawn() {
        return cancelled || misuse != null;
    }

    /** Makes the call the first time, and then waits for an envelope; null at the end, and the first time. */
    private @Nullable Envelope startOrRead() {
        StreamCall current = Objects.requireNonNull(call);
        if (!started) {
            started = true;
            current.start();
            return null;
        }
        Envelope envelope = current.read();
        hasEnded = envelope == null;
        return envelope;
    }

    private void publish(Envelope envelope) {
        Flow.Subscriber<? super Envelope> told = subscriber;
        if (told != null) {
            demand.getAndUpdate(was -> was == Long.MAX_VALUE ? was : was - 1);
            signal(() -> told.onNext(envelope));
        }
    }

    private boolean complete() {
        Flow.Subscriber<? super Envelope> told = subscriber;
        subscriber = null;
        if (told != null && !cancelled) {
            signal(told::onComplete);
        }
        return false;
    }

    /** Ends with an error, unless the subscription is cancelled; what the subscriber did wrong counts more than what followed. */
    private boolean fail(@Nullable Throwable failure) {
        Flow.Subscriber<? super Envelope> told = subscriber;
        Throwable reason = misuse != null ? misuse : failure;
        subscriber = null;
        if (told != null && !cancelled && reason != null) {
            signal(() -> told.onError(reason));
        }
        return false;
    }

    /** A subscriber that throws has broken the rules and is as good as gone; whoever runs the executor learns of it. */
    private void signal(Runnable signal) {
        try {
            signal.run();
        } catch (RuntimeException | Error e) {
            cancelled = true;
            subscriber = null;
            closeCall();
            throw e;
        }
    }

    private boolean isSettled() {
        StreamCall current = call;
        return current != null && current.isSettled();
    }

    private void closeCall() {
        StreamCall current = call;
        if (current != null) {
            current.close();
        }
    }
}
