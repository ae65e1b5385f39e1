// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Tells which connections this process holds open: whether a client under test has hung up everywhere.
 *
 * <pre>{@code
 * client.close();
 * SocketLeaks.requireNoConnectionsTo(peer.port());
 * }</pre>
 *
 * <p>Asks the system, so that it sees what a peer cannot: a client that has been hung up on, and does not close its side. Only
 * Linux can tell; elsewhere there is never anything open, and {@link FaultyPeer#requireNoConnections} is what remains.
 * Thread-safe.
 */
public final class SocketLeaks {
    private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");

    /** The columns of the system's tables. */
    private static final int LOCAL = 1;

    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private SocketLeaks() {}

    /**
     * The local ports of this process's connections to a port, of any host. A socket counts until this process closes it,
     * whatever the other side does.
     */
    public static List<Integer> connectionsTo(int port) {
        Set<String> own = LeakChecks.openHandles().stream()
                .map(handle -> SOCKET.matcher(handle.toString()))
                .filter(Matcher::find)
                .map(socket -> socket.group(1))
                .collect(Collectors.toSet());
        List<Integer> ports = new ArrayList<>();
        for (Path table : TABLES) {
            for (String line : lines(table)) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > INODE && own.contains(columns[INODE]) && portOf(columns[REMOTE]) == port) {
                    ports.add(portOf(columns[LOCAL]));
                }
            }
        }
        return ports;
    }

    /**
     * Waits up to 3 seconds until this process has no connection to a port, of any host.
     *
     * @throws AssertionError if it keeps one
     */
    public static void requireNoConnectionsTo(int port) {
        if (!Patience.waitUntil(() -> connectionsTo(port).isEmpty())) {
            throw new AssertionError(
                    "connections to port " + port + " left open, from the local ports " + connectionsTo(port));
        }
    }

    private static List<String> lines(Path table) {
        try {
            return Files.exists(table) ? Files.readAllLines(table) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port of an address such as {@code 0100007F:1F90}. */
    private static int portOf(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }
}
