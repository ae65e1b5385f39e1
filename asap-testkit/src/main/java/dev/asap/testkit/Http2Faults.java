// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import dev.asap.testkit.Delivery.End;
import dev.asap.testkit.Fault.Scope;

/** Faults of HTTP/2, for a peer that {@link FaultyPeer#startH2c} started. */
public final class Http2Faults {
    private Http2Faults() {}

    /**
     * The connection goes away before the request: GOAWAY with a last stream id below the request's, which stays unanswered. A client
     * knows by that that the request was not processed.
     */
    public static Fault goAwayBelow(Http2Error error) {
        return Fault.of("Http2Faults.goAwayBelow(" + error + ")", Scope.HTTP2, delivery -> {
            delivery.http2 = (connection, stream) -> connection.writeGoAway(Math.max(0, stream - 2), error);
            delivery.nothing(End.SILENCE);
        });
    }

    /**
     * The connection goes away after the request: GOAWAY with the highest last stream id, then the answer. With {@link
     * Fault#closeBeforeAnswer} the client cannot know whether the request was processed.
     */
    public static Fault goAwayAbove(Http2Error error) {
        return Fault.of(
                "Http2Faults.goAwayAbove(" + error + ")",
                Scope.HTTP2,
                delivery -> delivery.http2 = (connection, stream) -> connection.writeGoAway(Integer.MAX_VALUE, error));
    }

    /** The stream is reset before the answer. */
    public static Fault resetStream(Http2Error error) {
        return Fault.of("Http2Faults.resetStream(" + error + ")", Scope.HTTP2, delivery -> {
            delivery.streamError = error;
            delivery.nothing(End.RESET_STREAM);
        });
    }

    /** The stream is reset in the middle of the body. */
    public static Fault resetStreamMidBody(Http2Error error) {
        return Fault.of("Http2Faults.resetStreamMidBody(" + error + ")", Scope.HTTP2, delivery -> {
            delivery.streamError = error;
            delivery.cut((head, body, tail) -> head + body / 2, End.RESET_STREAM);
        });
    }
}
