// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.error.ErrorCode;
import dev.asap.error.InvalidTimestampException;
import dev.asap.error.ProtocolException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.ThreadPoolExhaustedException;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Errors on their way out of a server and into a client. */
class JsonRpcErrorTest {
    private final ProtocolException busy = ProtocolException.builder(
                    new ErrorCode("asap:skill/busy", -32040), "Skill is busy")
            .details(JsonObject.of("skill_id", "s"))
            .recoverable(true)
            .retryAfter(Duration.ofMillis(250))
            .alternativeAgents(List.of(AgentUrn.of("urn:asap:agent:backup")))
            .fallbackAction("retry_later")
            .build();

    @Test
    void protocolError_isWrittenWithAllItsHintsInTheProtocolsOrder() {
        JsonRpcError error = JsonRpcError.of(busy, "Skill is busy");

        assertThat(error.code()).isEqualTo(-32040);
        assertThat(error.data().names())
                .containsExactly(
                        "code",
                        "rpc_code",
                        "message",
                        "details",
                        "retry_after_ms",
                        "alternative_agents",
                        "fallback_action",
                        "recoverable",
                        "asap_taxonomy_code",
                        "error");
    }

    @Test
    void protocolError_comesBackAsItWas() {
        RemoteErrorException remote = JsonRpcError.of(busy, "Skill is busy").toException();

        assertThat(remote).hasMessage("Remote error -32040: Skill is busy");
        assertThat(remote.code()).isEqualTo(busy.code());
        assertThat(remote.jsonRpcCode()).isEqualTo(-32040);
        assertThat(remote.retryable()).isTrue();
        assertThat(remote.retryAfter()).contains(Duration.ofMillis(250));
        assertThat(remote.alternativeAgents()).containsExactly(AgentUrn.of("urn:asap:agent:backup"));
        assertThat(remote.fallbackAction()).contains("retry_later");
        assertThat(remote.details().getObject("details")).isEqualTo(JsonObject.of("skill_id", "s"));
    }

    @Test
    void plainError_isTheGeneralRemoteError() {
        RemoteErrorException remote = new JsonRpcError(-32603, "Internal error", null).toException();

        assertThat(remote.code()).isEqualTo(ErrorCode.REMOTE_ERROR);
        assertThat(remote.jsonRpcCode()).isEqualTo(-32603);
        assertThat(remote.retryable()).isFalse();
        assertThat(remote.data()).isNull();
        assertThat(remote.details()).isEqualTo(JsonObject.empty());
    }

    @Test
    void numberOutOfRange_isKeptBesideTheName() {
        RemoteErrorException remote =
                new JsonRpcError(429, "Rate limit exceeded", JsonObject.of("retry_after", 1)).toException();

        assertThat(remote.jsonRpcCode()).isEqualTo(429);
        assertThat(remote.code().rpcCode()).isEqualTo(ErrorCode.REMOTE_ERROR.rpcCode());
        assertThat(remote.details()).isEqualTo(JsonObject.of("retry_after", 1));
    }

    @Test
    void nameInTheOldPlace_isFound() {
        JsonObject data = JsonObject.of("code", 17, "asap_taxonomy_code", "asap:task/not_found");

        assertThat(new JsonRpcError(-32010, "x", data).toException().code()).isEqualTo(ErrorCode.TASK_NOT_FOUND);
    }

    @Test
    void hostileHints_areIgnored() {
        JsonObject data = JsonObject.of(
                "recoverable",
                "true",
                "retry_after_ms",
                "soon",
                "alternative_agents",
                List.of("nobody", 5),
                "fallback_action",
                7);

        RemoteErrorException remote = new JsonRpcError(-32000, "x", data).toException();

        assertThat(remote.retryable()).isFalse();
        assertThat(remote.retryAfter()).isEmpty();
        assertThat(remote.alternativeAgents()).isEmpty();
        assertThat(remote.fallbackAction()).isEmpty();
    }

    @Test
    void hugeOrNegativeWaits_areBounded() {
        assertThat(waitOf("1e300")).contains(Duration.ofDays(365));
        assertThat(waitOf("-1")).isEmpty();
    }

    private static java.util.Optional<Duration> waitOf(String millis) {
        JsonObject data = JsonObject.parse("{\"retry_after_ms\":" + millis + "}");
        return new JsonRpcError(-32000, "x", data).toException().retryAfter();
    }

    @Test
    void timestampError_saysHowFarOffTheClockIs() {
        InvalidTimestampException e = InvalidTimestampException.tooOld(
                "e-1", Instant.parse("2026-03-04T04:59:27Z"), Duration.ofSeconds(400), Duration.ofMinutes(5));

        assertThat(e).hasMessage("Envelope timestamp is too old: 400.0 seconds (max: 300 seconds)");
        assertThat(e.details().toString())
                .isEqualTo("{\"timestamp\":\"2026-03-04T04:59:27+00:00\",\"age_seconds\":400.000000,"
                        + "\"envelope_id\":\"e-1\",\"max_age_seconds\":300}");
        assertThat(e.retryAfter()).contains(Duration.ofSeconds(5));
    }

    @Test
    void exhaustedPool_isRecoverable() {
        ThreadPoolExhaustedException e = new ThreadPoolExhaustedException(4, 4);

        assertThat(e.retryable()).isTrue();
        assertThat(e.details()).isEqualTo(JsonObject.of("max_threads", 4, "active_threads", 4));
    }
}
