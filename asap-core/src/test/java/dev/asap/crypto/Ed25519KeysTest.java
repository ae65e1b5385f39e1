// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Ed25519KeysTest {
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    @Test
    void ofSeed_vector_hasTheVectorsPublicKey() {
        assertThat(Vectors.KEY.publicKey().toBase64()).isEqualTo(Vectors.PUBLIC_KEY);
    }

    /** From section 7.1 of RFC 8032. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"
    })
    void sign_vectorOfTheRfc_givesItsSignature(String seed, String publicKey, String message, String signature) {
        HexFormat hex = HexFormat.of();
        Ed25519PrivateKey key = Ed25519PrivateKey.ofSeed(hex.parseHex(seed));

        assertThat(hex.formatHex(key.publicKey().toBytes())).isEqualTo(publicKey);
        assertThat(hex.formatHex(key.sign(hex.parseHex(message)))).isEqualTo(signature);
        assertThat(key.publicKey().verifies(hex.parseHex(message), hex.parseHex(signature)))
                .isTrue();
    }

    @Test
    void ofPem_whatToPemWrote_isTheSameKey() {
        Ed25519PrivateKey key = Ed25519PrivateKey.generate();
        Ed25519PrivateKey copy = Ed25519PrivateKey.ofPem(key.toPem());

        assertThat(copy.publicKey()).isEqualTo(key.publicKey());
        assertThat(copy.sign("text".getBytes(UTF_8))).isEqualTo(key.sign("text".getBytes(UTF_8)));
    }

    @Test
    void ofPem_fileOfOpenssl_isRead() {
        String pem = """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
                -----END PRIVATE KEY-----
                """;
        Ed25519PrivateKey key = Ed25519PrivateKey.ofPem(pem);

        assertThat(key.publicKey().toBase64()).isEqualTo(Vectors.PUBLIC_KEY);
        assertThat(key.toPem()).isEqualTo(pem);
        assertThat(Ed25519PrivateKey.ofPem(pem.replace("\n", "\r\n")).publicKey())
                .isEqualTo(key.publicKey());
    }

    @Test
    void ofPem_somethingElse_isRefusedWithoutShowingIt() throws Exception {
        String rsa = pem(KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPrivate()
                .getEncoded());
        String curve448 = pem(KeyPairGenerator.getInstance("Ed448")
                .generateKeyPair()
                .getPrivate()
                .getEncoded());
        String encrypted = Vectors.KEY.toPem().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        String cut = pem(Arrays.copyOf(
                Base64.getDecoder().decode("MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"), 40));

        for (String text :
                List.of("", "secret", rsa, curve448, encrypted, cut, " ".repeat(5000) + Vectors.KEY.toPem())) {
            assertThatThrownBy(() -> Ed25519PrivateKey.ofPem(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a private key of Ed25519 in PKCS#8, unencrypted, in PEM")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void ofSeed_wrongLength_isRefused() {
        assertThatThrownBy(() -> Ed25519PrivateKey.ofSeed(new byte[31]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a seed must have 32 bytes, got 31");
    }

    @Test
    void generate_twice_givesTwoKeys() {
        assertThat(Ed25519PrivateKey.generate().publicKey())
                .isNotEqualTo(Ed25519PrivateKey.generate().publicKey());
    }

    @Test
    void toString_privateKey_showsThePublicOneOnly() {
        assertThat(Vectors.KEY.toString()).isEqualTo("Ed25519PrivateKey[publicKey=" + Vectors.PUBLIC_KEY + "]");
    }

    @Test
    void publicKey_sameBytes_isEqual() {
        Ed25519PublicKey key = Ed25519PublicKey.ofBase64(Vectors.PUBLIC_KEY);
        byte[] raw = key.toBytes();
        Ed25519PublicKey copy = Ed25519PublicKey.of(raw);
        raw[0]++;

        assertThat(copy).isEqualTo(key).hasSameHashCodeAs(key).hasToString(Vectors.PUBLIC_KEY);
        assertThat(key)
                .isNotEqualTo((Object) Vectors.PUBLIC_KEY)
                .isNotEqualTo(Ed25519PrivateKey.generate().publicKey());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
                "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbh=",
                "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
                "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n",
                "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMQ=="
            })
    void ofBase64_notPaddedBase64Of32Bytes_isRefused(String text) {
        assertThatThrownBy(() -> Ed25519PublicKey.ofBase64(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a public key must ");
    }

    @Test
    void of_pointOfSmallOrder_isRefused() {
        List<byte[]> refused = new ArrayList<>();
        for (BigInteger y : smallOrder()) {
            refused.add(encoded(y));
            byte[] withOddX = encoded(y);
            withOddX[31] |= (byte) 0x80;
            refused.add(withOddX);
        }

        assertThat(refused).hasSize(10);
        refused.forEach(Ed25519KeysTest::assertRefused);
    }

    @Test
    void of_secondFormOfAPoint_isRefused() {
        for (int i = 0; i < 19; i++) {
            assertRefused(encoded(P.add(BigInteger.valueOf(i))));
        }
    }

    @Test
    void of_noPointOfTheCurve_isRefused() {
        int refused = 0;
        for (int y = 2; y < 30; y++) {
            byte[] raw = encoded(BigInteger.valueOf(y));
            if (!isOnCurve(BigInteger.valueOf(y))) {
                assertRefused(raw);
                refused++;
            } else {
                assertThat(Ed25519PublicKey.of(raw).toBytes()).isEqualTo(raw);
            }
        }
        assertThat(refused).isGreaterThan(5);
    }

    @Test
    void verifies_otherTextOrSignature_isFalse() {
        byte[] text = "text".getBytes(UTF_8);
        byte[] signature = Vectors.KEY.sign(text);
        Ed25519PublicKey key = Vectors.KEY.publicKey();

        assertThat(key.verifies(text, signature)).isTrue();
        assertThat(key.verifies("Text".getBytes(UTF_8), signature)).isFalse();
        assertThat(Ed25519PrivateKey.generate().publicKey().verifies(text, signature))
                .isFalse();
        assertThat(key.verifies(text, new byte[64])).isFalse();
        assertThat(key.verifies(text, Arrays.copyOf(signature, 63))).isFalse();
        assertThat(key.verifies(text, Arrays.copyOf(signature, 65))).isFalse();
        for (int bit = 0; bit < 512; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(key.verifies(text, flipped)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void verifies_secondFormOfTheScalar_isFalse() {
        byte[] text = "text".getBytes(UTF_8);
        byte[] signature = withSecondScalar(Vectors.KEY.sign(text));

        assertThat(Vectors.KEY.publicKey().verifies(text, signature)).isFalse();
    }

    /** The same signature to a verifier that does not ask for the scalar to be below the order. */
    static byte[] withSecondScalar(byte[] signature) {
        byte[] scalar = Ed25519PublicKey.reversed(Arrays.copyOfRange(signature, 32, 64));
        byte[] second = encoded(new BigInteger(1, scalar).add(ORDER));
        byte[] changed = signature.clone();
        System.arraycopy(second, 0, changed, 32, 32);
        return changed;
    }

    private static void assertRefused(byte[] raw) {
        assertThatThrownBy(() -> Ed25519PublicKey.of(raw))
                .as(HexFormat.of().formatHex(raw))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a usable public key of Ed25519: '");
    }

    /** The y of the points that the group's order divided by 8 leaves over, computed by multiplying points of the curve. */
    private static List<BigInteger> smallOrder() {
        List<BigInteger> found = new ArrayList<>();
        for (int y = 2; found.size() < 5; y++) {
            BigInteger[] point = pointWith(BigInteger.valueOf(y));
            if (point == null) {
                continue;
            }
            BigInteger[] small = multiplied(point, ORDER);
            BigInteger[] multiple = small;
            for (int i = 0; i < 8; i++) {
                if (!found.contains(multiple[1])) {
                    found.add(multiple[1]);
                }
                multiple = sum(multiple, small);
            }
        }
        return found;
    }

    private static boolean isOnCurve(BigInteger y) {
        return pointWith(y) != null;
    }

    private static BigInteger d() {
        return BigInteger.valueOf(-121665)
                .multiply(BigInteger.valueOf(121666).modInverse(P))
                .mod(P);
    }

    private static BigInteger[] pointWith(BigInteger y) {
        BigInteger ySquared = y.multiply(y);
        BigInteger xSquared = ySquared.subtract(BigInteger.ONE)
                .multiply(d().multiply(ySquared).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        BigInteger x = xSquared.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).mod(P).equals(xSquared)) {
            x = x.multiply(BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P))
                    .mod(P);
        }
        return x.multiply(x).mod(P).equals(xSquared) ? new BigInteger[] {x, y} : null;
    }

    private static BigInteger[] sum(BigInteger[] a, BigInteger[] b) {
        BigInteger product =
                d().multiply(a[0]).multiply(b[0]).multiply(a[1]).multiply(b[1]).mod(P);
        BigInteger x = a[0].multiply(b[1])
                .add(b[0].multiply(a[1]))
                .multiply(BigInteger.ONE.add(product).modInverse(P))
                .mod(P);
        BigInteger y = a[1].multiply(b[1])
                .add(a[0].multiply(b[0]))
                .multiply(BigInteger.ONE.subtract(product).modInverse(P))
                .mod(P);
        return new BigInteger[] {x, y};
    }

    private static BigInteger[] multiplied(BigInteger[] point, BigInteger times) {
        BigInteger[] result = {BigInteger.ZERO, BigInteger.ONE};
        for (int bit = times.bitLength() - 1; bit >= 0; bit--) {
            result = sum(result, result);
            if (times.testBit(bit)) {
                result = sum(result, point);
            }
        }
        return result;
    }

    private static byte[] encoded(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[32];
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
        return Ed25519PublicKey.reversed(padded);
    }

    private static String pem(byte[] pkcs8) {
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(pkcs8)
                + "\n-----END PRIVATE KEY-----\n";
    }
}
