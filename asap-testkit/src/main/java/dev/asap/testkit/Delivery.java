// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * How one answer is to be sent, put together by the parts of a {@link Fault}. Belongs to one thread.
 *
 * <p>Every component has a value that spoils nothing.
 */
final class Delivery {
    /** Where an answer stops; the places count from the first byte of its head. */
    @FunctionalInterface
    interface Place {
        long of(long head, long body, long tail);
    }

    /** How an answer stops. */
    enum End {
        /** With a reset of the connection. */
        RESET,
        /** With an ordinary end of the connection. */
        CLOSE,
        /** With silence. */
        SILENCE,
        /** With a reset of the stream. */
        RESET_STREAM
    }

    /** What becomes of the connection behind the answer. */
    enum Afterwards {
        KEEP,
        CLOSE,
        CLOSE_ON_NEXT_REQUEST
    }

    /** What never ends. */
    enum Endless {
        NOTHING,
        HEAD,
        BODY
    }

    /** So many bytes at a time, with a pause before each. */
    record Pace(int bytes, Duration interval) {
        static final Pace FULL = new Pace(Integer.MAX_VALUE, Duration.ZERO);
    }

    /** Where and how an answer stops. */
    record Cut(Place place, End end) {}

    /** What happens before an answer on an HTTP/2 connection. */
    @FunctionalInterface
    interface Http2Act {
        void run(Http2Connection connection, int stream) throws IOException;
    }

    /** What happens before an answer over a WebSocket, or right after its handshake. */
    @FunctionalInterface
    interface SocketAct {
        void run(WebSocketConnection connection) throws IOException;
    }

    BiFunction<ReceivedRequest, Answer, Answer> rewriting = (request, answer) -> answer;
    Duration beforeHead = Duration.ZERO;
    Duration beforeBody = Duration.ZERO;
    int informationalStatus;
    int informationalCount;
    boolean acknowledged = true;
    boolean chunked;
    int lengthError;
    Pace pace = Pace.FULL;

    @Nullable
    Cut cut;

    Http2Error streamError = Http2Error.NO_ERROR;
    int copies = 1;
    Endless endless = Endless.NOTHING;
    byte @Nullable [] garbage;
    Afterwards afterwards = Afterwards.KEEP;

    @Nullable
    Http2Act http2;

    @Nullable
    SocketAct socket;

    void rewrite(BiFunction<ReceivedRequest, Answer, Answer> further) {
        BiFunction<ReceivedRequest, Answer, Answer> first = rewriting;
        rewriting = (request, answer) -> further.apply(request, first.apply(request, answer));
    }

    void cut(Place place, End end) {
        cut = new Cut(place, end);
    }

    /** Nothing at all is sent. */
    void nothing(End end) {
        acknowledged = false;
        cut((head, body, tail) -> 0, end);
    }
}
