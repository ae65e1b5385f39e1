// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import dev.asap.client.CallEnd;
import dev.asap.client.CallInterceptor;
import dev.asap.client.CallObserver;
import dev.asap.client.CallStart;
import dev.asap.model.Envelope;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each call when it has ended: one line at DEBUG, for the logger that has the name of this class. Nothing of what the
 * messages carry is logged, nor is what the peer calls an error of its own. Thread-safe; costs nothing while the level is off.
 *
 * <pre>
 * asap.client.send status=error reason=asap:transport/timeout address=https://agent.example/asap envelope_id=01JZ3T8Q4N0W7C2R5V9X1Y6B3D attempts=3 duration_ms=1504.22 request_bytes=512 response_bytes=0
 * </pre>
 *
 * <p>The words are those of {@link MicrometerCalls}; {@code envelope_id} is {@code none} for documents and for several messages in
 * one request.
 */
public final class LoggedCalls implements CallInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedCalls.class);
    private static final CallObserver UNOBSERVED = new CallObserver() {};

    private static final String NO_MESSAGE = "none";
    private static final int MAX_LENGTH = 200;
    private static final double NANOS_PER_MILLI = 1e6;

    /** Logs with slf4j. */
    public LoggedCalls() {}

    @Override
    public CallObserver begin(CallStart call) {
        return LOG.isDebugEnabled() ? new Logged(call) : UNOBSERVED;
    }

    /** Ids and addresses may come from others: they must not break the line, nor look like another member. */
    private static String oneWord(String text) {
        StringBuilder word = new StringBuilder();
        text.codePoints()
                .limit(MAX_LENGTH)
                .map(c -> Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c) ? '_' : c)
                .forEach(word::appendCodePoint);
        return word.toString();
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.2f", duration.toNanos() / NANOS_PER_MILLI);
    }

    private static final class Logged implements CallObserver {
        private final CallStart call;

        Logged(CallStart call) {
            this.call = call;
        }

        @Override
        public void end(CallEnd end) {
            Envelope message = call.message();
            LOG.debug(
                    "asap.client.{} status={} reason={} address={} envelope_id={} attempts={} duration_ms={} request_bytes={} response_bytes={}",
                    CallWords.kind(call.kind()),
                    CallWords.status(end.outcome()),
                    CallWords.reason(end.outcome()),
                    oneWord(call.address()),
                    message == null ? NO_MESSAGE : oneWord(message.id()),
                    end.attempts(),
                    millis(end.took()),
                    end.requestBytes(),
                    end.responseBytes());
        }
    }
}
