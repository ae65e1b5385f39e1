// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static dev.asap.json.Shapes.BOOLEAN;
import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.OBJECT;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.TIME;
import static dev.asap.json.Shapes.VALUE;
import static dev.asap.json.Shapes.listOf;

import dev.asap.identity.AgentLifecycle;
import dev.asap.identity.AgentSession;
import dev.asap.identity.AgentStatus;
import dev.asap.identity.Approval;
import dev.asap.identity.ApprovalMethod;
import dev.asap.identity.ApprovalStatus;
import dev.asap.identity.CapabilityDescription;
import dev.asap.identity.CapabilityGrant;
import dev.asap.identity.CapabilityPage;
import dev.asap.identity.CapabilityRequest;
import dev.asap.identity.ConstraintViolation;
import dev.asap.identity.Constraints;
import dev.asap.identity.ExecutedCapability;
import dev.asap.identity.GrantStatus;
import dev.asap.identity.RegistrationRequest;
import dev.asap.identity.SessionStatus;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonShape;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.json.RecordShape;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The wire form of the records about identity and capabilities: members in the order in which the protocol writes them. */
final class IdentityShapes {
    private static final double LONGEST_SECONDS = 1e15;

    private static final JsonShape<GrantStatus> GRANT_STATUS =
            WireShapes.oneOf("enum", GrantStatus::new, GrantStatus.ACTIVE, GrantStatus.PENDING, GrantStatus.DENIED);

    private static final JsonShape<SessionStatus> SESSION_STATUS = WireShapes.oneOf(
            "enum",
            SessionStatus::new,
            SessionStatus.PENDING,
            SessionStatus.ACTIVE,
            SessionStatus.EXPIRED,
            SessionStatus.REVOKED,
            SessionStatus.REJECTED);

    private static final JsonShape<ApprovalMethod> APPROVAL_METHOD =
            WireShapes.oneOf("enum", ApprovalMethod::new, ApprovalMethod.DEVICE_AUTHORIZATION, ApprovalMethod.CIBA);

    private static final JsonShape<ApprovalStatus> APPROVAL_STATUS = WireShapes.oneOf(
            "enum",
            ApprovalStatus::new,
            ApprovalStatus.PENDING,
            ApprovalStatus.APPROVED,
            ApprovalStatus.DENIED,
            ApprovalStatus.EXPIRED);

    private static final JsonShape<Constraints> CONSTRAINTS = OBJECT.map(Constraints::new, Constraints::rules);

    /** A number of seconds; peers may also write the form of ISO 8601. */
    private static final JsonShape<Duration> SECONDS =
            VALUE.map(IdentityShapes::duration, duration -> JsonValue.of(duration.toSeconds()));

    static final JsonShape<ConstraintViolation> CONSTRAINT_VIOLATION = RecordShape.<ConstraintViolation>named(
                    "ConstraintViolation")
            .required("field", TEXT, ConstraintViolation::field)
            .required("operator", TEXT, ConstraintViolation::operator)
            .defaulted("message", TEXT, "", ConstraintViolation::message)
            .build(values -> new ConstraintViolation(values.next(), values.next(), values.next()));

    static final JsonShape<CapabilityRequest> CAPABILITY_REQUEST = RecordShape.<CapabilityRequest>named(
                    "CapabilityRequest")
            .required("name", TEXT, CapabilityRequest::name)
            .nullable("constraints", CONSTRAINTS, CapabilityRequest::constraints)
            .build(values -> new CapabilityRequest(values.next(), values.next()));

    static final JsonShape<RegistrationRequest> REGISTRATION_REQUEST = RecordShape.<RegistrationRequest>named(
                    "RegistrationRequest")
            .defaulted("capabilities", listOf(CAPABILITY_REQUEST), List.of(), RegistrationRequest::capabilities)
            .alwaysWritten()
            .nullable("approval_method", APPROVAL_METHOD, RegistrationRequest::approvalMethod)
            .defaulted("agent_controls_browser", BOOLEAN, false, RegistrationRequest::agentControlsBrowser)
            .nullable("webauthn", OBJECT, RegistrationRequest::webauthn)
            .ignoringOthers()
            .build(values -> new RegistrationRequest(values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<CapabilityGrant> CAPABILITY_GRANT = RecordShape.<CapabilityGrant>named("CapabilityGrant")
            .required("capability", TEXT, CapabilityGrant::capability)
            .required("status", GRANT_STATUS, CapabilityGrant::status)
            .nullable("constraints", CONSTRAINTS, CapabilityGrant::constraints)
            .nullable("granted_by", TEXT, CapabilityGrant::grantedBy)
            .nullable("reason", TEXT, CapabilityGrant::reason)
            .nullable("expires_at", TIME, CapabilityGrant::expiresAt)
            .build(values -> new CapabilityGrant(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<Approval> APPROVAL = RecordShape.<Approval>named("Approval")
            .required("method", APPROVAL_METHOD, Approval::method)
            .nullable("verification_uri", TEXT, Approval::verificationUri)
            .nullable("verification_uri_complete", TEXT, Approval::verificationUriComplete)
            .nullable("user_code", TEXT, Approval::userCode)
            .nullable("binding_message", TEXT, Approval::bindingMessage)
            .nullable("expires_in", LONG, Approval::expiresInSeconds)
            .nullable("interval", LONG, Approval::intervalSeconds)
            .nullable("state", APPROVAL_STATUS, Approval::state)
            .build(values -> new Approval(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    private static final JsonShape<AgentLifecycle> AGENT_LIFECYCLE = RecordShape.<AgentLifecycle>named("AgentLifecycle")
            .nullable("mode", TEXT, AgentLifecycle::mode)
            .nullable("session_ttl", SECONDS, AgentLifecycle::sessionTtl)
            .nullable("max_lifetime", SECONDS, AgentLifecycle::maxLifetime)
            .nullable("absolute_lifetime", SECONDS, AgentLifecycle::absoluteLifetime)
            .nullable("created_at", TIME, AgentLifecycle::createdAt)
            .nullable("activated_at", TIME, AgentLifecycle::activatedAt)
            .nullable("last_used_at", TIME, AgentLifecycle::lastUsedAt)
            .build(values -> new AgentLifecycle(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    /** Some answers have the grants under one name, some under the other. */
    static final JsonShape<AgentSession> AGENT_SESSION = RecordShape.<AgentSession>named("AgentSession")
            .required("agent_id", TEXT, AgentSession::agentId)
            .nullable("host_id", TEXT, AgentSession::hostId)
            .required("status", SESSION_STATUS, AgentSession::status)
            .nullable("agent_capability_grants", listOf(CAPABILITY_GRANT), AgentSession::grants)
            .alias("capabilities")
            .nullable("approval", APPROVAL, AgentSession::approval)
            .build(values -> new AgentSession(
                    values.next(), values.next(), values.next(), orEmpty(values.next()), values.next()));

    /** The grants stand there twice, under an older and a newer name. */
    static final JsonShape<AgentStatus> AGENT_STATUS = RecordShape.<AgentStatus>named("AgentStatus")
            .required("agent_id", TEXT, AgentStatus::agentId)
            .nullable("host_id", TEXT, AgentStatus::hostId)
            .required("status", SESSION_STATUS, AgentStatus::status)
            .nullable("capabilities", listOf(CAPABILITY_GRANT), AgentStatus::grants)
            .nullable("agent_capability_grants", listOf(CAPABILITY_GRANT), AgentStatus::grants)
            .nullable("lifecycle", AGENT_LIFECYCLE, AgentStatus::lifecycle)
            .nullable("approval_status", APPROVAL_STATUS, AgentStatus::approvalStatus)
            .nullable("approval", APPROVAL, AgentStatus::approval)
            .nullable("deny_reason", TEXT, AgentStatus::denyReason)
            .build(values -> new AgentStatus(
                    values.next(),
                    values.next(),
                    values.next(),
                    grants(values.next(), values.next()),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<CapabilityDescription> CAPABILITY_DESCRIPTION = RecordShape.<CapabilityDescription>named(
                    "CapabilityDescription")
            .required("name", TEXT, CapabilityDescription::name)
            .nullable("description", TEXT, CapabilityDescription::description)
            .nullable("input_schema", OBJECT, CapabilityDescription::inputSchema)
            .nullable("output_schema", OBJECT, CapabilityDescription::outputSchema)
            .nullable("location", TEXT, CapabilityDescription::location)
            .nullable("grant_status", GRANT_STATUS, CapabilityDescription::grantStatus)
            .build(values -> new CapabilityDescription(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<CapabilityPage> CAPABILITY_PAGE = RecordShape.<CapabilityPage>named("CapabilityPage")
            .required("capabilities", listOf(CAPABILITY_DESCRIPTION), CapabilityPage::capabilities)
            .nullable("next_cursor", LONG, CapabilityPage::nextCursor)
            .build(values -> new CapabilityPage(values.next(), values.next()));

    static final JsonShape<ExecutedCapability> EXECUTED_CAPABILITY = RecordShape.<ExecutedCapability>named(
                    "ExecutedCapability")
            .required("capability", TEXT, ExecutedCapability::capability)
            .required("status", TEXT, ExecutedCapability::status)
            .nullable("agent_id", TEXT, ExecutedCapability::agentId)
            .extras(ExecutedCapability::others)
            .build(values -> new ExecutedCapability(values.next(), values.next(), values.next(), values.next()));

    private IdentityShapes() {}

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static List<CapabilityGrant> grants(
            @Nullable List<CapabilityGrant> older, @Nullable List<CapabilityGrant> newer) {
        return newer != null ? newer : orEmpty(older);
    }

    private static Duration duration(JsonValue value) {
        if (value instanceof JsonNumber number && Math.abs(number.asDouble()) < LONGEST_SECONDS) {
            return Duration.ofMillis(Math.round(number.asDouble() * 1000));
        }
        try {
            if (value instanceof JsonString text) {
                return Duration.parse(text.value());
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("must be a number of seconds, got another text", e);
        }
        throw new IllegalArgumentException("must be a number of seconds, got " + value.kind());
    }
}
