// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.ErrorCode;
import dev.asap.error.SignatureVerificationException;
import dev.asap.json.JsonArray;
import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonException;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.json.WireForm;
import dev.asap.model.Capability;
import dev.asap.model.InferenceCapability;
import dev.asap.model.LocalModelInfo;
import dev.asap.model.Manifest;
import dev.asap.model.ManifestSignature;
import dev.asap.model.SignedManifest;
import dev.asap.model.Skill;
import dev.asap.model.TrustLevel;
import dev.asap.model.VerificationState;
import dev.asap.model.VerificationStatus;
import dev.asap.validation.ValidationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestSignatureTest {
    private static final ManifestSigner SIGNER = ManifestSigner.of(Vectors.KEY);
    private static final ManifestVerifier VERIFIER = ManifestVerifier.trusting(Vectors.KEY.publicKey());

    // ---- Vectors

    @Test
    void sign_vector_givesTheVectorsDocument() {
        SignedManifest signed = SIGNER.sign(Vectors.manifest());

        assertThat(signed.signature()).isEqualTo(ManifestSignature.selfSigned(Vectors.SIGNATURE));
        assertThat(signed.publicKey()).isEqualTo(Vectors.PUBLIC_KEY);
        assertThat(ASAPCodec.strict().toJson(signed, WireForm.FULL)).isEqualTo(JsonObject.parse(Vectors.document()));
    }

    @Test
    void sign_vectorWithHardware_givesTheVectorsSignature() {
        assertThat(SIGNER.sign(Vectors.withHardware()).signature().signature()).isEqualTo(Vectors.HARDWARE_SIGNATURE);
    }

    @Test
    void sign_vectorInOlderProfile_givesTheVectorsSignature() {
        assertThat(SIGNER.withProfile(CanonicalProfile.RELEASE_1_3)
                        .sign(Vectors.manifest())
                        .signature()
                        .signature())
                .isEqualTo(Vectors.RELEASE_1_3_SIGNATURE);
    }

    @Test
    void verify_vector_givesTheManifest() {
        assertThat(VERIFIER.verify(Vectors.document())).isEqualTo(Vectors.manifest());
        assertThat(ManifestVerifier.trustingEmbeddedKey().verify(Vectors.document()))
                .isEqualTo(Vectors.manifest());
        assertThat(VERIFIER.verify(SIGNER.sign(Vectors.manifest()))).isEqualTo(Vectors.manifest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"self_signed_manifest.json", "verified_manifest.json"})
    void verify_documentOfAPublicPeer_givesTheManifest(String name) {
        byte[] document = Vectors.resource(name);

        assertThat(ManifestVerifier.trustingEmbeddedKey().verify(document))
                .isEqualTo(ASAPCodec.strict().readManifest(document));
    }

    // ---- The form that was signed

    @ParameterizedTest
    @EnumSource(CanonicalProfile.class)
    void verify_signedInAnyProfile_givesTheManifest(CanonicalProfile profile) {
        Manifest manifest = Vectors.manifest().toBuilder().sla(null).build();
        SignedManifest signed = SIGNER.withProfile(profile).sign(manifest);

        assertThat(VERIFIER.verify(ASAPCodec.strict().write(signed, WireForm.FULL)))
                .isEqualTo(manifest);
        assertThat(VERIFIER.verify(ASAPCodec.strict().write(signed, WireForm.COMPACT)))
                .isEqualTo(manifest);
        assertThat(VERIFIER.verify(signed)).isEqualTo(manifest);
    }

    @Test
    void verify_everyMemberSet_givesTheManifest() {
        Manifest manifest = Vectors.withHardware().toBuilder()
                .capabilities(Vectors.withHardware().capabilities().toBuilder()
                        .skill(new Skill(
                                "echo",
                                "Echo",
                                JsonObject.parse(
                                        "{\"b\":[1.0,1e3,{\"z\":null,\"\u00e4\":true}],\"a\":12345678901234567890}"),
                                null))
                        .inference(new InferenceCapability(
                                List.of(),
                                List.of(new LocalModelInfo("model", "q4", 12.0), new LocalModelInfo(null, null, 0.1))))
                        .build())
                .supportedVersions(List.of("2.2", "2.1"))
                .verification(new VerificationStatus(VerificationState.PENDING, null))
                .build();

        for (WireForm form : WireForm.values()) {
            assertThat(VERIFIER.verify(ASAPCodec.strict().write(SIGNER.sign(manifest), form)))
                    .isEqualTo(manifest);
        }
    }

    @Test
    void verify_membersOfALaterRelease_verifiesThemToo() {
        JsonObject later = manifestMember(Vectors.document()).with("quality", JsonObject.of("stars", 5));
        byte[] document = signedAsItIs(later, Vectors.KEY);

        assertThat(VERIFIER.verify(document)).isEqualTo(Vectors.manifest());
        assertMismatch(changed(document, manifest -> manifest.with("quality", JsonObject.of("stars", 6))));
        assertMismatch(changed(document, manifest -> manifest.without("quality")));
    }

    @Test
    void verify_classUnderItsSignedName_isTheSame() {
        byte[] document = ASAPCodec.strict().write(SIGNER.sign(Vectors.withHardware()));
        String renamed = new String(document, UTF_8).replace("\"class\":", "\"class_\":");

        assertThat(renamed).contains("\"class_\":");
        assertThat(VERIFIER.verify(renamed.getBytes(UTF_8))).isEqualTo(Vectors.withHardware());
    }

    @Test
    void verify_laterManifestWithClass_isSignedUnderItsOtherName() {
        JsonObject wire =
                ASAPCodec.strict().toJson(Vectors.withHardware(), WireForm.FULL).with("quality", 1);
        JsonObject signedForm =
                CanonicalManifest.ofModel(Vectors.withHardware()).with("quality", 1);

        assertThat(VERIFIER.verify(document(wire, Vectors.KEY.sign(CanonicalJson.of(signedForm)))))
                .isEqualTo(Vectors.withHardware());
    }

    @Test
    void verify_classUnderBothNames_isRefusedUnlessTheModelWasSigned() {
        JsonObject wire =
                ASAPCodec.strict().toJson(Vectors.withHardware(), WireForm.FULL).with("quality", 1);
        JsonObject capabilities = wire.getObject("capabilities");
        JsonObject both = wire.with(
                "capabilities",
                capabilities.with("hardware", capabilities.getObject("hardware").with("class_", "cloud")));

        assertMismatch(signedAsItIs(both, Vectors.KEY));
    }

    @Test
    void verify_signatureMemberOfTheManifest_isNotCoveredAndNotHandedOut() {
        byte[] document = changed(Vectors.document(), manifest -> manifest.with("signature", "anything"));

        assertThat(VERIFIER.verify(document)).isEqualTo(Vectors.manifest());
        assertThat(VERIFIER.verify(document).signature()).isNull();
    }

    @Test
    void verify_otherOrderAndSpelling_isTheSameContent() {
        String reordered = new String(Vectors.document(), UTF_8)
                .replace("\"ttl_seconds\":300", "\"ttl_seconds\" : 3.0e2")
                .replace("é", "\\u00e9")
                .replace(
                        "\"id\":\"urn:asap:agent:vector\",\"name\":\"Vector\",",
                        "\"name\":\"Vector\",\"id\":\"urn:asap:agent:vector\",");

        assertThat(VERIFIER.verify(reordered.getBytes(UTF_8))).isEqualTo(Vectors.manifest());
    }

    @Test
    void verify_memberTwice_seesTheOneThatIsHandedOut() {
        String text = new String(Vectors.document(), UTF_8);
        String evilFirst = text.replace("\"name\":\"Vector\"", "\"name\":\"Evil\",\"name\":\"Vector\"");
        String evilLast = text.replace("\"name\":\"Vector\"", "\"name\":\"Vector\",\"name\":\"Evil\"");
        String manifestTwice = text.replaceFirst("\\{", "{\"manifest\":{\"id\":\"urn:asap:agent:evil\"},");

        assertThat(VERIFIER.verify(evilFirst.getBytes(UTF_8)).name()).isEqualTo("Vector");
        assertThat(VERIFIER.verify(manifestTwice.getBytes(UTF_8))).isEqualTo(Vectors.manifest());
        assertMismatch(evilLast.getBytes(UTF_8));
    }

    // ---- Tampering

    @Test
    void verify_anyMemberChanged_isRefused() {
        byte[] document = ASAPCodec.strict().write(SIGNER.sign(Vectors.withHardware()));
        List<JsonObject> variants = new ArrayList<>();
        changes(manifestMember(document), variant -> variants.add(variant.asObject()));
        int refused = 0;
        for (JsonObject variant : variants) {
            byte[] tampered =
                    JsonObject.parse(document).with("manifest", variant).toBytes();
            try {
                Manifest manifest = VERIFIER.verify(tampered);
                // Leaving out a member with its default changes nothing.
                assertThat(manifest).as(variant.toString()).isEqualTo(Vectors.withHardware());
            } catch (SignatureVerificationException | ValidationException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void verify_memberAddedToADocumentOfAnOlderRelease_isRefused() {
        Manifest manifest = Vectors.manifest();
        byte[] old = ASAPCodec.strict()
                .write(SIGNER.withProfile(CanonicalProfile.RELEASE_1_3).sign(manifest), WireForm.COMPACT);

        assertThat(VERIFIER.verify(old)).isEqualTo(manifest);
        assertMismatch(changed(old, it -> it.with("verification", JsonObject.of("status", "verified"))));
        assertMismatch(changed(old, it -> it.with("supported_versions", JsonArray.of("2.1"))));
        assertMismatch(changed(
                old,
                it -> it.with(
                        "capabilities", it.getObject("capabilities").with("hardware", JsonObject.of("class", "sbc")))));
        assertMismatch(changed(
                old,
                it -> it.with("capabilities", it.getObject("capabilities").with("inference", JsonObject.empty()))));
    }

    @Test
    void verify_otherKey_isRefusedWithBothKeys() {
        Ed25519PublicKey other = Ed25519PrivateKey.generate().publicKey();

        assertThatThrownBy(() -> ManifestVerifier.trusting(other).verify(Vectors.document()))
                .isInstanceOfSatisfying(SignatureVerificationException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_VERIFICATION);
                    assertThat(e.retryable()).isFalse();
                })
                .hasMessage(
                        "the manifest of urn:asap:agent:vector is not verified: its signature is not one of the key '"
                                + other + "' for this content; the document names another key, '" + Vectors.PUBLIC_KEY
                                + "'");
    }

    @Test
    void verify_embeddedKeyReplaced_countsOnlyWhereItIsTrusted() {
        Ed25519PrivateKey attacker = Ed25519PrivateKey.generate();
        byte[] forged = ASAPCodec.strict().write(ManifestSigner.of(attacker).sign(Vectors.manifest()));

        assertMismatch(forged);
        assertThat(ManifestVerifier.trustingEmbeddedKey().verify(forged)).isEqualTo(Vectors.manifest());
    }

    @Test
    void verify_trustLevelChanged_staysValidBecauseItIsNotSigned() {
        byte[] raised = wrapper(Vectors.document(), signature -> signature.with("trust_level", "enterprise"));

        assertThat(VERIFIER.verify(raised)).isEqualTo(Vectors.manifest());
    }

    // ---- The rules of the signature block

    @Test
    void verify_otherAlgorithm_breaksTheRules() {
        assertThatThrownBy(() -> VERIFIER.verify(wrapper(Vectors.document(), it -> it.with("alg", "ed448"))))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("alg");
    }

    @Test
    void verify_signatureWithOtherCharacters_breaksTheRules() {
        assertThatThrownBy(() -> VERIFIER.verify(withSignature("not-base64!")))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("must be base64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EPWOion7px7ivp/g6G0wIAsNuW6Z/RmMkzmuYMPMbhRM7i2LpM1L1G3xCmoqbiMgitd3RfvYbmx/FgU04mE/DA",
                "EPWOion7px7ivp/g6G0wIAsNuW6Z/RmMkzmuYMPMbhRM7i2LpM1L1G3xCmoqbiMgitd3RfvYbmx/FgU04mE/DB==",
                "=",
                "A"
            })
    void verify_malformedBase64_isRefused(String signature) {
        assertThatThrownBy(() -> VERIFIER.verify(withSignature(signature)))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageEndingWith("is not verified: its signature is not base64 with padding");
    }

    @Test
    void verify_signatureOfAnotherLength_isRefusedWithTheLength() {
        SignatureVerificationException e = catchThrowableOfType(
                SignatureVerificationException.class,
                () -> VERIFIER.verify(withSignature(Base64.getEncoder().encodeToString(new byte[63]))));

        assertThat(e).hasMessageEndingWith("its signature must have 64 bytes, got 63");
        assertThat(e.details()).isEqualTo(JsonObject.of("signature_length", 63));
    }

    @Test
    void verify_scalarNotReduced_isRefusedWithTheScalar() {
        byte[] second = Ed25519KeysTest.withSecondScalar(Base64.getDecoder().decode(Vectors.SIGNATURE));
        SignatureVerificationException e = catchThrowableOfType(
                SignatureVerificationException.class,
                () -> VERIFIER.verify(withSignature(Base64.getEncoder().encodeToString(second))));

        assertThat(e).hasMessageEndingWith("the scalar of its signature is not below the order of the group");
        assertThat(e.details().getString("s_value_hex")).hasSize(64);
    }

    @Test
    void verify_noEmbeddedKey_isRefusedWhereItIsNeeded() {
        byte[] withoutKey =
                JsonObject.parse(Vectors.document()).without("public_key").toBytes();

        assertThat(VERIFIER.verify(withoutKey)).isEqualTo(Vectors.manifest());
        assertThatThrownBy(() -> ManifestVerifier.trustingEmbeddedKey().verify(withoutKey))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageEndingWith("the document names no key (public_key)");
    }

    @Test
    void verify_embeddedKeyNotOf32Bytes_isRefused() {
        byte[] shortKey =
                JsonObject.parse(Vectors.document()).with("public_key", "AAAA").toBytes();

        assertThatThrownBy(() -> ManifestVerifier.trustingEmbeddedKey().verify(shortKey))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageEndingWith("a public key must have 32 bytes, got 3");
    }

    // ---- Registries

    @Test
    void verify_signedByAKnownRegistry_givesTheManifest() {
        byte[] document = ASAPCodec.strict()
                .write(SIGNER.withTrustLevel(TrustLevel.VERIFIED).sign(Vectors.manifest()));
        Ed25519PublicKey other = Ed25519PrivateKey.generate().publicKey();

        assertThat(ManifestVerifier.trustingAuthorities(Set.of(other, Vectors.KEY.publicKey()))
                        .verify(document))
                .isEqualTo(Vectors.manifest());
        assertThatThrownBy(() ->
                        ManifestVerifier.trustingAuthorities(Set.of(other)).verify(document))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageEndingWith("which is none of the 1 known registries'");
        assertThatThrownBy(() -> ManifestVerifier.trustingAuthorities(Set.of(Vectors.KEY.publicKey()))
                        .verify(changed(document, manifest -> manifest.with("name", "Evil"))))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageContaining("for this content");
    }

    @Test
    void verify_publicVerifiedDocument_isSignedByItsRegistry() {
        byte[] document = Vectors.resource("verified_manifest.json");
        Ed25519PublicKey registry =
                Ed25519PublicKey.ofBase64(JsonObject.parse(document).getString("public_key"));

        assertThat(ManifestVerifier.trustingAuthorities(Set.of(registry)).verify(document))
                .isEqualTo(ASAPCodec.strict().readManifest(document));
    }

    @Test
    void verify_otherTrustLevel_isNoRegistrysSignature() {
        ManifestVerifier registries = ManifestVerifier.trustingAuthorities(Set.of(Vectors.KEY.publicKey()));

        assertThatThrownBy(() -> registries.verify(Vectors.document()))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageEndingWith("its trust level must be 'verified', got 'self-signed'");
        assertThatThrownBy(() ->
                        registries.verify(wrapper(Vectors.document(), it -> it.with("trust_level", "x".repeat(1000)))))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageEndingWith("got '" + "x".repeat(60) + "…'");
    }

    // ---- What is no signed manifest

    @Test
    void verify_plainManifest_isRefused() {
        byte[] plain = ASAPCodec.strict().write(Vectors.manifest());

        assertThat(ManifestVerifier.isSigned(JsonValue.parse(plain))).isFalse();
        assertThat(ManifestVerifier.isSigned(JsonValue.parse(Vectors.document())))
                .isTrue();
        assertThatThrownBy(() -> VERIFIER.verify(plain))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageStartingWith("the manifest has no signature");
        assertThatThrownBy(() -> VERIFIER.verify("[1]".getBytes(UTF_8)))
                .isInstanceOf(SignatureVerificationException.class);
        assertThatThrownBy(() -> VERIFIER.verify("{".getBytes(UTF_8))).isInstanceOf(JsonException.class);
    }

    @Test
    void verify_signatureMemberOfAnotherKind_breaksTheRules() {
        JsonObject document = JsonObject.parse(Vectors.document());

        assertThatThrownBy(
                        () -> VERIFIER.verify(document.with("signature", null).toBytes()))
                .isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> VERIFIER.verify(document.with("manifest", "x").toBytes()))
                .isInstanceOf(ValidationException.class);
    }

    @Test
    void verify_tooLarge_isRefused() {
        byte[] large = new byte[ManifestVerifier.MAX_BYTES + 1];

        assertThatThrownBy(() -> VERIFIER.verify(large))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessage("a signed manifest must have at most 262144 bytes, got 262145");
    }

    @Test
    void verify_deepAndLargeWithinTheBounds_ends() {
        Manifest manifest = withSchema("{\"a\":".repeat(200) + "1" + "}".repeat(200));
        Manifest wide = withSchema("{\"a\":[" + "0.1,".repeat(60_000) + "1]}");

        assertThat(VERIFIER.verify(SIGNER.sign(manifest))).isEqualTo(manifest);
        assertThat(VERIFIER.verify(SIGNER.sign(wide))).isEqualTo(wide);
        assertMismatch(ASAPCodec.strict()
                .write(ManifestSigner.of(Ed25519PrivateKey.generate()).sign(wide)));
    }

    @Test
    void verify_noCanonicalForm_isRefused() {
        for (String schema : List.of("{\"a\":1e999}", "{\"a\":\"\\ud800\"}")) {
            Manifest manifest = withSchema(schema);
            byte[] document = document(ASAPCodec.strict().toJson(manifest, WireForm.FULL), new byte[64]);

            assertThatThrownBy(() -> SIGNER.sign(manifest)).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> VERIFIER.verify(document))
                    .isInstanceOf(SignatureVerificationException.class)
                    .hasMessageContaining("no canonical form");
        }
    }

    // ---- What cannot be signed

    @Test
    void sign_memberThatTheProfileDoesNotKnow_isRefused() {
        assertThatThrownBy(
                        () -> SIGNER.withProfile(CanonicalProfile.RELEASE_2_2).sign(Vectors.withHardware()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot sign the manifest of urn:asap:agent:vector: capabilities.hardware is set, which"
                        + " RELEASE_2_2 does not know; leave it out or sign with a later profile");
        assertThatThrownBy(
                        () -> SIGNER.withProfile(CanonicalProfile.RELEASE_1_2).sign(Vectors.manifest()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(": sla is set");
    }

    @Test
    void sign_timeOfVerification_isRefused() {
        Manifest manifest = Vectors.manifest().toBuilder()
                .verification(new VerificationStatus(VerificationState.VERIFIED, Instant.EPOCH))
                .build();

        assertThatThrownBy(() -> SIGNER.sign(manifest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("verification.verified_at is set");
    }

    // ----

    private static void assertMismatch(byte[] document) {
        assertThatThrownBy(() -> VERIFIER.verify(document))
                .isInstanceOf(SignatureVerificationException.class)
                .hasMessageContaining("its signature is not one of the key '" + Vectors.PUBLIC_KEY + "'");
    }

    private static Manifest withSchema(String schema) {
        Skill skill = new Skill("s", "S", JsonObject.parse(schema), null);
        return Vectors.manifest().toBuilder()
                .capabilities(Capability.builder().skill(skill).build())
                .build();
    }

    private static JsonObject manifestMember(byte[] document) {
        return JsonObject.parse(document).getObject("manifest");
    }

    private static byte[] changed(byte[] document, UnaryOperator<JsonObject> change) {
        return JsonObject.parse(document)
                .with("manifest", change.apply(manifestMember(document)))
                .toBytes();
    }

    private static byte[] wrapper(byte[] document, UnaryOperator<JsonObject> change) {
        JsonObject object = JsonObject.parse(document);
        return object.with("signature", change.apply(object.getObject("signature")))
                .toBytes();
    }

    private static byte[] withSignature(String signature) {
        return wrapper(Vectors.document(), it -> it.with("signature", signature));
    }

    private static byte[] signedAsItIs(JsonObject manifest, Ed25519PrivateKey key) {
        return document(manifest, key.sign(CanonicalJson.of(manifest.without("signature"))));
    }

    private static byte[] document(JsonObject manifest, byte[] signature) {
        return JsonObject.of(
                        "manifest",
                        manifest,
                        "signature",
                        JsonObject.of(
                                "alg",
                                "ed25519",
                                "signature",
                                Base64.getEncoder().encodeToString(signature)))
                .toBytes();
    }

    /** Every value in an object changed or left out, one at a time. */
    private static void changes(JsonValue value, java.util.function.Consumer<JsonValue> found) {
        if (value instanceof JsonObject object) {
            for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
                if (!member.getKey().equals("signature")) {
                    found.accept(object.without(member.getKey()));
                    changes(member.getValue(), changed -> {
                        Map<String, JsonValue> copy = new LinkedHashMap<>(object.members());
                        copy.put(member.getKey(), changed);
                        found.accept(JsonValue.of(copy));
                    });
                }
            }
            found.accept(object.with("added", 1));
        } else if (value instanceof JsonArray array) {
            List<JsonValue> longer = new ArrayList<>(array.values());
            longer.add(new JsonString("x"));
            found.accept(new JsonArray(longer));
        } else if (value instanceof JsonString string) {
            found.accept(new JsonString(string.value() + "x"));
        } else if (value instanceof JsonNumber number) {
            found.accept(JsonNumber.of(number.asLong() + 1));
        } else if (value instanceof JsonBoolean bool) {
            found.accept(JsonBoolean.of(!bool.asBoolean()));
        } else {
            found.accept(new JsonString("x"));
        }
    }
}
