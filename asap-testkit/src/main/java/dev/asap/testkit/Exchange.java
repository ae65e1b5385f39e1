// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.Afterwards;
import dev.asap.testkit.Delivery.Cut;
import dev.asap.testkit.Delivery.End;
import dev.asap.testkit.Delivery.Endless;
import dev.asap.testkit.Delivery.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Sends one answer the way a {@link Delivery} says. What differs between the protocols is in the subclasses. Belongs to one thread.
 *
 * <p>An {@link IOException} means that the client hung up, or the peer was closed: there is nobody left to answer.
 */
abstract class Exchange {
    final void send(Answer answer, Delivery delivery) throws IOException {
        pause(delivery.beforeHead);
        announce(delivery);
        if (delivery.garbage != null) {
            writeHead(delivery.garbage, Pace.FULL);
            end(End.CLOSE, delivery);
            return;
        }
        if (delivery.endless == Endless.HEAD) {
            writeEndlessHead();
            return;
        }
        for (int i = 0; i < delivery.copies; i++) {
            if (!sendOnce(answer, delivery)) {
                return;
            }
        }
        if (delivery.afterwards == Afterwards.CLOSE) {
            end(End.CLOSE, delivery);
        }
    }

    /** False if the answer was cut off. */
    private boolean sendOnce(Answer answer, Delivery delivery) throws IOException {
        byte[] head = head(answer, delivery);
        byte[] body = body(answer, delivery);
        byte[] tail = tail(answer, delivery);
        Cut cut = delivery.cut;
        long limit = cut == null ? Long.MAX_VALUE : cut.place().of(head.length, body.length, tail.length);
        writeHead(upTo(limit, head), delivery.pace);
        if (limit > head.length) {
            pause(delivery.beforeBody);
            writeBody(upTo(limit - head.length, body), delivery.pace);
        }
        if (delivery.endless == Endless.BODY) {
            writeEndlessBody(delivery.pace);
        }
        writeHead(upTo(limit - head.length - body.length, tail), delivery.pace);
        if (cut != null) {
            end(cut.end(), delivery);
        }
        return cut == null;
    }

    private static byte[] upTo(long limit, byte[] bytes) {
        return limit >= bytes.length ? bytes : Arrays.copyOf(bytes, (int) Math.max(0, limit));
    }

    /** The bytes before the body. */
    abstract byte[] head(Answer answer, Delivery delivery);

    /** The body as {@link #writeBody} takes it. */
    abstract byte[] body(Answer answer, Delivery delivery);

    /** The bytes that end the body. */
    abstract byte[] tail(Answer answer, Delivery delivery);

    /** Sends what comes before an answer. */
    abstract void announce(Delivery delivery) throws IOException;

    /** Writes bytes as they are. */
    abstract void writeHead(byte[] bytes, Pace pace) throws IOException;

    abstract void writeBody(byte[] bytes, Pace pace) throws IOException;

    /** Writes until there is nobody left. */
    abstract void writeEndlessHead() throws IOException;

    /** Writes until there is nobody left. */
    abstract void writeEndlessBody(Pace pace) throws IOException;

    abstract void pause(Duration length) throws IOException;

    abstract void end(End end, Delivery delivery) throws IOException;
}
