// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

/** Why HTTP/2 ends a stream or a connection. */
public enum Http2Error {
    /** Nothing is wrong. */
    NO_ERROR(0x0),
    /** The other side breaks the protocol. */
    PROTOCOL_ERROR(0x1),
    /** Something failed that is not the other side's fault. */
    INTERNAL_ERROR(0x2),
    /** The other side sent more than it may. */
    FLOW_CONTROL_ERROR(0x3),
    /** The other side did not acknowledge the settings in time. */
    SETTINGS_TIMEOUT(0x4),
    /** The request was not processed: it may be repeated. */
    REFUSED_STREAM(0x7),
    /** The stream is not needed any more. */
    CANCEL(0x8),
    /** The other side does too much. */
    ENHANCE_YOUR_CALM(0xb),
    /** The other side has to use HTTP/1.1. */
    HTTP_1_1_REQUIRED(0xd);

    private final int code;

    Http2Error(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }
}
