// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import static dev.asap.crypto.TlsFiles.file;
import static dev.asap.crypto.TlsFiles.password;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsMaterialTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client-rsa-key.pem",
                "client-rsa-key-pkcs1.pem",
                "client-rsa-key-encrypted.pem",
                "client-ec-key.pem",
                "client-ec-key-sec1.pem",
                "client-ec-key-sec1-with-parameters.pem",
                "client-ec-key-encrypted.pem",
                "client-ec-key-encrypted-aes128-sha1.pem",
                "client-ec-key-encrypted-aes192-sha384.pem",
                "client-ec-key-encrypted-aes256-sha512.pem",
                "client-ed25519-key.pem",
                "client-ed25519-key-encrypted.pem"
            })
    void build_keyInEachSupportedForm_fitsItsCertificate(String key) {
        TlsMaterial material = withKey(key).keyPassword(password()).build();

        assertThat(material.hasIdentity()).isTrue();
        assertThat(material.hasOwnTrust()).isFalse();
    }

    @Test
    void build_passwordBeyondAscii_opensTheKey() {
        TlsMaterial material = withKey("client-ec-key-encrypted-umlaut.pem")
                .keyPassword("öffne dich".toCharArray())
                .build();

        assertThat(material.hasIdentity()).isTrue();
    }

    @Test
    void build_certificateAndKeyInOneFile_readsBoth() throws IOException {
        Path both = folder.resolve("both.pem");
        Files.writeString(both, Files.readString(file("client-ec-key.pem")) + Files.readString(file("client-ec.pem")));

        assertThat(TlsMaterial.builder().identity(both, both).build().hasIdentity())
                .isTrue();
    }

    @Test
    void build_windowsLineEndings_areRead() throws IOException {
        Path certificate = Files.writeString(
                folder.resolve("crlf.pem"),
                Files.readString(file("client-ec.pem")).replace("\n", "\r\n"));

        assertThat(TlsMaterial.builder()
                        .identity(certificate, file("client-ec-key.pem"))
                        .build()
                        .hasIdentity())
                .isTrue();
    }

    @Test
    void build_chainWithTextBetween_readsEveryCertificate() {
        List<X509Certificate> chain = new PemFile("certificate file", file("server-rsa.pem")).certificates();

        assertThat(chain)
                .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=localhost,O=ASAP for Java tests", "CN=intermediate-ca,O=ASAP for Java tests");
    }

    @Test
    void build_trustFile_acceptsItsAuthoritiesOnly() throws IOException {
        Path two = folder.resolve("two.pem");
        Files.writeString(two, Files.readString(file("ca.pem")) + Files.readString(file("other-ca.pem")));

        TlsMaterial material = TlsMaterial.builder().trust(two).build();

        assertThat(material.trustManager().getAcceptedIssuers())
                .containsExactlyInAnyOrder(certificate("ca.pem"), certificate("other-ca.pem"));
        assertThat(material.hasOwnTrust()).isTrue();
        assertThat(material.hasIdentity()).isFalse();
    }

    @Test
    void build_withoutTrust_acceptsThePlatformsAuthorities() {
        assertThat(TlsFiles.identity("client-ec").build().trustManager().getAcceptedIssuers())
                .hasSizeGreaterThan(1)
                .doesNotContain(certificate("ca.pem"));
    }

    @Test
    void build_platformWithoutAuthorities_namesTheRemedy() {
        String before = System.setProperty("javax.net.ssl.trustStore", "NONE");
        try {
            assertThatThrownBy(TlsFiles.identity("client-ec")::build)
                    .isInstanceOf(TlsConfigurationException.class)
                    .hasMessage("the platform's trust store is empty or missing; name the authorities with trust");
        } finally {
            if (before == null) {
                System.clearProperty("javax.net.ssl.trustStore");
            } else {
                System.setProperty("javax.net.ssl.trustStore", before);
            }
        }
    }

    @Test
    void build_trustOfNoCertificate_isRefused() throws Exception {
        assertThatThrownBy(TlsMaterial.builder().trust(List.of())::build)
                .isInstanceOf(TlsConfigurationException.class)
                .hasMessage("trust must have a certificate, got none; leave it out to trust the platform's");
        assertThatThrownBy(TlsMaterial.builder().trust(emptyKeyStore())::build)
                .isInstanceOf(TlsConfigurationException.class);
    }

    @Test
    void build_nothingGiven_isRefused() {
        assertThatThrownBy(TlsMaterial.builder()::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "TlsMaterial must have an identity or trust, got neither; without both, use no TlsMaterial");
    }

    @Test
    void sslContext_byDefault_offersTls13And12Only() {
        TlsMaterial material = TlsFiles.mutual("server-ec");

        assertThat(material.sslContext().getDefaultSSLParameters().getProtocols())
                .containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(material.sslContext()).isSameAs(material.sslContext());
    }

    @Test
    void keyPassword_arrayWipedByTheCaller_isNotNeededAnyMore() {
        char[] password = password();
        TlsMaterial.Builder builder = withKey("client-ec-key-encrypted.pem").keyPassword(password);
        Arrays.fill(password, '\0');

        assertThat(builder.build().hasIdentity()).isTrue();
    }

    @Test
    void keyPassword_afterBuild_isForgotten() {
        TlsMaterial.Builder builder = withKey("client-ec-key-encrypted.pem").keyPassword(password());
        TlsMaterial unused = builder.build();

        assertThatThrownBy(builder::build)
                .isInstanceOf(TlsConfigurationException.class)
                .hasMessageEndingWith("client-ec-key-encrypted.pem' is encrypted; give its password to keyPassword");
    }

    @Test
    void keyPassword_wrong_isNotShown() {
        TlsConfigurationException failure =
                failureOf(withKey("client-ec-key-encrypted.pem").keyPassword("close sesame".toCharArray()));

        assertThat(failure)
                .hasMessage("the private key file '" + file("client-ec-key-encrypted.pem")
                        + "' cannot be decrypted with the given keyPassword; check the password");
        StringWriter everything = new StringWriter();
        failure.printStackTrace(new PrintWriter(everything));
        assertThat(everything.toString()).doesNotContain("close sesame");
        assertThat(failure.retryable()).isFalse();
    }

    @Test
    void keyPassword_empty_isRefusedAlike() {
        assertThat(failureOf(withKey("client-ec-key-encrypted.pem").keyPassword(new char[0])))
                .hasMessageEndingWith("cannot be decrypted with the given keyPassword; check the password");
    }

    @Test
    void keyPassword_wrongOneThatDecryptsToGarbage_isRefusedAlike() throws Exception {
        EncryptedKey key = new EncryptedKey(decoded("client-ed25519-key-encrypted.pem"));
        // One in 256 gives a padding that looks right.
        String wrong = IntStream.range(0, 20_000)
                .mapToObj(number -> "wrong" + number)
                .filter(password -> decrypts(key, password))
                .findFirst()
                .orElseThrow();

        assertThat(failureOf(withKey("client-ed25519-key-encrypted.pem").keyPassword(wrong.toCharArray())))
                .hasMessageEndingWith("cannot be decrypted with the given keyPassword; check the password");
    }

    @Test
    void keyPassword_manyWrongOnes_areAllRefusedAlike() {
        for (int i = 0; i < 600; i++) {
            assertThat(failureOf(withKey("client-ed25519-key-encrypted.pem").keyPassword(("wrong" + i).toCharArray())))
                    .hasMessageEndingWith("cannot be decrypted with the given keyPassword; check the password");
        }
    }

    @Test
    void toString_withIdentityAndTrust_showsNoSecret() {
        String shown = TlsMaterial.builder()
                .identity(file("client-ec.pem"), file("client-ec-key-encrypted.pem"))
                .keyPassword(password())
                .trust(file("ca.pem"))
                .build()
                .toString();

        assertThat(shown)
                .startsWith("TlsMaterial[CN=client-ec, O=ASAP for Java tests, EC, valid until 20")
                .endsWith("; trusts 1 given]");
        assertThat(TlsMaterial.builder().trust(file("ca.pem")).build())
                .hasToString("TlsMaterial[no identity; trusts 1 given]");
        assertThat(TlsFiles.identity("client-rsa").build().toString()).endsWith("; trusts the platform's]");
    }

    @ParameterizedTest
    @CsvSource({
        "client-rsa, server-rsa",
        "client-ec, server-ec",
        "client-ed25519, server-ed25519",
        "client-ec, client-rsa"
    })
    void build_keyOfAnotherCertificate_isRefused(String certificate, String key) {
        assertThat(failureOf(TlsMaterial.builder().identity(file(certificate + ".pem"), file(key + "-key.pem"))))
                .hasMessage("the private key file '" + file(key + "-key.pem")
                        + "' does not belong to the first certificate of the certificate file '"
                        + file(certificate + ".pem")
                        + "'; give the key that the certificate was issued for, and put its certificate first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client-rsa-key-traditional-encrypted.pem", "client-ec-key-traditional-encrypted.pem"})
    void build_traditionalEncryption_isRefusedWithTheCommandThatConverts(String key) {
        assertThat(failureOf(withKey(key).keyPassword(password())))
                .hasMessage("the private key file '" + file(key)
                        + "' is encrypted in OpenSSL's old way, which protects little and is not supported; convert it with"
                        + " 'openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256'");
    }

    @ParameterizedTest
    @CsvSource({
        "client-ec-key-encrypted-3des.pem, 1.2.840.113549.3.7",
        "client-ec-key-encrypted-scrypt.pem, 1.3.6.1.4.1.11591.4.11",
        "client-ec-key-encrypted-pbes1.pem, 1.2.840.113549.1.12.1.3"
    })
    void build_otherEncryption_isRefusedWithItsIdentifier(String key, String identifier) {
        assertThat(failureOf(withKey(key).keyPassword(password())))
                .hasMessageEndingWith(
                        "' must be encrypted by PBES2 with PBKDF2, HMAC-SHA-2 and AES-CBC, got " + identifier
                                + "; convert it with 'openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256'");
    }

    @Test
    void build_encryptionOfTooManyRounds_isRefusedAtOnce() throws IOException {
        Path endless = pem("ENCRYPTED PRIVATE KEY", encryptedWithRounds(0x7f, 0xff, 0xff, 0xff));
        assertThat(failureOf(TlsMaterial.builder()
                        .identity(file("client-ec.pem"), endless)
                        .keyPassword(password())))
                .hasMessageContaining("got PBKDF2 with 2147483647 rounds");
    }

    @Test
    void build_keyOfUnsupportedKind_isRefused() {
        assertThat(failureOf(withKeyFile("ed448-key.pem")))
                .hasMessageContaining("must hold an RSA, EC or Ed25519 key, got one of the algorithm 1.3.101.113");
        assertThat(failureOf(withKeyFile("dsa-key-traditional.pem")))
                .hasMessageContaining(
                        "must hold an RSA, EC or Ed25519 key as PKCS#8, got a DSA PRIVATE KEY; convert it");
    }

    @Test
    void build_keyOnCurveThatJavaLacks_isRefused() {
        assertThat(failureOf(withKeyFile("secp256k1-key.pem")))
                .hasMessage("the private key file '" + file("secp256k1-key.pem")
                        + "' cannot sign: it is on a curve that Java"
                        + " does not have, or too small; make a new one with 'openssl genpkey'");
    }

    @Test
    void build_ellipticKeyWithoutCurve_isRefused() throws Exception {
        Der key = new Der(decoded("client-ec-key-sec1.pem")).sequence();
        byte[] version = Der.encode(Der.INTEGER, key.read(Der.INTEGER));
        byte[] number = Der.encode(Der.OCTET_STRING, key.read(Der.OCTET_STRING));
        Path file = pem("EC PRIVATE KEY", Der.encode(Der.SEQUENCE, version, number));

        assertThat(failureOf(TlsMaterial.builder().identity(file("client-ec.pem"), file)))
                .hasMessageContaining("holds an EC key that does not say its curve; convert it with");
    }

    @Test
    void build_filesMissing_areNamed() {
        assertThat(failureOf(TlsMaterial.builder().identity(folder.resolve("no.crt"), file("client-ec-key.pem"))))
                .hasMessage("the certificate file '" + folder.resolve("no.crt") + "' does not exist; check the path");
        assertThat(failureOf(TlsMaterial.builder().identity(file("client-ec.pem"), folder.resolve("no.key"))))
                .hasMessage("the private key file '" + folder.resolve("no.key") + "' does not exist; check the path");
        assertThat(failureOf(TlsMaterial.builder().trust(folder.resolve("ca.crt"))))
                .hasMessage("the CA file '" + folder.resolve("ca.crt") + "' does not exist; check the path");
    }

    @Test
    void build_folderInsteadOfFile_isRefused() {
        assertThat(failureOf(TlsMaterial.builder().trust(folder)))
                .hasMessage("the CA file '" + folder + "' is no regular file; give the path of a PEM file");
    }

    @Test
    void build_fileTooLarge_isRefused() throws IOException {
        Path large = folder.resolve("large.pem");
        byte[] content = new byte[PemFile.MAX_BYTES + 1];
        Arrays.fill(content, (byte) '\n');
        Files.write(large, content);

        assertThat(failureOf(TlsMaterial.builder().trust(large)))
                .hasMessage("the CA file '" + large + "' must have at most 1048576 bytes, got more; check the path");
    }

    @Test
    void build_binaryFile_namesTheConversion() throws Exception {
        Path binary = folder.resolve("ca.der");
        Files.write(binary, certificate("ca.pem").getEncoded());

        assertThat(failureOf(TlsMaterial.builder().trust(binary)))
                .hasMessageStartingWith(
                        "the CA file '" + binary + "' is no PEM file: it has no BEGIN line; convert a binary"
                                + " certificate with 'openssl x509 -inform der'");
    }

    @Test
    void build_keyWhereTheCertificateBelongs_isRefused() {
        assertThat(failureOf(TlsMaterial.builder().identity(file("client-ec-key.pem"), file("client-ec.pem"))))
                .hasMessageEndingWith(
                        "holds no certificate, only PRIVATE KEY; give a file with BEGIN CERTIFICATE in it");
        assertThat(failureOf(TlsMaterial.builder().identity(file("client-ec.pem"), file("client-ec.pem"))))
                .hasMessageEndingWith(
                        "must hold one private key, got 0 among its parts CERTIFICATE; give the file of the key,"
                                + " or leave only the right one in it");
    }

    @Test
    void build_twoKeysInOneFile_isRefused() throws IOException {
        Path two = folder.resolve("two.pem");
        Files.writeString(
                two, Files.readString(file("client-ec-key.pem")) + Files.readString(file("client-rsa-key.pem")));

        assertThat(failureOf(TlsMaterial.builder().identity(file("client-ec.pem"), two)))
                .hasMessageContaining("must hold one private key, got 2 among its parts PRIVATE KEY, PRIVATE KEY");
    }

    @Test
    void build_fileCutShort_isRefused() throws IOException {
        String whole = Files.readString(file("client-ec.pem"));
        Path cut = Files.writeString(folder.resolve("cut.pem"), whole.substring(0, whole.length() / 2));
        Path next =
                Files.writeString(folder.resolve("next.pem"), whole.substring(0, whole.length() / 2) + '\n' + whole);

        assertThat(failureOf(TlsMaterial.builder().trust(cut)))
                .hasMessage("the CA file '" + cut + "' is cut short: BEGIN CERTIFICATE has no END; copy it again");
        assertThat(failureOf(TlsMaterial.builder().trust(next)))
                .hasMessageEndingWith("is cut short: BEGIN CERTIFICATE has no END; copy it again");
    }

    @Test
    void build_contentNotBase64_isRefusedWithoutShowingIt() throws IOException {
        Path damaged = Files.writeString(
                folder.resolve("damaged.pem"),
                Files.readString(file("client-ec-key.pem")).replaceFirst("M", "*"));

        TlsConfigurationException failure = failureOf(TlsMaterial.builder().identity(file("client-ec.pem"), damaged));

        assertThat(failure)
                .hasMessageEndingWith("is damaged: what follows BEGIN PRIVATE KEY is not base64; copy it again")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE"})
    void build_damagedContentOfEachKind_isRefused(String label) throws IOException {
        for (String content : List.of("", "MA==", "MIL/////", "MIQ=", "MAMCAQ==", "AAAA", "MAMCAQA=", "MAUCAQAwAA==")) {
            Path damaged = Files.writeString(
                    folder.resolve("damaged.pem"),
                    "-----BEGIN " + label + "-----\n" + content + "\n-----END " + label + "-----\n");
            boolean isKey = !label.equals("CERTIFICATE");
            TlsMaterial.Builder builder = TlsMaterial.builder()
                    .identity(isKey ? file("client-ec.pem") : damaged, isKey ? damaged : file("client-ec-key.pem"))
                    .keyPassword(password());

            assertThat(failureOf(builder)).as(content).hasMessageContaining("'" + damaged + "'");
        }
    }

    @Test
    void identity_loadedKeyAndChain_isChecked() {
        PrivateKey key = PrivateKeyFile.read(file("client-ec-key.pem"), null);

        assertThat(TlsMaterial.builder()
                        .identity(key, List.of(certificate("client-ec.pem"), certificate("ca.pem")))
                        .build()
                        .hasIdentity())
                .isTrue();
        assertThat(failureOf(TlsMaterial.builder()
                        .identity(key, List.of(certificate("ca.pem"), certificate("client-ec.pem")))))
                .hasMessage("the given private key does not belong to the first certificate of the given certificate"
                        + " chain; give the key that the certificate was issued for, and put its certificate first");
        assertThat(failureOf(TlsMaterial.builder().identity(key, List.of())))
                .hasMessage(
                        "the given certificate chain must have a certificate, got none; give the one that was issued"
                                + " for the key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DSA", "Ed448", "X25519", "RSASSA-PSS"})
    void identity_loadedKeyOfUnsupportedKind_isRefused(String algorithm) throws Exception {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();

        assertThat(failureOf(TlsMaterial.builder().identity(key, List.of(certificate("client-ec.pem")))))
                .hasMessageStartingWith("the given private key must be RSA, EC or Ed25519, got " + key.getAlgorithm());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void identity_keyStore_givesItsKey(String type) throws Exception {
        KeyStore store = keyStore(type, "client-ec");

        assertThat(TlsMaterial.builder()
                        .identity(store)
                        .keyPassword(password())
                        .build()
                        .toString())
                .contains("CN=client-ec");
        assertThat(TlsMaterial.builder()
                        .identity(store, "client-ec")
                        .trust(store)
                        .keyPassword(password())
                        .build()
                        .toString())
                .contains("CN=client-ec")
                .endsWith("; trusts 1 given]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void identity_keyStoreWithOtherPassword_isRefused(String type) throws Exception {
        KeyStore store = keyStore(type, "client-ec");

        assertThat(failureOf(TlsMaterial.builder().identity(store).keyPassword("close sesame".toCharArray())))
                .hasMessage("the key store's key cannot be opened; give the password of the key to keyPassword");
        assertThat(failureOf(TlsMaterial.builder().identity(store)))
                .hasMessage("the key store's key cannot be opened; give the password of the key to keyPassword");
    }

    @Test
    void identity_keyStoreWithSeveralKeys_needsTheAlias() throws Exception {
        KeyStore store = keyStore("PKCS12", "client-ec", "client-rsa");

        assertThat(failureOf(TlsMaterial.builder().identity(store).keyPassword(password())))
                .hasMessageStartingWith("the key store must have one key when no alias is given, got [")
                .hasMessageContaining("client-ec")
                .hasMessageEndingWith("]; name the alias");
        assertThat(TlsMaterial.builder()
                        .identity(store, "client-rsa")
                        .keyPassword(password())
                        .build()
                        .toString())
                .contains("CN=client-rsa");
    }

    @Test
    void identity_keyStoreWithoutThatKey_isRefused() throws Exception {
        KeyStore store = keyStore("PKCS12", "client-ec");

        assertThat(failureOf(TlsMaterial.builder().identity(store, "authority").keyPassword(password())))
                .hasMessageStartingWith(
                        "the key store's entry 'authority' must be a private key with its certificates");
        assertThat(failureOf(TlsMaterial.builder().identity(store, "nobody").keyPassword(password())))
                .hasMessageStartingWith("the key store's entry 'nobody' must be a private key with its certificates");
        assertThat(failureOf(TlsMaterial.builder().identity(emptyKeyStore())))
                .hasMessage("the key store must have one key when no alias is given, got []; name the alias");
    }

    @Test
    void keyStore_notLoaded_isRefused() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");

        assertThat(failureOf(TlsMaterial.builder().identity(store)))
                .hasMessage("the key store cannot be read; load it before it is handed in");
        assertThat(failureOf(TlsMaterial.builder().trust(store)))
                .hasMessage("the key store cannot be read; load it before it is handed in");
    }

    private static boolean decrypts(EncryptedKey key, String password) {
        try {
            return key.decrypt(password.toCharArray()).length > 0;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static TlsMaterial.Builder withKey(String key) {
        String certificate = key.substring(0, key.indexOf("-key")) + ".pem";
        return TlsMaterial.builder().identity(file(certificate), file(key));
    }

    private static TlsMaterial.Builder withKeyFile(String key) {
        return TlsMaterial.builder().identity(file("client-ec.pem"), file(key));
    }

    private static TlsConfigurationException failureOf(TlsMaterial.Builder builder) {
        TlsConfigurationException failure = catchThrowableOfType(TlsConfigurationException.class, builder::build);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static X509Certificate certificate(String name) {
        return new PemFile("certificate file", file(name)).certificates().get(0);
    }

    private static KeyStore emptyKeyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** The keys of these clients, and the authority under the alias of that name. */
    private static KeyStore keyStore(String type, String... clients) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        store.setCertificateEntry("authority", certificate("ca.pem"));
        for (String client : clients) {
            store.setKeyEntry(
                    client, PrivateKeyFile.read(file(client + "-key.pem"), null), password(), new X509Certificate[] {
                        certificate(client + ".pem")
                    });
        }
        return store;
    }

    private static byte[] decoded(String name) {
        PemFile file = new PemFile("file", file(name));
        return file.decode(file.blocks().get(0));
    }

    /** An encrypted key whose file asks for this many rounds of key derivation. */
    private static byte[] encryptedWithRounds(int... rounds) {
        byte[] number = new byte[rounds.length];
        for (int i = 0; i < rounds.length; i++) {
            number[i] = (byte) rounds[i];
        }
        byte[] salt = Der.encode(Der.OCTET_STRING, new byte[8]);
        byte[] derivation = Der.encode(
                Der.SEQUENCE,
                HexFormat.of().parseHex("06092a864886f70d01050c"),
                Der.encode(Der.SEQUENCE, salt, Der.encode(Der.INTEGER, number)));
        byte[] cipher = Der.encode(
                Der.SEQUENCE,
                HexFormat.of().parseHex("060960864801650304012a"),
                Der.encode(Der.OCTET_STRING, new byte[16]));
        byte[] algorithm = Der.encode(
                Der.SEQUENCE,
                HexFormat.of().parseHex("06092a864886f70d01050d"),
                Der.encode(Der.SEQUENCE, derivation, cipher));
        return Der.encode(Der.SEQUENCE, algorithm, Der.encode(Der.OCTET_STRING, new byte[16]));
    }

    private Path pem(String label, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder().encodeToString(content);
        return Files.writeString(
                folder.resolve("made.pem"),
                "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
    }
}
