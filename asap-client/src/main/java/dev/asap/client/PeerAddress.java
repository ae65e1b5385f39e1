// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * An address that the client calls, and how it is shown in messages and logs: the password masked, the query left out.
 *
 * @param url the address
 * @param shown the address without secrets
 */
record PeerAddress(HttpUrl url, String shown) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    /** Longer ones no server takes. */
    private static final int MAX_LENGTH = 8192;

    /** A scheme and at least one character of a host: the parser of {@link HttpUrl} would guess what is missing. */
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?#\\\\]+.*", Pattern.DOTALL);

    private static final Pattern PASSWORD = Pattern.compile("(://[^/?#]*?:)[^/?#]*@");
    private static final Pattern QUERY = Pattern.compile("[?#].*", Pattern.DOTALL);

    private static final String MESSAGE_PATH = "/asap";
    private static final String STREAM_PATH = "/asap/stream";
    private static final String MANIFEST_PATH = "/.well-known/asap/manifest.json";
    private static final String HEALTH_PATH = "/.well-known/asap/health";

    /**
     * The address of an agent as users write it: an origin, perhaps with a path before {@code /asap}.
     *
     * @throws IllegalArgumentException if it is none; the message says what to write
     */
    static PeerAddress ofAgent(String text) {
        HttpUrl url = parse("the base URL", text);
        if (url.encodedQuery() != null || url.encodedFragment() != null) {
            throw new IllegalArgumentException("the base URL must have no query and no fragment, got '" + mask(text)
                    + "'; leave out what follows the path");
        }
        String path = withoutTrailingSlashes(url.encodedPath());
        if (path.endsWith(MESSAGE_PATH)) {
            // Registries often hold the address of the message endpoint instead of what lies before it.
            path = withoutTrailingSlashes(path.substring(0, path.length() - MESSAGE_PATH.length()));
        }
        return of(url.newBuilder().encodedPath(path.isEmpty() ? "/" : path).build());
    }

    /**
     * The address of a manifest.
     *
     * @throws IllegalArgumentException if it is none; the message says what to write
     */
    static PeerAddress ofDocument(String text) {
        return ofDocument("the manifest's URL", text);
    }

    /**
     * The address of a document.
     *
     * @param what begins the message where it is none
     * @throws IllegalArgumentException if it is none; the message says what to write
     */
    static PeerAddress ofDocument(String what, String text) {
        return of(parse(what, text));
    }

    /** Where an agent with this address takes messages. */
    PeerAddress messages() {
        return below(MESSAGE_PATH);
    }

    /** Where an agent with this address takes messages that it answers with streams. */
    PeerAddress streams() {
        return below(STREAM_PATH);
    }

    /** Where an agent with this address shows its manifest. */
    PeerAddress manifest() {
        return below(MANIFEST_PATH);
    }

    /** Where an agent with this address tells how it is doing. */
    PeerAddress health() {
        return below(HEALTH_PATH);
    }

    /** Another route of an agent with this address. */
    PeerAddress route(String path) {
        return below(path);
    }

    /** The same address with one more parameter, which is not shown. */
    PeerAddress withQuery(String name, String value) {
        return of(url.newBuilder().addQueryParameter(name, value).build());
    }

    /** The whole address, secrets included, without slashes at its end. */
    String withoutTrailingSlash() {
        return withoutTrailingSlashes(url.toString());
    }

    /** Whether the traffic leaves this machine unencrypted. */
    boolean isExposed() {
        return !url.isHttps() && !LOOPBACK.contains(url.host());
    }

    @Override
    public String toString() {
        return shown;
    }

    private PeerAddress below(String path) {
        String prefix = withoutTrailingSlashes(url.encodedPath());
        return of(url.newBuilder().encodedPath(prefix + path).build());
    }

    private static PeerAddress of(HttpUrl url) {
        HttpUrl.Builder shown = url.newBuilder().query(null).fragment(null);
        if (!url.encodedPassword().isEmpty()) {
            shown.password("***");
        }
        return new PeerAddress(url, url.encodedQuery() == null ? shown.toString() : shown + "?…");
    }

    private static HttpUrl parse(String what, String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    what + " must have " + MAX_LENGTH + " characters at most, got " + text.length());
        }
        if (!ABSOLUTE.matcher(text).matches()) {
            throw new IllegalArgumentException(what + " must begin with https:// (or http://) and a host, got '"
                    + mask(text) + "'; write it like https://agent.example");
        }
        try {
            return HttpUrl.get(text);
        } catch (IllegalArgumentException e) {
            // The parser's message repeats the text with its password.
            throw new IllegalArgumentException(what + " is not valid, got '" + mask(text)
                    + "'; write it like https://agent.example or https://agent.example:8443/path");
        }
    }

    private static String mask(String text) {
        return QUERY.matcher(PASSWORD.matcher(text).replaceAll("$1***@")).replaceAll("?…");
    }

    private static String withoutTrailingSlashes(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
