// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.audit.AuditEntry;
import dev.asap.delegation.DelegationConstraints;
import dev.asap.delegation.DelegationDetail;
import dev.asap.delegation.DelegationSummary;
import dev.asap.delegation.DelegationToken;
import dev.asap.delegation.IssuedDelegation;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.validation.ValidationException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrustRecordsTest {
    private static final Instant TIME = Instant.parse("2026-11-21T04:27:35.844881Z");
    private static final ASAPCodec CODEC = ASAPCodec.strict();

    private static <T> void requireForm(T record, Class<T> type, String full) {
        assertThat(new String(CODEC.write(record), UTF_8)).isEqualTo(full);
        assertThat(CODEC.read(full.getBytes(UTF_8), type)).isEqualTo(record);
        assertThat(CODEC.read(CODEC.write(record, WireForm.COMPACT), type)).isEqualTo(record);
        String neighbour = "{\"unknown\":1," + full.substring(1);
        assertThat(ASAPCodec.tolerant().read(neighbour.getBytes(UTF_8), type)).isEqualTo(record);
        assertThatThrownBy(() -> CODEC.read(neighbour.getBytes(UTF_8), type)).isInstanceOf(ValidationException.class);
    }

    @Test
    void token_hasTheProtocolsForm() {
        DelegationConstraints constraints = new DelegationConstraints(new BigDecimal("5.0"), 3L, TIME);
        requireForm(
                new DelegationToken("del_1", "boss", "worker", List.of("*"), constraints, "s", TIME),
                DelegationToken.class,
                "{\"id\":\"del_1\",\"delegator\":\"boss\",\"delegate\":\"worker\",\"scopes\":[\"*\"],"
                        + "\"constraints\":{\"max_cost_usd\":5.0,\"max_tasks\":3,"
                        + "\"expires_at\":\"2026-11-21T04:27:35.844881Z\"},\"signature\":\"s\","
                        + "\"created_at\":\"2026-11-21T04:27:35.844881Z\"}");
        requireForm(
                new DelegationConstraints(null, null, TIME),
                DelegationConstraints.class,
                "{\"max_cost_usd\":null,\"max_tasks\":null,\"expires_at\":\"2026-11-21T04:27:35.844881Z\"}");
    }

    @Test
    void tokenAgainstTheRules_isRefused() {
        assertThatThrownBy(() -> new DelegationConstraints(new BigDecimal("-1"), -1L, null))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("max_cost_usd")
                .hasMessageContaining("max_tasks")
                .hasMessageContaining("expires_at");
        DelegationConstraints constraints = new DelegationConstraints(null, 0L, TIME);
        assertThatThrownBy(() -> new DelegationToken("i", "a", "b", List.of(), constraints, "s", TIME))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("scopes");
    }

    @Test
    void issuedDelegations_areShownAsTheProtocolDoes() {
        IssuedDelegation issued = IssuedDelegation.of("del_1", "boss", null, TIME);
        requireForm(
                issued.summaryAt(TIME),
                DelegationSummary.class,
                "{\"id\":\"del_1\",\"delegator\":\"boss\",\"delegate\":\"\","
                        + "\"created_at\":\"2026-11-21T04:27:35.844881Z\",\"active\":true,\"expires_at\":null}");
        requireForm(
                issued.expiringAt(TIME.plusSeconds(60)).revokedAt(TIME, "why").detailAt(TIME),
                DelegationDetail.class,
                "{\"id\":\"del_1\",\"delegator\":\"boss\",\"delegate\":\"\","
                        + "\"created_at\":\"2026-11-21T04:27:35.844881Z\",\"active\":false,"
                        + "\"revoked_at\":\"2026-11-21T04:27:35.844881Z\","
                        + "\"expires_at\":\"2026-11-21T04:28:35.844881Z\"}");
        assertThat(issued.expiringAt(TIME).isActiveAt(TIME)).isFalse();
        assertThat(issued.expiringAt(TIME).isActiveAt(TIME.minusNanos(1000))).isTrue();
    }

    @Test
    void answersOfOlderPeers_areRead() {
        String older = "{\"id\":\"del_1\",\"delegator\":\"a\",\"delegate\":\"b\","
                + "\"created_at\":\"2026-11-21T04:27:35.844881Z\",\"active\":true}";
        assertThat(CODEC.read(older.getBytes(UTF_8), DelegationSummary.class))
                .isEqualTo(new DelegationSummary("del_1", "a", "b", TIME, true, null));
    }

    @Test
    void auditEntry_hasTheProtocolsForm() {
        requireForm(
                new AuditEntry("i", TIME, "task.request", "one", JsonObject.of("k", 1), "p", "h"),
                AuditEntry.class,
                "{\"id\":\"i\",\"timestamp\":\"2026-11-21T04:27:35.844881Z\",\"operation\":\"task.request\","
                        + "\"agent_urn\":\"one\",\"details\":{\"k\":1},\"prev_hash\":\"p\",\"hash\":\"h\"}");
    }
}
