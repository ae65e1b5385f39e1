// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.crypto.AgentToken;
import dev.asap.crypto.Ed25519PrivateKey;
import dev.asap.crypto.HostToken;
import dev.asap.error.ConnectionException;
import dev.asap.error.RemoteErrorException;
import dev.asap.error.UnknownOutcomeException;
import dev.asap.identity.AgentSession;
import dev.asap.identity.AgentStatus;
import dev.asap.identity.ApprovalStatus;
import dev.asap.identity.CapabilityDescription;
import dev.asap.identity.CapabilityPage;
import dev.asap.identity.CapabilityRequest;
import dev.asap.identity.ConstraintViolation;
import dev.asap.identity.Constraints;
import dev.asap.identity.ExecutedCapability;
import dev.asap.identity.GrantStatus;
import dev.asap.identity.RegistrationRequest;
import dev.asap.identity.SessionStatus;
import dev.asap.json.JsonObject;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AgentAccessTest {
    private static final String ACTIVE = "{\"agent_id\":\"" + AccessServer.AGENT_ID
            + "\",\"host_id\":\"urn:asap:host:h\",\"status\":\"active\",\"agent_capability_grants\":"
            + "[{\"capability\":\"pay\",\"status\":\"active\",\"constraints\":{\"amount\":{\"max\":5}}},"
            + "{\"capability\":\"fly\",\"status\":\"denied\",\"reason\":\"unknown capability\"}]}";

    private final AccessServer server = new AccessServer();
    private ASAPClient client;
    private AgentAccess access;

    @BeforeEach
    void start() {
        client = server.client().build();
        access = client.access(AccessServer.registered());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        ClientTestThreads.assertNoneLeft();
    }

    private AccessRefusedException refusal() {
        return catchThrowableOfType(AccessRefusedException.class, access::status);
    }

    // ---- Registering

    @Test
    void register_newAgent_sendsItsKeyAndRemembersTheId() {
        AgentAccess fresh = client.access(AccessServer.identity());
        server.answers(200, ACTIVE);

        AgentSession session = fresh.register(RegistrationRequest.of("pay", "fly"));

        assertThat(session.isActive()).isTrue();
        assertThat(session.grants().get(1).status()).isEqualTo(GrantStatus.DENIED);
        assertThat(fresh.identity().agentId()).isEqualTo(AccessServer.AGENT_ID);
        RecordedRequest request = server.taken();
        assertThat(request.getRequestLine()).isEqualTo("POST /a/asap/agent/register HTTP/1.1");
        assertThat(request.getHeaders().get("Content-Type")).startsWith("application/json");
        assertThat(AccessServer.bodyOf(request))
                .hasToString("{\"capabilities\":[{\"name\":\"pay\"},{\"name\":\"fly\"}]}");
        HostToken token = AccessServer.hostTokenOf(request);
        assertThat(token.agentKey()).isEqualTo(AccessServer.AGENT_KEY.publicKey());
        assertThat(token.id()).matches("jwt_[0-9A-HJKMNP-TV-Z]{26}");
        assertThat(token.expiresAt()).isEqualTo(AccessServer.NOW.plusSeconds(300));
    }

    @Test
    void register_withoutToken_isRefusedWithTheChallenge() {
        server.answersRecorded("agent-register-unauthenticated", 0);
        AccessRefusedException refused =
                catchThrowableOfType(AccessRefusedException.class, () -> access.register(RegistrationRequest.of()));

        assertThat(refused.httpStatus()).isEqualTo(401);
        assertThat(refused.reason()).contains("Authentication required");
        assertThat(refused.challenge()).contains("http://agent.example.test/.well-known/asap/manifest.json");
        assertThat(refused.retryable()).isFalse();
        assertThat(refused)
                .hasMessage("POST " + server.http.url("/a/asap/agent/register")
                        + " was refused with HTTP 401: Authentication required; the manifest at"
                        + " http://agent.example.test/.well-known/asap/manifest.json tells how to register");
        assertThat(client.lastChallenge()).isEqualTo(refused.challenge());
        assertThat(client.lastAsapVersion()).contains("2.2");
    }

    @Test
    void notRegistered_callsOfAnAgent_areRefusedUnsent() {
        AgentAccess fresh = client.access(AccessServer.identity());
        assertThatIllegalStateException().isThrownBy(fresh::status).withMessageContaining("call register");
        assertThatIllegalStateException().isThrownBy(fresh::revoke);
        assertThatIllegalStateException().isThrownBy(fresh::reactivate);
        assertThatIllegalStateException().isThrownBy(() -> fresh.rotateKey(Ed25519PrivateKey.generate()));
        assertThatIllegalStateException().isThrownBy(() -> fresh.requestCapability("pay"));
        assertThatIllegalStateException().isThrownBy(() -> fresh.executeCapability("pay", null));
        assertThatIllegalStateException().isThrownBy(() -> fresh.awaitApproval(ApprovalOptions.defaults()));
        assertThat(server.http.getRequestCount()).isZero();
    }

    // ---- The session

    @Test
    void status_ofAPendingAgent_isAskedForWithAHostToken() {
        server.answers(
                200,
                "{\"agent_id\":\"a\",\"host_id\":\"h\",\"status\":\"pending\",\"capabilities\":[],\"agent_capability_grants\":[],"
                        + "\"approval_status\":\"pending\",\"approval\":{\"method\":\"ciba\",\"binding_message\":\"Blue 7\",\"state\":\"pending\"}}");

        AgentStatus status = access.status();

        assertThat(status.awaitsApproval()).isTrue();
        assertThat(status.approval().bindingMessage()).isEqualTo("Blue 7");
        assertThat(status.approval().state()).isEqualTo(ApprovalStatus.PENDING);
        RecordedRequest request = server.taken();
        assertThat(request.getRequestLine())
                .isEqualTo("GET /a/asap/agent/status?agent_id=" + AccessServer.AGENT_ID + " HTTP/1.1");
        assertThat(AccessServer.hostTokenOf(request).agentKey()).isNull();
    }

    @Test
    void tokens_ofSeveralCalls_haveDifferentIds() {
        server.answers(200, ACTIVE);
        server.answers(200, ACTIVE);
        access.status();
        access.status();
        assertThat(AccessServer.hostTokenOf(server.taken()).id())
                .isNotEqualTo(AccessServer.hostTokenOf(server.taken()).id());
    }

    @Test
    void revoke_namesTheAgent() {
        server.answers(200, "{\"agent_id\":\"" + AccessServer.AGENT_ID + "\",\"status\":\"revoked\"}");
        assertThat(access.revoke().status()).isEqualTo(SessionStatus.REVOKED);
        RecordedRequest request = server.taken();
        assertThat(request.getTarget()).isEqualTo("/a/asap/agent/revoke");
        assertThat(AccessServer.bodyOf(request)).isEqualTo(JsonObject.of("agent_id", AccessServer.AGENT_ID));
        AccessServer.hostTokenOf(request);
    }

    @Test
    void rotateKey_accepted_signsWithTheNewKeyFromThenOn() {
        Ed25519PrivateKey newKey = Ed25519PrivateKey.generate();
        server.answers(200, "{\"agent_id\":\"" + AccessServer.AGENT_ID + "\",\"status\":\"active\"}");
        server.answers(200, "{\"capability\":\"pay\",\"status\":\"executed\"}");

        assertThat(access.rotateKey(newKey).isActive()).isTrue();
        access.executeCapability("pay", null);

        RecordedRequest request = server.taken();
        assertThat(request.getTarget()).isEqualTo("/a/asap/agent/rotate-key");
        assertThat(AccessServer.bodyOf(request))
                .isEqualTo(JsonObject.of(
                        "agent_id",
                        AccessServer.AGENT_ID,
                        "new_public_key",
                        newKey.publicKey().toJwk()));
        assertThat(access.identity().agentKey()).isSameAs(newKey);
        AccessServer.agentTokenOf(server.taken(), newKey);
    }

    @Test
    void rotateKey_refused_keepsTheOldKey() {
        server.answers(409, "{\"detail\":\"public key already in use\"}");
        assertThatThrownBy(() -> access.rotateKey(Ed25519PrivateKey.generate()))
                .isInstanceOf(AccessRefusedException.class)
                .hasMessageEndingWith("was refused with HTTP 409: public key already in use");
        assertThat(access.identity().agentKey()).isSameAs(AccessServer.AGENT_KEY);
    }

    @Test
    void reactivate_givesTheGrantsThatAreLeft() {
        server.answers(
                200,
                "{\"agent_id\":\"a\",\"status\":\"active\",\"capabilities\":[{\"capability\":\"pay\",\"status\":\"denied\",\"reason\":\"reactivated\"}]}");
        assertThat(access.reactivate().grants()).singleElement().satisfies(grant -> {
            assertThat(grant.isActive()).isFalse();
            assertThat(grant.reason()).isEqualTo("reactivated");
        });
        assertThat(server.taken().getTarget()).isEqualTo("/a/asap/agent/reactivate");
    }

    // ---- Capabilities

    @Test
    void requestCapability_decidedAtOnce_isGranted() {
        server.answers(200, ACTIVE);
        CapabilityOutcome outcome = access.requestCapability(
                List.of(
                        CapabilityRequest.of("pay")
                                .withConstraints(Constraints.none().withMaximum("amount", 5)),
                        CapabilityRequest.of("fly")),
                ApprovalOptions.defaults());

        assertThat(outcome).isInstanceOf(CapabilityOutcome.Granted.class);
        assertThat(outcome.grants()).hasSize(2);
        RecordedRequest request = server.taken();
        assertThat(request.getTarget()).isEqualTo("/a/asap/agent/request-capability");
        assertThat(AccessServer.bodyOf(request))
                .hasToString(
                        "{\"capabilities\":[{\"name\":\"pay\",\"constraints\":{\"amount\":{\"max\":5}}},{\"name\":\"fly\"}]}");
        AgentToken token = AccessServer.agentTokenOf(request, AccessServer.AGENT_KEY);
        assertThat(token.agentId()).isEqualTo(AccessServer.AGENT_ID);
        assertThat(token.issuer()).isEqualTo(AccessServer.HOST_KEY.publicKey().thumbprint());
        assertThat(token.capabilities()).containsExactly("pay", "fly");
        assertThat(token.expiresAt()).isEqualTo(AccessServer.NOW.plusSeconds(60));
        assertThat(server.http.getRequestCount()).isEqualTo(1);
    }

    @Test
    void requestCapability_sessionThatIsOver_isDenied() {
        server.answers(200, "{\"status\":\"rejected\"}");
        assertThat(access.requestCapability("pay"))
                .isEqualTo(new CapabilityOutcome.Denied(List.of(), null, "the agent's session is rejected"));
    }

    @Test
    void requestCapability_ofNone_isRefusedUnsent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> access.requestCapability(List.of(), ApprovalOptions.defaults()))
                .withMessage("requestCapability takes at least one capability, got none");
    }

    @Test
    void listCapabilities_recordedPages_areReadOneAfterAnother() {
        AgentAccess anonymous = client.access(AccessServer.identity());
        server.answersRecorded("list", 2);
        server.answersRecorded("list", 1);

        CapabilityQuery first = CapabilityQuery.all().withLimit(1).withCursor(1);
        CapabilityPage page = anonymous.listCapabilities(first);
        CapabilityPage second = anonymous.listCapabilities(first.after(page).orElseThrow());

        assertThat(page.capabilities())
                .containsExactly(new CapabilityDescription(
                        "report.read", "Read a report", null, null, "http://agent.example.test/asap", null));
        assertThat(page.hasNext()).isTrue();
        assertThat(second.capabilities()).hasSize(2);
        assertThat(first.after(second)).isEmpty();
        RecordedRequest request = server.taken();
        assertThat(request.getTarget()).isEqualTo("/a/asap/capability/list?cursor=1&limit=1");
        assertThat(request.getHeaders().get("Authorization")).isNull();
        assertThat(server.taken().getTarget()).isEqualTo("/a/asap/capability/list?cursor=2&limit=1");
    }

    @Test
    void listCapabilities_registered_sendsATokenAndGetsTheGrants() {
        server.answers(
                200, "{\"capabilities\":[{\"name\":\"pay\",\"description\":\"Pays\",\"grant_status\":\"pending\"}]}");
        assertThat(access.listCapabilities(CapabilityQuery.matching("p&y ü"))
                        .capabilities()
                        .get(0)
                        .grantStatus())
                .isEqualTo(GrantStatus.PENDING);
        RecordedRequest request = server.taken();
        assertThat(request.getUrl().queryParameter("query")).isEqualTo("p&y ü");
        assertThat(request.getUrl().queryParameter("limit")).isEqualTo("100");
        AccessServer.agentTokenOf(request, AccessServer.AGENT_KEY);
    }

    @Test
    void listCapabilities_recordedRefusal_namesWhatIsWrong() {
        server.answersRecorded("list", 3);
        AccessRefusedException refused = catchThrowableOfType(
                AccessRefusedException.class, () -> access.listCapabilities(CapabilityQuery.all()));
        assertThat(refused.httpStatus()).isEqualTo(422);
        assertThat(refused.reason()).contains("query.limit: Input should be greater than or equal to 1");
        assertThat(refused.challenge()).isEmpty();
    }

    @Test
    void describeCapability_recorded_hasTheSchemas() {
        server.answersRecorded("describe", 0);
        assertThat(access.describeCapability("echo"))
                .isEqualTo(new CapabilityDescription(
                        "echo",
                        "Echo back the input",
                        JsonObject.of("type", "object"),
                        null,
                        "http://agent.example.test/asap",
                        null));
        assertThat(server.taken().getTarget()).isEqualTo("/a/asap/capability/describe?name=echo");
    }

    @Test
    void describeCapability_recordedUnknownName_isRefused() {
        server.answersRecorded("describe", 1);
        AccessRefusedException refused =
                catchThrowableOfType(AccessRefusedException.class, () -> access.describeCapability("nope"));
        assertThat(refused.httpStatus()).isEqualTo(404);
        assertThat(refused.reason()).contains("capability 'nope' not found");
        // The address is shown without its query.
        assertThat(refused).hasMessageContaining("/asap/capability/describe?… was refused");
    }

    @Test
    void executeCapability_granted_givesTheAnswer() {
        server.answers(
                200, "{\"capability\":\"pay\",\"status\":\"executed\",\"agent_id\":\"" + AccessServer.AGENT_ID + "\"}");
        ExecutedCapability executed = access.executeCapability("pay", JsonObject.of("amount", 3));
        assertThat(executed)
                .isEqualTo(new ExecutedCapability("pay", "executed", AccessServer.AGENT_ID, JsonObject.empty()));
        RecordedRequest request = server.taken();
        assertThat(AccessServer.bodyOf(request)).hasToString("{\"capability\":\"pay\",\"arguments\":{\"amount\":3}}");
        AccessServer.agentTokenOf(request, AccessServer.AGENT_KEY);
    }

    @Test
    void executeCapability_brokenConstraints_listsThemWithoutShowingValues() {
        server.answers(
                403,
                "{\"error\":\"constraint_violated\",\"capability\":\"pay\",\"violations\":[{\"field\":\"amount\",\"operator\":\"max\","
                        + "\"message\":\"amount: 9 exceeds maximum 5\"},7,{}],\"request_id\":\"3b0c9a54\"}");
        ConstraintViolatedException refused = catchThrowableOfType(
                ConstraintViolatedException.class, () -> access.executeCapability("pay", JsonObject.of("amount", 9)));

        assertThat(refused.capability()).isEqualTo("pay");
        assertThat(refused.violations())
                .containsExactly(new ConstraintViolation("amount", "max", "amount: 9 exceeds maximum 5"));
        assertThat(refused.httpStatus()).isEqualTo(403);
        assertThat(refused.error()).contains("constraint_violated");
        assertThat(refused.requestId()).contains("3b0c9a54");
        assertThat(refused)
                .hasMessageEndingWith("was refused with HTTP 403: the arguments break the constraints of the"
                        + " capability 'pay': amount (max)");
    }

    @Test
    void executeCapability_notGranted_namesTheError() {
        server.answers(
                403,
                "{\"error\":{\"code\":\"capability_not_granted\",\"message\":\"Not granted\",\"data\":{\"required_capability\":\"pay\"},"
                        + "\"request_id\":\"r-1\"}}");
        AccessRefusedException refused =
                catchThrowableOfType(AccessRefusedException.class, () -> access.executeCapability("pay", null));
        assertThat(refused.error()).contains("capability_not_granted");
        assertThat(refused.reason()).contains("Not granted");
        assertThat(refused.requestId()).contains("r-1");
    }

    @Test
    void executeCapability_recordedWithoutToken_isRefusedWithTheChallenge() {
        server.answersRecorded("execute-unauthenticated", 0);
        AccessRefusedException refused =
                catchThrowableOfType(AccessRefusedException.class, () -> access.executeCapability("echo", null));
        assertThat(refused.httpStatus()).isEqualTo(401);
        assertThat(refused.challenge()).contains("http://agent.example.test/.well-known/asap/manifest.json");
    }

    // ---- Answers of other kinds

    @Test
    void answer_asJsonRpcResult_isUnwrapped() {
        server.answers(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + ACTIVE + "}");
        assertThat(access.status().isActive()).isTrue();
    }

    @Test
    void answer_asJsonRpcError_isARemoteError() {
        server.answers(
                200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}");
        RemoteErrorException error = catchThrowableOfType(RemoteErrorException.class, access::status);
        assertThat(error.jsonRpcCode()).isEqualTo(-32603);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "[]", ""})
    void answer_thatIsNoObject_isARemoteError(String body) {
        server.answers(200, body);
        RemoteErrorException error = catchThrowableOfType(RemoteErrorException.class, access::status);
        assertThat(error.jsonRpcCode()).isEqualTo(-32700);
        assertThat(error).hasMessageContaining("is no JSON object; check the base URL");
    }

    @Test
    void answer_thatLacksSomething_namesIt() {
        server.answers(200, "{\"agent_id\":\"a\"}");
        assertThatThrownBy(access::status)
                .isInstanceOf(ValidationException.class)
                .hasMessageStartingWith("Invalid answer to GET ")
                .hasMessageContaining("status");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"detail\":\"bad key\"}|bad key",
                "{\"error\":\"bad key\"}|bad key",
                "{\"detail\":[{\"loc\":[\"body\",0],\"msg\":\"Field required\"}]}|body.0: Field required",
                "{\"detail\":[{\"msg\":\"Field required\"}]}|Field required"
            })
    void refusal_withAReason_tellsIt(String body, String reason) {
        server.answers(400, body);
        assertThat(refusal().reason()).contains(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "nothing", "{\"detail\":[]}", "{\"detail\":[7]}", "{\"detail\":{\"a\":1}}", "[1]"})
    void refusal_withoutAReason_hasTheStatus(String body) {
        server.answers(403, body);
        AccessRefusedException refused = refusal();
        assertThat(refused.httpStatus()).isEqualTo(403);
        assertThat(refused.reason()).isEmpty();
        assertThat(refused.error()).isEmpty();
        assertThat(refused).hasMessageEndingWith("was refused with HTTP 403");
    }

    @Test
    void refusal_withALongReason_isShortened() {
        server.answers(403, "{\"detail\":\"" + "x".repeat(5000) + "\"}");
        assertThat(refusal().reason().orElseThrow()).hasSize(201).endsWith("…");
    }

    @Test
    void refusal_neverShowsATokenOrAKey() {
        server.answers(401, "{\"detail\":\"invalid token\"}");
        AccessRefusedException refused = refusal();
        String token = server.taken().getHeaders().get("Authorization").substring(7);
        assertThat(refused.toString()).doesNotContain(token);
        assertThat(access.toString())
                .contains("urn:asap:host:")
                .doesNotContain(AccessServer.AGENT_KEY.publicKey().toBase64());
    }

    @Test
    void rateLimit_isRetryableAfterTheTimeThatIsAskedFor() {
        server.answers(
                429,
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":429,\"message\":\"Rate limit exceeded\",\"data\":{\"retry_after\":1,\"limit\":\"5 per 1 second\"}}}",
                "Retry-After",
                "1");
        RemoteErrorException error = catchThrowableOfType(RemoteErrorException.class, access::status);
        assertThat(error.retryable()).isTrue();
        assertThat(error.retryAfter()).contains(Duration.ofSeconds(1));
    }

    @Test
    void serverFailure_isRetryable() {
        server.answers(503, "{\"detail\":\"no limiter\"}");
        ConnectionException failure = catchThrowableOfType(ConnectionException.class, access::status);
        assertThat(failure.httpStatus()).hasValue(503);
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void redirect_isNotFollowed() {
        server.answers(307, "", "Location", server.http.url("/b").toString());
        assertThatThrownBy(access::status)
                .isInstanceOf(ConnectionException.class)
                .hasMessageContaining("redirects");
        assertThat(server.http.getRequestCount()).isEqualTo(1);
    }

    @Test
    void lostAnswer_toWhatChangesSomething_isAnUnknownOutcome() {
        server.http.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());
        assertThatThrownBy(access::revoke).isInstanceOf(UnknownOutcomeException.class);
        assertThat(server.http.getRequestCount()).isEqualTo(1);
    }

    @Test
    void closedClient_refusesCalls() {
        client.close();
        assertThatThrownBy(access::status).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void interceptors_areToldOfEachCall() {
        List<CallStart> begun = new ArrayList<>();
        List<CallEnd> ended = new ArrayList<>();
        server.answers(200, ACTIVE);
        server.answers(404, "{\"detail\":\"unknown agent\"}");
        try (ASAPClient watched = server.client()
                .interceptor(call -> {
                    begun.add(call);
                    return new CallObserver() {
                        @Override
                        public void end(CallEnd end) {
                            ended.add(end);
                        }
                    };
                })
                .build()) {
            AgentAccess observed = watched.access(AccessServer.registered());
            observed.status();
            assertThatThrownBy(observed::revoke).isInstanceOf(AccessRefusedException.class);
        }
        assertThat(begun).extracting(CallStart::kind).containsOnly(CallKind.IDENTITY);
        assertThat(begun.get(0).address()).endsWith("/a/asap/agent/status?…");
        assertThat(ended.get(0).outcome()).isInstanceOf(CallEnd.Answered.class);
        assertThat(ended.get(1).outcome()).isInstanceOf(CallEnd.Failed.class);
    }

    // ---- Values

    @Test
    void identity_checksItsTexts() {
        AgentIdentity identity = AccessServer.identity();
        assertThat(identity.hostId())
                .isEqualTo("urn:asap:host:" + AccessServer.HOST_KEY.publicKey().thumbprint());
        assertThatIllegalArgumentException().isThrownBy(() -> identity.withAgentId(" "));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AgentIdentity(AccessServer.HOST_KEY, AccessServer.AGENT_KEY, "", null));
    }

    @Test
    void query_checksItsNumbers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CapabilityQuery.all().withLimit(1001))
                .withMessage("limit must be 1 to 1000, got 1001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CapabilityQuery.all().withLimit(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CapabilityQuery.all().withCursor(-1))
                .withMessage("cursor must be 0 or more, got -1");
    }
}
