// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asap.json.JsonArray;
import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNull;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.erdtman.jcs.JsonCanonicalizer;
import org.erdtman.jcs.NumberToJSON;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
    @Test
    void of_vector_isTheVectorsText() throws Exception {
        byte[] canonical = CanonicalJson.of(CanonicalManifest.ofModel(Vectors.manifest()));

        assertThat(canonical).asString(UTF_8).isEqualTo(Vectors.CANONICAL);
        assertThat(canonical).hasSize(557);
        assertThat(sha256(canonical)).isEqualTo(Vectors.CANONICAL_SHA256);
    }

    @Test
    void of_hardwareVector_hasTheSignedNameOfClass() {
        byte[] canonical = CanonicalJson.of(CanonicalManifest.ofModel(Vectors.withHardware()));

        assertThat(canonical).asString(UTF_8).contains(Vectors.HARDWARE_FRAGMENT);
    }

    @Test
    void of_olderProfile_leavesOutWhatTheReleaseDidNotKnow() throws Exception {
        JsonObject model = CanonicalManifest.ofModel(Vectors.manifest());

        assertThat(sha256(CanonicalJson.of(CanonicalProfile.RELEASE_1_3.of(model))))
                .isEqualTo(Vectors.RELEASE_1_3_SHA256);
        assertThat(CanonicalProfile.RELEASE_1_2.of(model).names())
                .contains("ttl_seconds")
                .doesNotContain("sla", "verification", "supported_versions");
        assertThat(CanonicalProfile.RELEASE_1_2
                        .of(model)
                        .getObject("capabilities")
                        .names())
                .contains("mcp_tools")
                .doesNotContain("hardware", "inference");
        assertThat(CanonicalProfile.RELEASE_2_4.of(model)).isEqualTo(model);
    }

    @Test
    void of_members_sortsByUtf16AndEscapesAsLittleAsPossible() {
        JsonObject object = JsonObject.parse(
                "{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"\\r\":4,\"1\":5,\"\\u0080\":6,\"\\u00f6\":7,"
                        + "\"\":\"\\u000f\\n\\/\\\"\\\\\\u2028\"}");

        assertThat(CanonicalJson.of(object))
                .asString(UTF_8)
                .isEqualTo(
                        "{\"\":\"\\u000f\\n/\\\"\\\\\u2028\",\"\\r\":4,\"1\":5,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":3,"
                                + "\"\ud83d\ude00\":2,\"\ufb33\":1}");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "-0.0, 0",
        "12.0, 12",
        "1E2, 100",
        "0.000001, 0.000001",
        "0.0000001, 1e-7",
        "1e20, 100000000000000000000",
        "1e21, 1e+21",
        "333333333.33333329, 333333333.3333333",
        "4.50, 4.5",
        "2e-3, 0.002",
        "5e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "9007199254740993, 9007199254740992",
        "5.684341886080802e-14, 5.684341886080802e-14",
        "2251799813685247.75, 2251799813685247.8",
        "2e-3, 0.002",
        "1e23, 1e+23",
        "-1.5e-9, -1.5e-9"
    })
    void of_number_isWrittenAsEcmaScriptWritesIt(String number, String expected) {
        assertThat(CanonicalJson.of(JsonObject.parse("{\"n\":" + number + "}")))
                .asString(UTF_8)
                .isEqualTo("{\"n\":" + expected + "}");
    }

    @Test
    void of_anyDouble_isWrittenAsAnotherImplementationWritesIt() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            // All bit patterns, then the powers of two with their neighbours, then numbers as people write them.
            double value = switch (i % 4) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> Math.scalb(1.0, random.nextInt(2098) - 1074);
                case 2 -> Math.nextDown(Math.scalb(1.0, random.nextInt(2098) - 1074));
                default -> random.nextInt(1_000_000) / Math.pow(10, random.nextInt(8));
            };
            if (Double.isFinite(value)) {
                assertThat(EcmaNumber.of(value))
                        .as("%s", Double.toHexString(value))
                        .isEqualTo(NumberToJSON.serializeNumber(value));
            }
        }
    }

    @Test
    void of_anyObject_isWrittenAsAnotherImplementationWritesIt() throws Exception {
        Random random = new Random(11);
        for (int i = 0; i < 1000; i++) {
            JsonObject object = randomObject(random, 4);
            assertThat(CanonicalJson.of(object))
                    .asString(UTF_8)
                    .isEqualTo(new JsonCanonicalizer(object.toString()).getEncodedString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"n\":1e999}", "{\"n\":[-1e999]}", "{\"s\":\"\\ud800\"}", "{\"a\":[{\"s\":\"\\ud800\"}]}"})
    void of_whatHasNoCanonicalForm_isRefused(String json) {
        assertThatThrownBy(() -> CanonicalJson.of(JsonObject.parse(json)))
                .isInstanceOf(JsonException.class)
                .hasMessageStartingWith("no canonical form: ");
    }

    @Test
    void of_nameThatIsNoUnicode_isRefused() {
        assertThatThrownBy(() -> CanonicalJson.of(JsonObject.of("\udc00", 1)))
                .isInstanceOf(JsonException.class)
                .hasMessage("no canonical form: a text has half of a surrogate pair in it");
    }

    private static JsonObject randomObject(Random random, int depth) {
        JsonObject object = JsonObject.empty();
        for (int i = random.nextInt(6); i > 0; i--) {
            object = object.with(randomText(random), randomValue(random, depth));
        }
        return object;
    }

    private static JsonValue randomValue(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> JsonNull.INSTANCE;
            case 1 -> JsonBoolean.of(random.nextBoolean());
            case 2 -> new JsonString(randomText(random));
            case 3 -> JsonValue.of(random.nextBoolean() ? random.nextLong() : random.nextGaussian());
            case 4 -> JsonArray.of(randomValue(random, depth - 1), randomValue(random, depth - 1));
            default -> randomObject(random, depth - 1);
        };
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int codePoint = random.nextInt(random.nextBoolean() ? 0x80 : 0x11000);
            boolean half = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            text.appendCodePoint(half ? 'x' : codePoint);
        }
        return text.toString();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
