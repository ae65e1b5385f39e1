// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import dev.asap.ASAPException;
import dev.asap.client.CallEnd.Answered;
import dev.asap.client.CallEnd.Failed;
import dev.asap.client.CallEnd.Outcome;
import dev.asap.client.CallInterruptedException;
import dev.asap.client.CallKind;
import dev.asap.client.ClientClosedException;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.error.ResponseTooLargeException;
import dev.asap.validation.ValidationException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words for calls in metrics, traces and logs: a fixed number of them, whatever peers send. */
final class CallWords {
    /** The reason of what has not failed. */
    static final String NO_REASON = "none";

    /** Stands for everything that is not known beforehand. */
    static final String OTHER = "other";

    private static final String INVALID_DOCUMENT = "invalid_document";
    private static final String CLIENT_CLOSED = "client_closed";
    private static final String TOO_LARGE = "response_too_large";
    private static final String INTERRUPTED = "interrupted";

    /** What a server of this library says for a skill that it does not have; no code of the protocol's own list. */
    private static final String SKILL_NOT_FOUND = "asap:skill/not_found";

    private static final Set<String> KNOWN_CODES = Stream.concat(
                    Stream.of(SKILL_NOT_FOUND),
                    Stream.of(
                                    ErrorCode.INVALID_STATE,
                                    ErrorCode.MALFORMED_ENVELOPE,
                                    ErrorCode.INVALID_TIMESTAMP,
                                    ErrorCode.INVALID_NONCE,
                                    ErrorCode.TASK_NOT_FOUND,
                                    ErrorCode.CIRCUIT_OPEN,
                                    ErrorCode.HANDLER_NOT_FOUND,
                                    ErrorCode.UNSUPPORTED_AUTH_SCHEME,
                                    ErrorCode.TASK_ALREADY_COMPLETED,
                                    ErrorCode.THREAD_POOL_EXHAUSTED,
                                    ErrorCode.CONNECTION_ERROR,
                                    ErrorCode.TIMEOUT,
                                    ErrorCode.REMOTE_ERROR,
                                    ErrorCode.WEBHOOK_URL_REJECTED,
                                    ErrorCode.AGENT_REVOKED,
                                    ErrorCode.SIGNATURE_VERIFICATION)
                            .map(ErrorCode::name))
            .collect(Collectors.toUnmodifiableSet());

    private CallWords() {}

    static String kind(CallKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** {@code success}, {@code error} or {@code cancelled}: the protocol's words, and one that it does not have. */
    static String status(Outcome outcome) {
        if (outcome instanceof Answered) {
            return "success";
        }
        return outcome instanceof Failed ? "error" : "cancelled";
    }

    static String reason(Outcome outcome) {
        return outcome instanceof Failed failed ? reason(failed.failure()) : NO_REASON;
    }

    static String reason(ASAPException failure) {
        if (failure instanceof ProtocolException error) {
            String code = error.code().name();
            return KNOWN_CODES.contains(code) ? code : OTHER;
        } else if (failure instanceof ValidationException) {
            return INVALID_DOCUMENT;
        } else if (failure instanceof ResponseTooLargeException) {
            return TOO_LARGE;
        } else if (failure instanceof ClientClosedException) {
            return CLIENT_CLOSED;
        }
        return failure instanceof CallInterruptedException ? INTERRUPTED : OTHER;
    }
}
