// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.ASAPException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error that the protocol has a name for. A handler throws one to refuse a task; the caller's client gets it as a {@link
 * RemoteErrorException}.
 *
 * <pre>{@code
 * throw ProtocolException.builder(new ErrorCode("asap:skill/busy", -32040), "Skill is busy")
 *         .recoverable(true)
 *         .retryAfter(Duration.ofMillis(250))
 *         .build();
 * }</pre>
 *
 * <p>The subclasses are the protocol's own errors.
 */
public class ProtocolException extends ASAPException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorCode code;
    private final transient JsonObject details;
    private final boolean recoverable;
    private final @Nullable Duration retryAfter;
    private final transient List<AgentUrn> alternativeAgents;
    private final @Nullable String fallbackAction;

    /** Creates the error that was put together. */
    protected ProtocolException(Builder builder) {
        super(builder.message, builder.cause);
        this.code = builder.code;
        this.details = builder.details;
        this.recoverable = builder.recoverable;
        this.retryAfter = builder.retryAfter;
        this.alternativeAgents = builder.alternativeAgents;
        this.fallbackAction = builder.fallbackAction;
    }

    /** Starts an error that is not recoverable and has no details. */
    public static Builder builder(ErrorCode code, String message) {
        return new Builder(code, message);
    }

    /** The error's name and number. */
    public ErrorCode code() {
        return code;
    }

    /** What belongs to the error, by the names of the protocol; may be empty. */
    public JsonObject details() {
        return details;
    }

    /** Whether the protocol calls the error recoverable: the same request may succeed later. */
    @Override
    public boolean retryable() {
        return recoverable;
    }

    @Override
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Other agents that may do it. */
    public List<AgentUrn> alternativeAgents() {
        return alternativeAgents;
    }

    /** What the protocol advises to do, as in {@code retry_with_backoff}; empty when it advises nothing. */
    public Optional<String> fallbackAction() {
        return Optional.ofNullable(fallbackAction);
    }

    /** Collects the parts of an error. Not thread-safe. */
    public static final class Builder {
        private final ErrorCode code;
        private final String message;
        private JsonObject details = JsonObject.empty();
        private boolean recoverable;
        private @Nullable Duration retryAfter;
        private List<AgentUrn> alternativeAgents = List.of();
        private @Nullable String fallbackAction;
        private @Nullable Throwable cause;

        private Builder(ErrorCode code, String message) {
            this.code = code;
            this.message = message;
        }

        /** What belongs to the error. It goes to the caller: nothing secret. */
        public Builder details(JsonObject value) {
            details = value;
            return this;
        }

        /** Whether the same request may succeed later. */
        public Builder recoverable(boolean value) {
            recoverable = value;
            return this;
        }

        /** When to try again, in whole milliseconds. */
        public Builder retryAfter(@Nullable Duration value) {
            retryAfter = value;
            return this;
        }

        /** Other agents that may do it. */
        public Builder alternativeAgents(List<AgentUrn> value) {
            alternativeAgents = List.copyOf(value);
            return this;
        }

        /** What to do instead, as in {@code retry_later}. */
        public Builder fallbackAction(@Nullable String value) {
            fallbackAction = value;
            return this;
        }

        /** What caused it; stays on this side of the wire. */
        public Builder cause(@Nullable Throwable value) {
            cause = value;
            return this;
        }

        /** The error. */
        public ProtocolException build() {
            return new ProtocolException(this);
        }
    }
}
