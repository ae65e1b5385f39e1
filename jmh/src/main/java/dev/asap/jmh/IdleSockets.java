// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What sockets cost on which nothing happens. Their peers are in a JVM of their own, so that this one has the server's ends alone. */
final class IdleSockets {
    private static final int PEERS = 5000;
    private static final int PEERS_BEFORE = 100;
    private static final long BOUND_BYTES = 16 * 1024;
    private static final int OTHER_FILES = 500;
    private static final String READY = "ready";
    private static final byte[] MESSAGE = "{\"type\":\"pong\"}".repeat(10).getBytes(StandardCharsets.US_ASCII);

    private IdleSockets() {}

    /**
     * The memory of a peer, heap after a collection and what the process grew by otherwise, to its bound of 16 KiB. The whole heap is
     * resident before, so that what the process grows by comes on top.
     */
    static Tally memory() throws Exception {
        requireFiles();
        touchHeap();
        try (FullServer server = FullServer.withSockets(PEERS + PEERS_BEFORE)) {
            Process first = startPeers(server.port(), PEERS_BEFORE);
            long heapBefore = heapAfterCollection();
            long residentBefore = resident();
            Process peers = startPeers(server.port(), PEERS);
            try {
                long heap = (heapAfterCollection() - heapBefore) / PEERS;
                long beyond = (resident() - residentBefore) / PEERS;
                return Tally.of((heap + beyond) / (double) BOUND_BYTES)
                        .with("peers", PEERS)
                        .with("heap_bytes_of_each", heap)
                        .with("resident_bytes_of_each_beyond_the_heap", beyond);
            } finally {
                peers.destroy();
                first.destroy();
            }
        }
    }

    /** The JVM of the peers: connects, says so, and holds the sockets until it is ended. */
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        List<RawSocket> sockets = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            sockets.add(new RawSocket(port, "/asap/ws", MESSAGE));
        }
        System.out.println(READY);
        // Until whoever has started this is gone too.
        int ended = System.in.read();
        for (RawSocket socket : sockets) {
            socket.close();
        }
        System.exit(ended < 0 ? 0 : 1);
    }

    private static Process startPeers(int port, int count) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleSockets.class.getName(),
                        Integer.toString(port),
                        Integer.toString(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = out.readLine();
        if (!READY.equals(line)) {
            process.destroy();
            throw new IllegalStateException("the peers do not connect, they said " + line);
        }
        return process;
    }

    private static void requireFiles() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < PEERS + OTHER_FILES) {
            throw new IllegalStateException(PEERS + " sockets need as many open files, and the limit is "
                    + system.getMaxFileDescriptorCount() + ": raise it with 'ulimit -n'");
        }
    }

    /** Fills most of the heap once, so that its memory is the process's from then on. */
    private static void touchHeap() {
        long bytes = Runtime.getRuntime().maxMemory() / 10 * 8;
        List<byte[]> filling = new ArrayList<>();
        for (long filled = 0; filled < bytes; filled += 64 * 1024) {
            filling.add(new byte[64 * 1024]);
        }
        if (filling.isEmpty()) {
            throw new IllegalStateException("there is no heap");
        }
    }

    private static long heapAfterCollection() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IllegalStateException("this system does not say what of a process is resident");
    }
}
