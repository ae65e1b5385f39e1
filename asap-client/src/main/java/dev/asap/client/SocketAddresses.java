// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** Where a WebSocket goes: OkHttp wants http(s), people write and read ws(s). */
final class SocketAddresses {
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)(https?|wss?)://[^/?#\\\\]+.*", Pattern.DOTALL);
    private static final Pattern SOCKET = Pattern.compile("(?i)wss?:");
    private static final Pattern WS = Pattern.compile("^(?i)ws");
    private static final Pattern HTTP = Pattern.compile("^http");
    private static final Pattern PASSWORD = Pattern.compile("(://[^/?#]*?:)[^/?#]*@");
    private static final Pattern QUERY = Pattern.compile("[?#].*", Pattern.DOTALL);
    private static final Pattern TRAILING_SLASHES = Pattern.compile("/+$");

    private static final String PATH = "/asap/ws";
    private static final String MESSAGE_PATH = "/asap";

    private SocketAddresses() {}

    /**
     * The address of an agent's socket, from what users write: an origin, perhaps with a path before {@code /asap/ws}, or all of it.
     *
     * @throws IllegalArgumentException if it is none; the message says what to write
     */
    static PeerAddress parse(String text) {
        if (!ABSOLUTE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "the socket's URL must begin with wss://, https:// (or ws://, http://) and a" + " host, got '"
                            + mask(text) + "'; write it like wss://agent.example");
        }
        HttpUrl url;
        try {
            url = HttpUrl.get(WS.matcher(text).replaceFirst("http"));
        } catch (IllegalArgumentException e) {
            // The parser's message repeats the text with its password.
            throw new IllegalArgumentException("the socket's URL is not valid, got '" + mask(text)
                    + "'; write it like wss://agent.example or wss://agent.example:8443/path");
        }
        if (url.encodedQuery() != null || url.encodedFragment() != null) {
            throw new IllegalArgumentException("the socket's URL must have no query and no fragment, got '" + mask(text)
                    + "'; leave out what follows the path");
        }
        HttpUrl full = url.newBuilder().encodedPath(prefix(url) + PATH).build();
        return new PeerAddress(full, shown(full));
    }

    /** Whether the text has the scheme of a socket. */
    static boolean isSocketUrl(String text) {
        return SOCKET.matcher(text).lookingAt();
    }

    /** Where an agent's socket is. */
    static PeerAddress of(PeerAddress agent) {
        return parse(agent.url().toString());
    }

    /**
     * The address of an agent, by that of its socket: the same place over http(s).
     *
     * @throws IllegalArgumentException as {@link #parse}
     */
    static PeerAddress agentOf(String text) {
        HttpUrl socket = parse(text).url();
        return PeerAddress.ofAgent(
                socket.newBuilder().encodedPath(prefix(socket) + "/").build().toString());
    }

    private static String prefix(HttpUrl url) {
        String path = withoutTrailingSlashes(url.encodedPath());
        for (String known : new String[] {PATH, MESSAGE_PATH}) {
            if (path.endsWith(known)) {
                return withoutTrailingSlashes(path.substring(0, path.length() - known.length()));
            }
        }
        return path;
    }

    private static String shown(HttpUrl url) {
        HttpUrl masked = url.encodedPassword().isEmpty()
                ? url
                : url.newBuilder().password("***").build();
        return HTTP.matcher(masked.toString()).replaceFirst("ws");
    }

    private static String mask(String text) {
        return QUERY.matcher(PASSWORD.matcher(text).replaceAll("$1***@")).replaceAll("?…");
    }

    private static String withoutTrailingSlashes(String path) {
        return TRAILING_SLASHES.matcher(path).replaceAll("");
    }
}
