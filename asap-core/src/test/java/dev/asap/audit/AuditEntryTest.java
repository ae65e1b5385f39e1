// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.audit.AuditVerification.Broken;
import dev.asap.audit.AuditVerification.Flaw;
import dev.asap.audit.AuditVerification.Intact;
import dev.asap.json.AsciiJson;
import dev.asap.json.JsonObject;
import dev.asap.validation.ValidationException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditEntryTest {
    private static final Instant TIME = Instant.parse("2026-02-18T12:00:00Z");

    private static AuditEntry entry(String details) {
        return AuditEntry.of("id", TIME, "task.request", "urn:asap:agent:one", JsonObject.parse(details));
    }

    @Test
    void hash_ofTheProtocolsExample_isTheProtocols() {
        AuditEntry entry =
                entry("{\"z\": {\"y\": \"\uD83D\uDE00\"}, \"n\": [1, 2.5, null, true], \"b\": 1, \"a\": \"é\"}");
        assertThat(entry.hashedText())
                .isEqualTo(
                        "|2026-02-18T12:00:00+00:00|task.request|{\"a\": \"\\u00e9\", \"b\": 1, \"n\": [1, 2.5, null, true],"
                                + " \"z\": {\"y\": \"\\ud83d\\ude00\"}}");
        assertThat(entry.sealedAfter("").hash())
                .isEqualTo("d73ede173e82cd52de781cf8314bb69bacfb4d1deab91b45594c6911b03999af");
    }

    @Test
    void hash_ofAChain_isTheProtocols() {
        AuditEntry first = entry("{\"k\": 1}").sealedAfter("");
        assertThat(first.hash()).isEqualTo("95ef4294421c5d60ea72747c5333207cac187f1e9fa589d68ad3ffac7f56b750");
        AuditEntry second = entry("{}").sealedAfter(first.hash());
        assertThat(second.prevHash()).isEqualTo(first.hash());
        assertThat(second.hash()).isEqualTo("898ad81a8bbb1ef10ec4366ea58e9b69c8cf175b855e38a35cbb277f0889e3d3");
    }

    /** Recorded from the Python implementation. */
    @Test
    void hash_ofARecordedEntry_isTheRecorded() {
        AuditEntry recorded = new AuditEntry(
                "01M7Y5R045EV62VSJT3XAM76Z3",
                Instant.parse("2026-11-21T04:27:30.309264Z"),
                "task.request",
                "urn:asap:agent:second",
                JsonObject.of("envelope_id", "01KGE000000000000000000198", "response_id", "01M7Y5R045C3FJ3CT2Y1ZYPTRG"),
                "157886a7e1cf1cf17ac71b570a6aefa478a922939e4e27975c79fc8cf602f697",
                "bfcae124d5fb933e801a9bd68d4b753677c468efab0af264db82895eb1ae6a47");
        assertThat(recorded.hasValidHash()).isTrue();
        assertThat(recorded.sealedAfter("").hasValidHash()).isTrue();
        assertThat(recorded.sealed("", recorded.hash()).hasValidHash()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "-0, 0",
        "123456789012345678901234567890, 123456789012345678901234567890",
        "1.0, 1.0",
        "-0.0, -0.0",
        "2.50, 2.5",
        "1E5, 100000.0",
        "1e15, 1000000000000000.0",
        "1e16, 1e+16",
        "123456789012345680.0, 1.2345678901234568e+17",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "0.000123, 0.000123",
        "-0.0000123, -1.23e-05",
        "1e22, 1e+22",
        "1e100, 1e+100",
        "5e-324, 5e-324",
        "2e-3, 0.002",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "9007199254740993.0, 9007199254740992.0",
        "0.1, 0.1",
        "100.5, 100.5"
    })
    void numbers_areWrittenAsTheProtocolDoes(String given, String written) {
        assertThat(AsciiJson.of(JsonObject.parse("{\"n\": " + given + "}"))).isEqualTo("{\"n\": " + written + "}");
    }

    @Test
    void texts_areEscapedToAscii() {
        assertThat(AsciiJson.of(JsonObject.of("t", "\"\\/\b\f\n\r\t\u0001\u001f \u007f\u0080ü\uFFFD\uD83D\uDE00")))
                .isEqualTo(
                        "{\"t\": \"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f \\u007f\\u0080\\u00fc\\ufffd\\ud83d\\ude00\"}");
    }

    @Test
    void members_areOrderedByCodePointsAtEveryLevel() {
        assertThat(AsciiJson.of(
                        JsonObject.parse("{\"\uD83D\uDE00\": 1, \"\uFFFD\": {\"b\": [], \"B\": {}}, \"a\": [[1]]}")))
                .isEqualTo("{\"a\": [[1]], \"\\ufffd\": {\"B\": {}, \"b\": []}, \"\\ud83d\\ude00\": 1}");
    }

    @Test
    void entry_withWhatCannotBeHashed_isNotSealed() {
        AuditEntry separator = AuditEntry.of("id", TIME, "a|b", "agent", JsonObject.empty());
        assertThatThrownBy(() -> separator.sealedAfter(""))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("operation: must be without '|', got 'a|b'");
        assertThatThrownBy(() -> entry("{\"n\": 1e999}").sealedAfter(""))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("details: must be JSON with numbers that doubles can hold");
        assertThat(entry("{\"n\": 1e999}").hasValidHash()).isFalse();
    }

    @Test
    void entry_withoutAPart_isRefused() {
        assertThatThrownBy(() -> new AuditEntry("i", null, "\uD83D", null, JsonObject.empty(), "", ""))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("timestamp")
                .hasMessageContaining("operation")
                .hasMessageContaining("agent_urn");
    }

    @Test
    void chain_tellsTheFirstFlaw() {
        AuditEntry first = entry("{}").sealedAfter("before");
        AuditEntry second = entry("{}").sealedAfter(first.hash());
        AuditChain intact = new AuditChain("before");
        assertThat(intact.result()).isEqualTo(new Intact(0, ""));
        assertThat(accept(intact, first)).isTrue();
        assertThat(accept(intact, second)).isTrue();
        assertThat(intact.result()).isEqualTo(new Intact(2, second.hash()));
        assertThat(intact.result().isIntact()).isTrue();

        AuditChain wrongStart = new AuditChain("");
        assertThat(accept(wrongStart, first)).isFalse();
        assertThat(accept(wrongStart, first.sealedAfter(""))).isFalse();
        assertThat(wrongStart.result()).isEqualTo(new Broken(0, "id", Flaw.DOES_NOT_FOLLOW));
        assertThat(wrongStart.result().isIntact()).isFalse();

        AuditChain changed = new AuditChain("before");
        assertThat(accept(changed, first)).isTrue();
        assertThat(changed.accept("x", entry("{\"a\": 1}").hashedText(), second.prevHash(), second.hash()))
                .isFalse();
        assertThat(changed.result()).isEqualTo(new Broken(1, "x", Flaw.HASH_DIFFERS));

        AuditChain unreadable = new AuditChain("before");
        assertThat(unreadable.accept("y", null, "before", "h")).isFalse();
        assertThat(unreadable.result()).isEqualTo(new Broken(0, "y", Flaw.UNREADABLE));
    }

    private static boolean accept(AuditChain chain, AuditEntry entry) {
        return chain.accept(entry.id(), entry.hashedText(), entry.prevHash(), entry.hash());
    }
}
