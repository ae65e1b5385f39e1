// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.ASAPException;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The interceptors of a client as one, which keeps their exceptions from the calls. Thread-safe. */
final class ObservedCalls implements CallInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPClient.class);

    private static final CallObserver NOBODY = new CallObserver() {};

    private final List<CallInterceptor> interceptors;
    private final AtomicBoolean warned = new AtomicBoolean();

    ObservedCalls(List<CallInterceptor> interceptors) {
        this.interceptors = List.copyOf(interceptors);
    }

    @Override
    public CallObserver begin(CallStart call) {
        if (interceptors.isEmpty()) {
            return NOBODY;
        }
        List<CallObserver> observers = new ArrayList<>(interceptors.size());
        for (CallInterceptor interceptor : interceptors) {
            try {
                observers.add(interceptor.begin(call));
            } catch (RuntimeException e) {
                warn(e);
            }
        }
        return new Together(observers);
    }

    private void warn(RuntimeException e) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn("An interceptor of calls failed; the calls go on, and further failures are not logged", e);
        }
    }

    private final class Together implements CallObserver {
        private final List<CallObserver> observers;

        Together(List<CallObserver> observers) {
            this.observers = observers;
        }

        private void each(Consumer<CallObserver> action) {
            for (CallObserver observer : observers) {
                try {
                    action.accept(observer);
                } catch (RuntimeException e) {
                    warn(e);
                }
            }
        }

        @Override
        public Envelope outgoing(Envelope message) {
            Envelope outgoing = message;
            for (CallObserver observer : observers) {
                try {
                    Envelope changed = observer.outgoing(outgoing);
                    if (!changed.id().equals(message.id())) {
                        throw new IllegalStateException("an observer must keep the message's id");
                    }
                    outgoing = changed;
                } catch (RuntimeException e) {
                    warn(e);
                }
            }
            return outgoing;
        }

        @Override
        public void attempt(int number, BiConsumer<String, String> headers) {
            each(observer -> observer.attempt(number, headers));
        }

        @Override
        public void repeated(int number, ASAPException failure, Duration wait) {
            each(observer -> observer.repeated(number, failure, wait));
        }

        @Override
        public void end(CallEnd end) {
            each(observer -> observer.end(end));
        }
    }
}
