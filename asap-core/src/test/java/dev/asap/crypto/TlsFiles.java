// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.crypto;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The certificates and keys of the tests; the script beside them says what each is and makes them again. */
final class TlsFiles {
    private static final String PASSWORD = "open sesame";

    private TlsFiles() {}

    static Path file(String name) {
        URL found = Objects.requireNonNull(TlsFiles.class.getResource("/tls/" + name), name);
        try {
            return Path.of(found.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static char[] password() {
        return PASSWORD.toCharArray();
    }

    /** The identity of that name and the authority of all. */
    static TlsMaterial mutual(String name) {
        return identity(name).trust(file("ca.pem")).build();
    }

    static TlsMaterial.Builder identity(String name) {
        return TlsMaterial.builder().identity(file(name + ".pem"), file(name + "-key.pem"));
    }
}
