// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.JsonObject;
import java.util.Optional;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * A server refused what an agent asked for, with an HTTP status from 400 on that a repetition does not change: 400 and 422 for a
 * request that it does not understand, 401 for a token that it does not believe, 403 for what the agent may not do, 404 for an
 * agent or a capability that it does not know, 409 for a key that another agent has.
 */
public class AccessRefusedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final @Nullable String reason;
    private final @Nullable String error;
    private final @Nullable String challenge;
    private final @Nullable String requestId;

    AccessRefusedException(Refusal refusal) {
        super(builder(ErrorCode.REMOTE_ERROR, refusal.message())
                .details(JsonObject.of(
                        "url",
                        refusal.operation().address().shown(),
                        "http_status",
                        refusal.httpStatus(),
                        "reason",
                        refusal.reason())));
        this.httpStatus = refusal.httpStatus();
        this.reason = refusal.reason();
        this.error = refusal.error();
        this.challenge =
                refusal.challenge() == null ? null : refusal.challenge().toString();
        this.requestId = refusal.requestId();
    }

    /** The HTTP status. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Why, in the server's words, 200 characters at most; empty where it does not say. For people: decide by the status. */
    public Optional<String> reason() {
        return Optional.ofNullable(reason);
    }

    /** The server's name for the error, such as {@code capability_not_granted}; empty where it has none. */
    public Optional<String> error() {
        return Optional.ofNullable(error);
    }

    /**
     * The URL of the manifest that tells how to register, out of the ASAP challenge of a 401; empty where there is none. It is what
     * the server says: it may point anywhere.
     */
    public Optional<String> challenge() {
        return Optional.ofNullable(challenge);
    }

    /** The id under which the server has logged the request; empty where it does not say. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /**
     * What is known of a refusal.
     *
     * @param operation what was refused
     */
    record Refusal(
            Operation operation,
            int httpStatus,
            @Nullable String reason,
            @Nullable String error,
            @Nullable HttpUrl challenge,
            @Nullable String requestId) {
        String message() {
            return operation
                    + " was refused with HTTP " + httpStatus
                    + (reason == null ? "" : ": " + reason)
                    + ASAPChallenge.advice(challenge);
        }
    }
}
