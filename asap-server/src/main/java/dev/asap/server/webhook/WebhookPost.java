// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One POST over a connection of its own, to an address that was looked at before: a client that resolves the name again would let the
 * name's owner send us elsewhere. Of the answer only the status counts.
 */
final class WebhookPost {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int MAX_HEAD_BYTES = 16 * 1024;

    private final URI url;
    private final byte[] body;
    private final @Nullable String signature;
    private final SSLSocketFactory tls;

    WebhookPost(URI url, byte[] body, @Nullable String signature, SSLSocketFactory tls) {
        this.url = url;
        this.body = body;
        this.signature = signature;
        this.tls = tls;
    }

    /**
     * Sends it.
     *
     * @param watchdog closes the connection when the timeout is over, whatever it is doing then
     * @param connections holds the connection while it is open, so that it can be closed from outside
     * @return the HTTP status
     * @throws IOException if there is none
     */
    int send(InetAddress address, Duration timeout, ScheduledExecutorService watchdog, Set<Socket> connections)
            throws IOException {
        try (Socket plain = new Socket()) {
            ScheduledFuture<?> end =
                    watchdog.schedule(() -> closeQuietly(plain), timeout.toMillis(), TimeUnit.MILLISECONDS);
            connections.add(plain);
            try {
                plain.setSoTimeout((int) timeout.toMillis());
                plain.setTcpNoDelay(true);
                plain.connect(new InetSocketAddress(address, port()), (int) timeout.toMillis());
                return isSecret() ? sendOverTls(plain) : exchange(plain);
            } finally {
                end.cancel(false);
                connections.remove(plain);
            }
        }
    }

    private int sendOverTls(Socket plain) throws IOException {
        try (SSLSocket socket = (SSLSocket) tls.createSocket(plain, url.getHost(), port(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return exchange(socket);
        }
    }

    private boolean isSecret() {
        return url.getScheme().equalsIgnoreCase("https");
    }

    private int port() {
        return url.getPort() >= 0 ? url.getPort() : isSecret() ? HTTPS_PORT : HTTP_PORT;
    }

    static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The exchange that runs over it notices by itself.
            return;
        }
    }

    private int exchange(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] head = head().getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        out.write(all);
        out.flush();
        return finalStatus(new BufferedInputStream(socket.getInputStream()));
    }

    private String head() {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String port = url.getPort() >= 0 ? ":" + url.getPort() : "";
        return "POST " + path + query + " HTTP/1.1\r\n"
                + "Host: " + url.getHost() + port + "\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n"
                + (signature == null ? "" : WebhookSignature.HEADER + ": " + signature + "\r\n")
                + "Connection: close\r\n\r\n";
    }

    /** The first status that is not an interim one. */
    private static int finalStatus(InputStream in) throws IOException {
        int[] left = {MAX_HEAD_BYTES};
        while (true) {
            int status = status(line(in, left));
            if (status >= 200) {
                return status;
            }
            // The headers of an interim answer say nothing to us.
            String header = line(in, left);
            while (!header.isEmpty()) {
                header = line(in, left);
            }
        }
    }

    private static int status(String line) throws IOException {
        if (line.matches("HTTP/1\\.[01] [1-9]\\d\\d( .*)?")) {
            return Integer.parseInt(line.substring(9, 12));
        }
        throw new IOException("the answer is not HTTP");
    }

    private static String line(InputStream in, int[] left) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || left[0]-- <= 0) {
                throw new IOException("the answer broke off, or its head is too long");
            }
            line.append((char) c);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }
}
