// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.model.Envelope;
import dev.asap.testkit.LeakChecks;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** Runs the verification that reactive streams have for publishers, over real sockets. */
@Timeout(120)
@ExtendWith(LeakChecks.class)
class StreamPublisherVerificationTest {
    private static final long PATIENCE_MILLIS = 3000;
    private static final long SILENCE_MILLIS = 50;
    private static final int MANY = 100;

    private static List<Method> rules() {
        return Arrays.stream(StreamVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> publisher_rules_areKept() {
        return rules().stream().map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> verify(rule)));
    }

    @Test
    void verification_rules_areMoreThanAFew() {
        assertThat(rules()).hasSizeGreaterThan(30);
    }

    private static void verify(Method rule) throws Throwable {
        try (StreamVerification verification = new StreamVerification()) {
            verification.setUp();
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            // A rule that cannot be verified, or that asks for what a publisher need not have.
            Assumptions.assumeFalse(
                    e.getCause() instanceof SkipException,
                    () -> String.valueOf(e.getCause().getMessage()));
            throw e.getCause();
        }
        LeakChecks.requireNoThreads();
    }

    /** Has peers that send as many envelopes as a rule wants, and one that has no stream. */
    public static final class StreamVerification extends FlowPublisherVerification<Envelope> implements AutoCloseable {
        private final Deque<Closeable> open = new ArrayDeque<>();

        StreamVerification() {
            super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS));
        }

        @Override
        public Flow.Publisher<Envelope> createFlowPublisher(long elements) {
            return publisher(exchange -> send(exchange, elements));
        }

        @Override
        public Flow.Publisher<Envelope> createFailedFlowPublisher() {
            return publisher(exchange -> exchange.write(
                    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"));
        }

        private Flow.Publisher<Envelope> publisher(StreamPeer.Behaviour behaviour) {
            try {
                StreamPeer peer = new StreamPeer(behaviour);
                open.push(peer::close);
                StreamFixture fixture = new StreamFixture(peer.url());
                open.push(fixture::close);
                return fixture.publisher(StreamFixture.DEFAULTS.withLastChunkRequired(false));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void send(StreamPeer.Exchange exchange, long elements) throws IOException {
            exchange.open();
            String many = StreamPeer.chunk("x", false).repeat(MANY);
            long left = elements;
            while (left > MANY) {
                exchange.send(many);
                left -= MANY;
            }
            for (; left > 0; left--) {
                exchange.send(StreamPeer.chunk("x", left == 1));
            }
            exchange.end();
        }

        @Override
        public void close() throws IOException {
            while (!open.isEmpty()) {
                open.pop().close();
            }
        }
    }
}
