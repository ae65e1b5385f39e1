// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A text file with keys or certificates, each between a BEGIN and an END line; what stands around them is ignored. At most
 * {@value #MAX_BYTES} bytes of it are read.
 */
final class PemFile {
    static final int MAX_BYTES = 1 << 20;

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** The second is what very old tools write. */
    private static final List<String> CERTIFICATE_LABELS = List.of("CERTIFICATE", "X509 CERTIFICATE");

    /**
     * What stands between two such lines.
     *
     * @param hasHeaders whether it begins with lines like {@code Proc-Type: 4,ENCRYPTED}
     */
    record Block(String label, boolean hasHeaders, String base64) {
        /** Leaves out the content. */
        @Override
        public String toString() {
            return label;
        }
    }

    private final String role;
    private final Path file;
    private final List<Block> blocks;

    /**
     * Reads a file.
     *
     * @param role what the file is to the user, for messages
     * @throws TlsConfigurationException if it cannot be read or is no PEM file
     */
    PemFile(String role, Path file) {
        this.role = role;
        this.file = file;
        this.blocks = parse(content());
    }

    List<Block> blocks() {
        return blocks;
    }

    /** All certificates, in the order of the file; never empty. */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = blocks.stream()
                .filter(block -> CERTIFICATE_LABELS.contains(block.label()))
                .map(this::certificate)
                .toList();
        if (certificates.isEmpty()) {
            throw failure(
                    "holds no certificate, only " + labels() + "; give a file with BEGIN CERTIFICATE in it", null);
        }
        return certificates;
    }

    byte[] decode(Block block) {
        try {
            return Base64.getDecoder().decode(block.base64());
        } catch (IllegalArgumentException e) {
            // Without the cause: it quotes the content.
            throw failure("is damaged: what follows BEGIN " + block.label() + " is not base64; copy it again", null);
        }
    }

    TlsConfigurationException failure(String whatIsWrong, @Nullable Throwable cause) {
        return new TlsConfigurationException(this + " " + whatIsWrong, cause);
    }

    String labels() {
        return blocks.stream().map(Block::label).collect(Collectors.joining(", "));
    }

    /** The role and the path. */
    @Override
    public String toString() {
        return "the " + role + " '" + file.toAbsolutePath() + "'";
    }

    private X509Certificate certificate(Block block) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(decode(block)));
        } catch (CertificateException e) {
            throw failure("has something else than an X.509 certificate after BEGIN CERTIFICATE; copy it again", e);
        }
    }

    private byte[] content() {
        if (!Files.exists(file)) {
            throw failure("does not exist; check the path", null);
        }
        if (!Files.isRegularFile(file)) {
            throw failure("is no regular file; give the path of a PEM file", null);
        }
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw failure("cannot be read; check its permissions", e);
        }
        if (content.length > MAX_BYTES) {
            throw failure("must have at most " + MAX_BYTES + " bytes, got more; check the path", null);
        }
        return content;
    }

    private List<Block> parse(byte[] content) {
        List<Block> found = new ArrayList<>();
        Iterator<String> lines =
                new String(content, StandardCharsets.ISO_8859_1).lines().iterator();
        while (lines.hasNext()) {
            String line = lines.next().strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length() + DASHES.length()) {
                found.add(block(line.substring(BEGIN.length(), line.length() - DASHES.length()), lines));
            }
        }
        if (found.isEmpty()) {
            throw failure(
                    "is no PEM file: it has no BEGIN line; convert a binary certificate with 'openssl x509 -inform der', a"
                            + " PKCS#12 file with 'openssl pkcs12', or hand it in as a KeyStore",
                    null);
        }
        return List.copyOf(found);
    }

    private Block block(String label, Iterator<String> lines) {
        StringBuilder base64 = new StringBuilder();
        boolean hasHeaders = false;
        while (lines.hasNext()) {
            String line = lines.next().strip();
            if (line.equals(END + label + DASHES)) {
                return new Block(label, hasHeaders, base64.toString());
            }
            if (line.startsWith(DASHES)) {
                break;
            }
            if (line.indexOf(':') >= 0) {
                hasHeaders = true;
            } else {
                base64.append(line);
            }
        }
        throw failure("is cut short: BEGIN " + label + " has no END; copy it again", null);
    }
}
