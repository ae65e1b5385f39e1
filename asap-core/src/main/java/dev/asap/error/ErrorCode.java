// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import java.util.List;

/**
 * The name of an error in the protocol's taxonomy and its JSON-RPC number.
 *
 * <p>The constants are the protocol's own; an agent may add codes for its skills, with numbers in the protocol's range. Some
 * numbers mean several things, the names do not: compare names.
 *
 * @param name as in {@code asap:task/not_found}
 * @param rpcCode the JSON-RPC number
 */
public record ErrorCode(String name, int rpcCode) {
    /** The lowest JSON-RPC number of the protocol's range. */
    public static final int MIN_RPC_CODE = -32059;

    /** The highest JSON-RPC number of the protocol's range. */
    public static final int MAX_RPC_CODE = -32000;

    /** A task cannot change from its state to the wanted one. */
    public static final ErrorCode INVALID_STATE = new ErrorCode("asap:protocol/invalid_state", -32000);

    /** An envelope is broken, or answers another request than ours. */
    public static final ErrorCode MALFORMED_ENVELOPE = new ErrorCode("asap:protocol/malformed_envelope", -32001);

    /** An envelope is too old or from the future. */
    public static final ErrorCode INVALID_TIMESTAMP = new ErrorCode("asap:protocol/invalid_timestamp", -32002);

    /** A nonce was used before, or is none. */
    public static final ErrorCode INVALID_NONCE = new ErrorCode("asap:protocol/invalid_nonce", -32003);

    /** There is no such task. */
    public static final ErrorCode TASK_NOT_FOUND = new ErrorCode("asap:task/not_found", -32010);

    /** The client's circuit breaker lets nothing through to this peer. */
    public static final ErrorCode CIRCUIT_OPEN = new ErrorCode("asap:transport/circuit_open", -32011);

    /** The agent does not handle this payload type. */
    public static final ErrorCode HANDLER_NOT_FOUND = new ErrorCode("asap:transport/handler_not_found", -32012);

    /** A manifest asks for a way of authentication that the protocol does not have. */
    public static final ErrorCode UNSUPPORTED_AUTH_SCHEME = new ErrorCode("asap:auth/unsupported_scheme", -32020);

    /** The task has ended and cannot be changed. */
    public static final ErrorCode TASK_ALREADY_COMPLETED = new ErrorCode("asap:task/already_completed", -32030);

    /** The agent works on as many requests as it may. */
    public static final ErrorCode THREAD_POOL_EXHAUSTED = new ErrorCode("asap:transport/thread_pool_exhausted", -32031);

    /** The peer could not be reached, or answered with an HTTP failure. */
    public static final ErrorCode CONNECTION_ERROR = new ErrorCode("asap:transport/connection_error", -32032);

    /** The peer did not answer in time. */
    public static final ErrorCode TIMEOUT = new ErrorCode("asap:transport/timeout", -32033);

    /** The peer answered with an error that names no code of its own. */
    public static final ErrorCode REMOTE_ERROR = new ErrorCode("asap:rpc/remote_error", -32034);

    /** A webhook's address is not allowed. */
    public static final ErrorCode WEBHOOK_URL_REJECTED = new ErrorCode("asap:transport/webhook_url_rejected", -32050);

    /** The agent is on the list of revoked agents. */
    public static final ErrorCode AGENT_REVOKED = new ErrorCode("asap:agent/revoked", -32051);

    /** A manifest's signature does not hold. */
    public static final ErrorCode SIGNATURE_VERIFICATION = new ErrorCode("asap:error/signature-verification", -32052);

    /** The protocol's own codes. */
    public static final List<ErrorCode> ALL = List.of(
            INVALID_STATE,
            MALFORMED_ENVELOPE,
            INVALID_TIMESTAMP,
            INVALID_NONCE,
            TASK_NOT_FOUND,
            CIRCUIT_OPEN,
            HANDLER_NOT_FOUND,
            UNSUPPORTED_AUTH_SCHEME,
            TASK_ALREADY_COMPLETED,
            THREAD_POOL_EXHAUSTED,
            CONNECTION_ERROR,
            TIMEOUT,
            REMOTE_ERROR,
            WEBHOOK_URL_REJECTED,
            AGENT_REVOKED,
            SIGNATURE_VERIFICATION);

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if the name does not begin with {@code asap:} or the number is out of range
     */
    public ErrorCode {
        if (!name.startsWith("asap:")) {
            throw new IllegalArgumentException("an error's name begins with 'asap:', got '" + name + "'");
        }
        if (rpcCode < MIN_RPC_CODE || rpcCode > MAX_RPC_CODE) {
            throw new IllegalArgumentException("an error's number is between " + MIN_RPC_CODE + " and " + MAX_RPC_CODE
                    + ", got " + rpcCode + " for " + name);
        }
    }
}
