// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/**
 * Fetches a key set over HTTP, with what the platform has: once a day one small document, for which no pool of connections and none of
 * its threads have to live.
 */
final class UrlKeySetSource implements KeySetSource {
    static final int MAX_BYTES = 512 * 1024;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private final URI url;

    UrlKeySetSource(URI url) {
        boolean secret = "https".equals(url.getScheme()) && url.getHost() != null;
        boolean local = "http".equals(url.getScheme()) && THIS_MACHINE.contains(url.getHost());
        if (!secret && !local) {
            throw new IllegalArgumentException("the URL of a key set must be https, or http of this machine, got '"
                    + url + "': whoever can change the keys on their way can sign tokens");
        }
        this.url = url;
    }

    @Override
    public String fetch() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setConnectTimeout((int) TIMEOUT.toMillis());
        connection.setReadTimeout((int) TIMEOUT.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", "application/jwk-set+json, application/json");
        connection.setRequestProperty("Connection", "close");
        try {
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException("GET " + url + " was answered with HTTP " + status);
            }
            try (InputStream in = connection.getInputStream()) {
                return new String(read(in, deadline), StandardCharsets.UTF_8);
            }
        } finally {
            connection.disconnect();
        }
    }

    private byte[] read(InputStream in, long deadline) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            all.write(buffer, 0, count);
            if (all.size() > MAX_BYTES) {
                throw new IOException("GET " + url + " was answered with more than " + MAX_BYTES + " bytes");
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("GET " + url + " took longer than " + TIMEOUT.toSeconds() + " s");
            }
        }
        return all.toByteArray();
    }
}
