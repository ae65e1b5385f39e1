// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.asap.codec.ASAPCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.validation.ValidationException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registries, lists of revoked agents, and what a manifest is asked for before an agent is called. */
class RegistryTest {
    private static final AgentUrn ECHO = AgentUrn.of("urn:asap:agent:echo");
    private static final AgentUrn BOARD = AgentUrn.of("urn:asap:agent:board");
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.123456789Z");

    private static final Manifest MANIFEST = Manifest.builder(
                    BOARD, "Board", "1.0.0", new Endpoint("https://b.example/asap", "wss://b.example/asap/ws"))
            .description("On a board")
            .capabilities(Capability.builder()
                    .asapVersion("1.2rc1")
                    .skill(Skill.of("blink", "Blinks"))
                    .skill(Skill.of("echo", "Echoes"))
                    .hardware(new HardwareCapability(HardwareClass.SBC, "pi", List.of(HardwareIoType.GPIO)))
                    .inference(new InferenceCapability(List.of(InferenceMode.LOCAL_CPU), List.of()))
                    .build())
            .build();

    private static final RegistryEntry BOARD_ENTRY =
            RegistryEntry.of(MANIFEST, "https://b.example/.well-known/asap/manifest.json");
    private static final RegistryEntry ECHO_ENTRY = RegistryEntry.builder(ECHO, "Echo", "", "1.1.0")
            .skills(List.of("echo"))
            .build();
    private static final Registry REGISTRY = new Registry("1.0", TIME, List.of(ECHO_ENTRY, BOARD_ENTRY));

    // ---- Entries

    @Test
    void entry_ofAManifest_hasWhatTheManifestSays() {
        assertThat(BOARD_ENTRY)
                .isEqualTo(RegistryEntry.builder(BOARD, "Board", "On a board", "1.2rc1")
                        .endpoints(Map.of(
                                "http", "https://b.example/asap",
                                "ws", "wss://b.example/asap/ws",
                                "manifest", "https://b.example/.well-known/asap/manifest.json"))
                        .skills(List.of("blink", "echo"))
                        .hardwareClass(HardwareClass.SBC)
                        .hardwareIo(List.of(HardwareIoType.GPIO))
                        .inferenceModes(List.of(InferenceMode.LOCAL_CPU))
                        .build());

        Manifest plain = Manifest.builder(ECHO, "Echo", "1.0.0", Endpoint.of("https://e.example/asap"))
                .build();
        RegistryEntry entry = RegistryEntry.of(plain, "https://e.example/m.json");
        assertThat(entry.endpoints())
                .containsExactly(
                        entry("http", "https://e.example/asap"), entry("manifest", "https://e.example/m.json"));
        assertThat(entry.hardwareClass()).isNull();
        assertThat(entry.inferenceModes()).isEmpty();
        assertThat(entry.endpoint(RegistryEntry.WS)).isEmpty();
        assertThat(entry.endpoint(RegistryEntry.HTTP)).contains("https://e.example/asap");
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "coding|Coding",
                "' RESEARCH\t'|Research",
                "oTHER|Other",
                "Coding Agents|Coding Agents",
                "' games '|games",
                "'  '|null",
                "null|null"
            },
            delimiter = '|',
            nullValues = "null")
    void category_anySpelling_isWrittenAsIsCustomary(String given, String expected) {
        assertThat(ECHO_ENTRY.toBuilder().category(given).build().category()).isEqualTo(expected);
    }

    @Test
    void toBuilder_unchanged_givesTheSame() {
        RegistryEntry rich = BOARD_ENTRY.toBuilder()
                .category("Data")
                .tags(List.of("t"))
                .repositoryUrl("r")
                .documentationUrl("d")
                .builtWith("b")
                .verification(new VerificationStatus(VerificationState.PENDING, null))
                .onlineCheck(true)
                .build();

        assertThat(rich.toBuilder().build()).isEqualTo(rich);
        assertThatThrownBy(() -> rich.endpoints().put("x", "y")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void entry_withoutWhatIsRequired_isRefused() {
        assertThatThrownBy(() -> RegistryEntry.builder(null, null, "", "1").build())
                .isInstanceOf(ValidationException.class)
                .hasMessage("Invalid RegistryEntry: id: is required, got nothing; name: is required, got nothing");
    }

    @Test
    void entry_withAnEndpointThatIsNoText_namesIt() {
        JsonObject object = JsonObject.parse(ASAPCodec.strict().write(ECHO_ENTRY))
                .with("endpoints", JsonObject.of("http", "https://e.example", "ws", 1, "fax", null));

        assertThatThrownBy(() -> ASAPCodec.tolerant().read(object, RegistryEntry.class))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("endpoints.ws: must be a string")
                .hasMessageContaining("endpoints.fax: must be a string");
    }

    // ---- Registry

    @Test
    void searches_compareExactly() {
        assertThat(REGISTRY.find(BOARD)).contains(BOARD_ENTRY);
        assertThat(REGISTRY.find(AgentUrn.of("urn:asap:agent:nobody"))).isEmpty();
        assertThat(REGISTRY.bySkill("echo")).containsExactly(ECHO_ENTRY, BOARD_ENTRY);
        assertThat(REGISTRY.bySkill("blink")).containsExactly(BOARD_ENTRY);
        assertThat(REGISTRY.bySkill("Echo")).isEmpty();
        assertThat(REGISTRY.byHardwareClass(HardwareClass.SBC)).containsExactly(BOARD_ENTRY);
        assertThat(REGISTRY.byHardwareClass(HardwareClass.CLOUD)).isEmpty();
        assertThat(REGISTRY.byInferenceMode(InferenceMode.LOCAL_CPU)).containsExactly(BOARD_ENTRY);
        assertThat(REGISTRY.byInferenceMode(InferenceMode.CLOUD)).isEmpty();
        assertThat(REGISTRY.byHardwareIo(HardwareIoType.GPIO)).containsExactly(BOARD_ENTRY);
        assertThat(REGISTRY.byHardwareIo(HardwareIoType.SPI)).isEmpty();
        assertThat(REGISTRY.updatedAt()).isEqualTo("2026-01-02T03:04:05.123456Z");
    }

    @Test
    void find_agentListedTwice_givesTheFirst() {
        RegistryEntry second = ECHO_ENTRY.toBuilder().tags(List.of("second")).build();

        assertThat(new Registry("1.0", TIME, List.of(ECHO_ENTRY, second)).find(ECHO))
                .containsSame(ECHO_ENTRY);
    }

    // ---- Revoked agents

    @Test
    void revocations_findExactlyTheAgent() {
        RevokedAgent revoked = new RevokedAgent(ECHO.value(), "key leaked", TIME);
        RevocationList list = new RevocationList(List.of(new RevokedAgent("junk", null, null), revoked), "1.0");

        assertThat(list.find(ECHO)).contains(revoked);
        assertThat(list.find(AgentUrn.of("urn:asap:agent:echo:two"))).isEmpty();
        assertThat(revoked.revokedAt()).isEqualTo("2026-01-02T03:04:05.123456Z");
    }

    // ---- What a manifest is asked for

    @Test
    void requireSkill_comparesExactly() {
        assertThat(MANIFEST.requireSkill("echo")).isSameAs(MANIFEST);
        assertThat(MANIFEST.hasSkill("Echo")).isFalse();
        assertThatThrownBy(() -> MANIFEST.requireSkill("sing"))
                .isInstanceOf(ValidationException.class)
                .hasMessage("Invalid manifest of " + BOARD
                        + ": capabilities.skills: must have 'sing', got '[blink, echo]'");
    }

    @ParameterizedTest
    @CsvSource({"0.1,true", "1.1.9,true", "1.2a1,true", "1.2rc1,true", "1.2,false", "2,false"})
    void hasAsapVersion_comparesByPep440(String atLeast, boolean expected) {
        assertThat(MANIFEST.hasAsapVersion(atLeast)).isEqualTo(expected);
    }

    @Test
    void requireAsapVersion_tooOldOrNone_isRefused() {
        assertThat(MANIFEST.requireAsapVersion(Envelope.ASAP_VERSION)).isSameAs(MANIFEST);
        assertThatThrownBy(() -> MANIFEST.requireAsapVersion("1.2"))
                .isInstanceOf(ValidationException.class)
                .hasMessage("Invalid manifest of " + BOARD
                        + ": capabilities.asap_version: must be 1.2 or later, got '1.2rc1'");
        Manifest odd = MANIFEST.toBuilder()
                .capabilities(Capability.builder().asapVersion("newest").build())
                .build();
        assertThat(odd.hasAsapVersion("0")).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MANIFEST.hasAsapVersion("newest"))
                .withMessage("atLeast must be a version by PEP 440, as '0.1', got 'newest'");
    }
}
