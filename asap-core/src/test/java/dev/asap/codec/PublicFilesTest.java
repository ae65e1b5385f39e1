// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asap.json.JsonObject;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.model.Capability;
import dev.asap.model.Envelope;
import dev.asap.model.HardwareClass;
import dev.asap.model.HealthStatus;
import dev.asap.model.Manifest;
import dev.asap.model.SignedManifest;
import dev.asap.model.TrustLevel;
import dev.asap.validation.ValidationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads what the public reference implementation has published and sent, where it is at hand. */
class PublicFilesTest {
    private static final Path PROTOCOL = Path.of("../../shared/protocol");

    @BeforeEach
    void filesAreThere() {
        assumeTrue(Files.isDirectory(PROTOCOL), "the files are not here");
    }

    @Test
    void plainManifests_areRead() throws IOException {
        Manifest withSla = ASAPCodec.strict().readManifest(file("fixtures/manifest_with_sla.json"));
        Manifest jetson = ASAPCodec.strict().readManifest(file("fixtures/manifests/shellclaw-jetson-v1.0.json"));
        Manifest raspberry = ASAPCodec.strict().readManifest(file("fixtures/manifests/shellclaw-rpi-v1.1.json"));

        assertThat(withSla.sla()).isNotNull();
        assertThat(jetson.capabilities().inference()).isNotNull();
        assertThat(raspberry.capabilities().hardware().hardwareClass()).isEqualTo(HardwareClass.SBC);
        assertThat(ASAPCodec.strict()
                        .read(file("schemas/examples/shellclaw-jetson-capabilities.json"), Capability.class)
                        .skills())
                .hasSize(4);
    }

    @Test
    void signedManifests_areReadAndWrittenUnchanged() throws IOException {
        for (String name : List.of("self_signed_manifest", "verified_manifest")) {
            byte[] bytes = file("fixtures/" + name + ".json");
            SignedManifest signed = ASAPCodec.strict().read(bytes, SignedManifest.class);

            assertThat(ASAPCodec.strict().readManifest(bytes)).isEqualTo(signed.manifest());
            assertThat(ASAPCodec.strict().toJson(signed, WireForm.FULL)).isEqualTo(JsonValue.parse(bytes));
            assertThat(signed.signature().trustLevel())
                    .isEqualTo(name.startsWith("self") ? TrustLevel.SELF_SIGNED : TrustLevel.VERIFIED);
        }
    }

    @Test
    void health_isRead() throws IOException {
        JsonObject body = recorded(Path.of("golden/health/wellknown.json")).get(0);

        assertThat(ASAPCodec.strict().read(body, HealthStatus.class).isHealthy())
                .isTrue();
    }

    @Test
    void envelopesThatTheReferenceSent_areReadAndWrittenUnchanged() throws IOException {
        int seen = 0;
        for (Path path : files("golden")) {
            for (JsonObject body : recorded(path)) {
                if (body.find("result").filter(JsonObject.class::isInstance).isPresent()
                        && body.getObject("result").has("envelope")) {
                    JsonObject envelope = body.getObject("result").getObject("envelope");
                    Envelope read = ASAPCodec.strict().read(envelope, Envelope.class);
                    assertThat(ASAPCodec.strict().toJson(read, WireForm.FULL))
                            .as(path.toString())
                            .isEqualTo(envelope);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(30);
    }

    @Test
    void envelopesThatTheReferenceRefused_areRefusedForTheSameReasons() throws IOException {
        int seen = 0;
        for (Path path : files("golden/jsonrpc-errors")) {
            JsonObject recording = JsonObject.parse(Files.readAllBytes(PROTOCOL.resolve(path)));
            for (JsonValue exchange : recording.getArray("exchanges")) {
                JsonObject request = exchange.asObject().getObject("request");
                List<String> expected = reasons(exchange.asObject().getObject("response"));
                if (!expected.isEmpty() && request.has("body")) {
                    JsonObject envelope =
                            request.getObject("body").getObject("params").getObject("envelope");
                    ValidationException e = catchThrowableOfType(
                            ValidationException.class, () -> ASAPCodec.strict().read(envelope, Envelope.class));
                    assertThat(e.violations().stream().map(violation -> violation.type() + " at " + violation.path()))
                            .as(path.toString())
                            .containsExactlyElementsOf(expected);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(10);
    }

    private static List<String> reasons(JsonObject response) {
        return Stream.of(response)
                .flatMap(object -> object(object, "body"))
                .flatMap(object -> object(object, "error"))
                .flatMap(object -> object(object, "data"))
                .filter(data -> data.getString("error", "").equals("Invalid envelope structure"))
                .flatMap(data -> data.getArray("validation_errors").stream())
                .map(JsonValue::asObject)
                .map(error -> error.getString("type") + " at "
                        + error.getArray("loc").stream()
                                .map(PublicFilesTest::label)
                                .toList())
                .toList();
    }

    private static String label(JsonValue step) {
        return step.kind().equals("string") ? step.asString() : step.toString();
    }

    private static Stream<JsonObject> object(JsonObject outer, String member) {
        return outer.find(member).filter(JsonObject.class::isInstance).map(JsonValue::asObject).stream();
    }

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(PROTOCOL.resolve(folder))) {
            return all.filter(path -> path.toString().endsWith(".json"))
                    .map(PROTOCOL::relativize)
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonObject> recorded(Path path) throws IOException {
        JsonObject recording = JsonObject.parse(Files.readAllBytes(PROTOCOL.resolve(path)));
        return recording.find("exchanges").stream()
                .flatMap(exchanges -> exchanges.asArray().stream())
                .map(exchange -> exchange.asObject().getObject("response"))
                .flatMap(response -> object(response, "body"))
                .toList();
    }

    private static byte[] file(String name) throws IOException {
        return Files.readAllBytes(PROTOCOL.resolve(name));
    }
}
