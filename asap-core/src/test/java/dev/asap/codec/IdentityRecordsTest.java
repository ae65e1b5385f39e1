// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.identity.AgentSession;
import dev.asap.identity.AgentStatus;
import dev.asap.identity.Approval;
import dev.asap.identity.ApprovalMethod;
import dev.asap.identity.ApprovalStatus;
import dev.asap.identity.CapabilityGrant;
import dev.asap.identity.CapabilityPage;
import dev.asap.identity.CapabilityRequest;
import dev.asap.identity.Constraints;
import dev.asap.identity.ExecutedCapability;
import dev.asap.identity.GrantStatus;
import dev.asap.identity.RegistrationRequest;
import dev.asap.identity.SessionStatus;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.validation.ValidationException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityRecordsTest {
    private static final String HOST = "urn:asap:host:1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y";
    private static final String AGENT = "01JZ3V00A1B2C3D4E5F6G7H8J9";

    private static final String PENDING = """
            {"agent_id":"%s","host_id":"%s","status":"pending",
             "approval":{"method":"device_authorization","verification_uri":"https://asap.local/device",
              "verification_uri_complete":"https://asap.local/device?user_code=7QK2M9ZD","user_code":"7QK2M9ZD",
              "binding_message":null,"expires_in":599,"interval":5}}
            """.formatted(AGENT, HOST);

    private static final String GRANT = """
            {"capability":"pay","status":"active","constraints":{"amount":{"max":5}},"granted_by":"%s"}
            """.formatted(HOST);

    private static final String ACTIVE = """
            {"agent_id":"%s","host_id":"%s","status":"active","capabilities":[%3$s],"agent_capability_grants":[%3$s],
             "lifecycle":{"mode":"delegated","session_ttl":null,"max_lifetime":86400,"absolute_lifetime":"PT720H",
              "created_at":"2026-03-04T05:06:07.118282+00:00","activated_at":"2026-03-04T05:07:00.144076+00:00","last_used_at":null},
             "approval_status":"approved"}
            """.formatted(AGENT, HOST, GRANT);

    private static <T> T read(String json, Class<T> type) {
        return ASAPCodec.tolerant().read(JsonObject.parse(json), type);
    }

    private static String written(Object record) {
        return ASAPCodec.tolerant().toJson(record, WireForm.COMPACT).toString();
    }

    @Test
    void session_pending_hasTheApproval() {
        AgentSession session = read(PENDING, AgentSession.class);
        assertThat(session)
                .isEqualTo(new AgentSession(
                        AGENT,
                        HOST,
                        SessionStatus.PENDING,
                        List.of(),
                        new Approval(
                                ApprovalMethod.DEVICE_AUTHORIZATION,
                                "https://asap.local/device",
                                "https://asap.local/device?user_code=7QK2M9ZD",
                                "7QK2M9ZD",
                                null,
                                599L,
                                5L,
                                null)));
        assertThat(session.isPending()).isTrue();
        assertThat(session.isActive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"capabilities", "agent_capability_grants"})
    void session_grantsUnderEitherName_areRead(String member) {
        AgentSession session = read(
                "{\"agent_id\":\"a\",\"status\":\"active\",\"" + member + "\":[" + GRANT + "]}", AgentSession.class);
        assertThat(session.hostId()).isNull();
        assertThat(session.isActive()).isTrue();
        assertThat(session.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.isActive()).isTrue();
            assertThat(grant.constraints()).isEqualTo(Constraints.none().withMaximum("amount", 5));
        });
    }

    @Test
    void status_active_hasGrantsAndLifecycle() {
        AgentStatus status = read(ACTIVE, AgentStatus.class);
        assertThat(status.isActive()).isTrue();
        assertThat(status.awaitsApproval()).isFalse();
        assertThat(status.approvalStatus()).isEqualTo(ApprovalStatus.APPROVED);
        assertThat(status.grants())
                .containsExactly(new CapabilityGrant(
                        "pay", GrantStatus.ACTIVE, Constraints.none().withMaximum("amount", 5), HOST, null, null));
        assertThat(status.lifecycle().maxLifetime()).isEqualTo(Duration.ofDays(1));
        assertThat(status.lifecycle().absoluteLifetime()).isEqualTo(Duration.ofDays(30));
        assertThat(status.lifecycle().sessionTtl()).isNull();
        assertThat(status.lifecycle().createdAt()).isEqualTo(Instant.parse("2026-03-04T05:06:07.118282Z"));
        assertThat(status.lifecycle().lastUsedAt()).isNull();
    }

    @Test
    void status_writtenAndRead_isTheSame() {
        AgentStatus status = read(ACTIVE, AgentStatus.class);
        JsonObject json = ASAPCodec.strict().toJson(status, WireForm.FULL);
        assertThat(json.get("capabilities")).isEqualTo(json.get("agent_capability_grants"));
        assertThat(json.getObject("lifecycle").getInt("max_lifetime")).isEqualTo(86_400);
        assertThat(ASAPCodec.strict().read(json, AgentStatus.class)).isEqualTo(status);
    }

    @Test
    void records_withUnknownMembersAndValues_areReadByTolerantReaders() {
        AgentStatus status = read(
                "{\"agent_id\":\"a\",\"status\":\"sleeping\",\"new\":{},\"approval_status\":\"escalated\",\"capabilities\":"
                        + "[{\"capability\":\"pay\",\"status\":\"limited\",\"new\":1,\"constraints\":{\"to\":{\"regex\":\"a.*\"}}}]}",
                AgentStatus.class);
        assertThat(status.status().known()).isEqualTo(SessionStatus.Known.OTHER);
        assertThat(status.status()).hasToString("sleeping");
        assertThat(status.approvalStatus().isKnown()).isFalse();
        assertThat(status.grants().get(0).status().known()).isEqualTo(GrantStatus.Known.OTHER);
        assertThat(status.grants().get(0).constraints().rules().getObject("to").getString("regex"))
                .isEqualTo("a.*");
        assertThatThrownBy(() -> ASAPCodec.strict()
                        .read(JsonObject.parse("{\"agent_id\":\"a\",\"status\":\"sleeping\"}"), AgentStatus.class))
                .isInstanceOf(ValidationException.class);
    }

    @ParameterizedTest
    @CsvSource({"pending,PENDING", "active,ACTIVE", "expired,EXPIRED", "revoked,REVOKED", "rejected,REJECTED"})
    void sessionStatus_knownValues_haveTheirConstants(String value, SessionStatus.Known known) {
        assertThat(new SessionStatus(value).known()).isEqualTo(known);
        assertThat(new SessionStatus(value).isKnown()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"pending,PENDING", "approved,APPROVED", "denied,DENIED", "expired,EXPIRED"})
    void approvalStatus_knownValues_haveTheirConstants(String value, ApprovalStatus.Known known) {
        assertThat(new ApprovalStatus(value).known()).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({"active,ACTIVE", "pending,PENDING", "denied,DENIED"})
    void grantStatus_knownValues_haveTheirConstants(String value, GrantStatus.Known known) {
        assertThat(new GrantStatus(value).known()).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({"device_authorization,DEVICE_AUTHORIZATION", "ciba,CIBA", "fax,OTHER"})
    void approvalMethod_values_haveTheirConstants(String value, ApprovalMethod.Known known) {
        assertThat(new ApprovalMethod(value).known()).isEqualTo(known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "\"soon\"", "1e300", "{}"})
    void lifecycle_timesThatAreNone_areRefused(String time) {
        assertThatThrownBy(() -> read(
                        "{\"agent_id\":\"a\",\"status\":\"active\",\"lifecycle\":{\"session_ttl\":" + time + "}}",
                        AgentStatus.class))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("lifecycle.session_ttl: must be a number of seconds");
    }

    @Test
    void registration_compact_hasWhatIsSetAndAlwaysTheCapabilities() {
        assertThat(written(RegistrationRequest.of())).isEqualTo("{\"capabilities\":[]}");
        assertThat(written(RegistrationRequest.of(List.of(
                                CapabilityRequest.of("report.read"),
                                CapabilityRequest.of("pay")
                                        .withConstraints(Constraints.none().withMaximum("amount", 5))))
                        .withApprovalMethod(ApprovalMethod.CIBA)
                        .withAgentControlsBrowser(true)
                        .withWebauthn(JsonObject.of("challenge", "c", "response", "r"))))
                .isEqualTo(
                        "{\"capabilities\":[{\"name\":\"report.read\"},{\"name\":\"pay\",\"constraints\":{\"amount\":{\"max\":5}}}],"
                                + "\"approval_method\":\"ciba\",\"agent_controls_browser\":true,"
                                + "\"webauthn\":{\"challenge\":\"c\",\"response\":\"r\"}}");
    }

    @Test
    void registration_withUnknownMembers_isReadByStrictReaders() {
        assertThat(ASAPCodec.strict()
                        .read(
                                JsonObject.parse("{\"mode\":\"delegated\",\"capabilities\":[{\"name\":\"a\"}]}"),
                                RegistrationRequest.class))
                .isEqualTo(RegistrationRequest.of("a"));
    }

    @Test
    void capabilityRequest_blankName_isRefused() {
        assertThatThrownBy(() -> CapabilityRequest.of(" "))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("name: must not be blank");
    }

    @Test
    void constraints_ofSeveralKinds_addUp() {
        Constraints constraints = Constraints.none()
                .withMinimum("amount", 1)
                .withMaximum("amount", 5.5)
                .withOneOf("country", List.of("DE", "FR"))
                .withNoneOf("country", List.of("XX"))
                .withValue("currency", "EUR");
        assertThat(constraints)
                .hasToString(
                        "{\"amount\":{\"min\":1,\"max\":5.5},\"country\":{\"in\":[\"DE\",\"FR\"],\"not_in\":[\"XX\"]},"
                                + "\"currency\":\"EUR\"}");
        assertThat(constraints.isEmpty()).isFalse();
        assertThat(Constraints.none().isEmpty()).isTrue();
        assertThat(constraints.withMaximum("currency", 1).rules().get("currency"))
                .isEqualTo(JsonObject.of("max", 1));
    }

    @Test
    void executed_furtherMembers_areKept() {
        ExecutedCapability executed = read(
                "{\"capability\":\"pay\",\"status\":\"executed\",\"result\":{\"id\":7}}", ExecutedCapability.class);
        assertThat(executed)
                .isEqualTo(new ExecutedCapability(
                        "pay", "executed", null, JsonObject.of("result", JsonObject.of("id", 7))));
    }

    @Test
    void page_withoutCursor_isTheLast() {
        assertThat(read("{\"capabilities\":[]}", CapabilityPage.class).hasNext())
                .isFalse();
        assertThat(read("{\"capabilities\":[{\"name\":\"a\"}],\"next_cursor\":7}", CapabilityPage.class)
                        .nextCursor())
                .isEqualTo(7);
    }
}
