// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static dev.asap.json.Shapes.BOOLEAN;
import static dev.asap.json.Shapes.DOUBLE;
import static dev.asap.json.Shapes.LONG;
import static dev.asap.json.Shapes.OBJECT;
import static dev.asap.json.Shapes.TEXT;
import static dev.asap.json.Shapes.TIME;
import static dev.asap.json.Shapes.listOf;

import dev.asap.audit.AuditEntry;
import dev.asap.delegation.DelegationConstraints;
import dev.asap.delegation.DelegationDetail;
import dev.asap.delegation.DelegationSummary;
import dev.asap.delegation.DelegationToken;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonShape;
import dev.asap.json.RecordShape;
import java.math.BigDecimal;

/** The wire form of the records about delegations and of the audit log: members in the order in which the protocol writes them. */
final class TrustShapes {
    private static final JsonShape<BigDecimal> USD = DOUBLE.map(BigDecimal::valueOf, BigDecimal::doubleValue);

    static final JsonShape<DelegationConstraints> DELEGATION_CONSTRAINTS = RecordShape.<DelegationConstraints>named(
                    "DelegationConstraints")
            .nullable("max_cost_usd", USD, DelegationConstraints::maxCostUsd)
            .nullable("max_tasks", LONG, DelegationConstraints::maxTasks)
            .required("expires_at", TIME, DelegationConstraints::expiresAt)
            .build(values -> new DelegationConstraints(values.next(), values.next(), values.next()));

    static final JsonShape<DelegationToken> DELEGATION_TOKEN = RecordShape.<DelegationToken>named("DelegationToken")
            .required("id", TEXT, DelegationToken::id)
            .required("delegator", TEXT, DelegationToken::delegator)
            .required("delegate", TEXT, DelegationToken::delegate)
            .required("scopes", listOf(TEXT), DelegationToken::scopes)
            .required("constraints", DELEGATION_CONSTRAINTS, DelegationToken::constraints)
            .required("signature", TEXT, DelegationToken::signature)
            .required("created_at", TIME, DelegationToken::createdAt)
            .build(values -> new DelegationToken(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<DelegationSummary> DELEGATION_SUMMARY = RecordShape.<DelegationSummary>named(
                    "DelegationSummary")
            .required("id", TEXT, DelegationSummary::id)
            .required("delegator", TEXT, DelegationSummary::delegator)
            .required("delegate", TEXT, DelegationSummary::delegate)
            .required("created_at", TIME, DelegationSummary::createdAt)
            .required("active", BOOLEAN, DelegationSummary::active)
            .nullable("expires_at", TIME, DelegationSummary::expiresAt)
            .build(values -> new DelegationSummary(
                    values.next(), values.next(), values.next(), values.next(), values.next(), values.next()));

    static final JsonShape<DelegationDetail> DELEGATION_DETAIL = RecordShape.<DelegationDetail>named("DelegationDetail")
            .required("id", TEXT, DelegationDetail::id)
            .required("delegator", TEXT, DelegationDetail::delegator)
            .required("delegate", TEXT, DelegationDetail::delegate)
            .required("created_at", TIME, DelegationDetail::createdAt)
            .required("active", BOOLEAN, DelegationDetail::active)
            .nullable("revoked_at", TIME, DelegationDetail::revokedAt)
            .nullable("expires_at", TIME, DelegationDetail::expiresAt)
            .build(values -> new DelegationDetail(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    static final JsonShape<AuditEntry> AUDIT_ENTRY = RecordShape.<AuditEntry>named("AuditEntry")
            .required("id", TEXT, AuditEntry::id)
            .required("timestamp", TIME, AuditEntry::timestamp)
            .required("operation", TEXT, AuditEntry::operation)
            .required("agent_urn", TEXT, AuditEntry::agentUrn)
            .defaulted("details", OBJECT, JsonObject.empty(), AuditEntry::details)
            .defaulted("prev_hash", TEXT, "", AuditEntry::prevHash)
            .defaulted("hash", TEXT, "", AuditEntry::hash)
            .build(values -> new AuditEntry(
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next(),
                    values.next()));

    private TrustShapes() {}
}
