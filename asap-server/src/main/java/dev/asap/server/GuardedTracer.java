// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.model.Envelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a tracer throws from the messages that it follows. Thread-safe, as the tracer is. */
final class GuardedTracer implements MessageTracer {
    private static final Logger LOG = LoggerFactory.getLogger(ASAPServer.class);

    private final MessageTracer tracer;

    GuardedTracer(MessageTracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Trace begin(Envelope message, String payloadType, Headers headers) {
        try {
            return new GuardedTrace(tracer.begin(message, payloadType, headers));
        } catch (RuntimeException e) {
            report(e);
            return Trace.NONE;
        }
    }

    private static void report(RuntimeException e) {
        LOG.warn("The message tracer failed", e);
    }

    private record GuardedTrace(Trace trace) implements Trace {
        @Override
        public Envelope outgoing(Envelope answer) {
            try {
                return trace.outgoing(answer);
            } catch (RuntimeException e) {
                report(e);
                return answer;
            }
        }

        @Override
        public void failed(String errorType) {
            try {
                trace.failed(errorType);
            } catch (RuntimeException e) {
                report(e);
            }
        }

        @Override
        public void end() {
            try {
                trace.end();
            } catch (RuntimeException e) {
                report(e);
            }
        }
    }
}
