// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How sockets are kept.
 *
 * @param heartbeat how often a peer is asked whether it is there; one that says nothing for three times as long is disconnected
 * @param messagesPerSecond how many messages a peer may send a second on one socket, and how many at once after a pause; 0 for any number.
 *     One too many ends the socket with close code 1008
 * @param maxConnections how many sockets may be open at once; one too many is closed with code 1013
 * @param maxWaitingBreaches how many breaches may wait for a subscriber that reads slowly. One too many ends its socket with close code
 *     1013: nothing is left out silently, and it can read what it missed from the store
 * @param failuresInAcks whether the acknowledgement that a handler failed carries the exception's message, as the protocol's first
 *     implementation has it; otherwise it says nothing of the cause
 * @param allowedOrigins the origins, as in {@code https://app.example}, whose pages may open sockets from a browser, beside those of the
 *     host itself; {@code *} for all. Others get HTTP 403. Peers that are no browsers have no origin and are not asked
 */
public record SocketOptions(
        Duration heartbeat,
        double messagesPerSecond,
        int maxConnections,
        int maxWaitingBreaches,
        boolean failuresInAcks,
        Set<String> allowedOrigins) {
    private static final Duration SHORTEST_HEARTBEAT = Duration.ofMillis(10);
    private static final Duration LONGEST_HEARTBEAT = Duration.ofDays(1);

    /**
     * Checks the bounds and copies the origins.
     *
     * @throws IllegalArgumentException if the heartbeat is not 10 ms to a day, the rate is negative or no number, or another bound is less
     *     than 1
     */
    public SocketOptions {
        if (heartbeat.compareTo(SHORTEST_HEARTBEAT) < 0 || heartbeat.compareTo(LONGEST_HEARTBEAT) > 0) {
            throw new IllegalArgumentException("heartbeat must be 10 ms to 1 day, got " + heartbeat);
        }
        if (!(messagesPerSecond >= 0 && messagesPerSecond <= 1e9)) {
            throw new IllegalArgumentException(
                    "messagesPerSecond must be 0 (no limit) or a positive number, got " + messagesPerSecond);
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections must be at least 1, got " + maxConnections);
        }
        if (maxWaitingBreaches < 1) {
            throw new IllegalArgumentException("maxWaitingBreaches must be at least 1, got " + maxWaitingBreaches);
        }
        allowedOrigins = allowedOrigins.stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A heartbeat every 30 seconds, 10 messages a second, 1,000 sockets, 256 waiting breaches, no foreign pages. */
    public static SocketOptions defaults() {
        return new SocketOptions(Duration.ofSeconds(30), 10, 1000, 256, false, Set.of());
    }

    /** The same with another heartbeat. */
    public SocketOptions withHeartbeat(Duration value) {
        return new SocketOptions(
                value, messagesPerSecond, maxConnections, maxWaitingBreaches, failuresInAcks, allowedOrigins);
    }

    /** The same with another number of messages a second; 0 for any number. */
    public SocketOptions withMessagesPerSecond(double value) {
        return new SocketOptions(heartbeat, value, maxConnections, maxWaitingBreaches, failuresInAcks, allowedOrigins);
    }

    /** The same with another number of sockets. */
    public SocketOptions withMaxConnections(int value) {
        return new SocketOptions(
                heartbeat, messagesPerSecond, value, maxWaitingBreaches, failuresInAcks, allowedOrigins);
    }

    /** The same with another number of waiting breaches. */
    public SocketOptions withMaxWaitingBreaches(int value) {
        return new SocketOptions(heartbeat, messagesPerSecond, maxConnections, value, failuresInAcks, allowedOrigins);
    }

    /** The same with or without the messages of exceptions in acknowledgements. */
    public SocketOptions withFailuresInAcks(boolean value) {
        return new SocketOptions(
                heartbeat, messagesPerSecond, maxConnections, maxWaitingBreaches, value, allowedOrigins);
    }

    /** The same for pages of these origins as well. */
    public SocketOptions withAllowedOrigins(Set<String> value) {
        return new SocketOptions(
                heartbeat, messagesPerSecond, maxConnections, maxWaitingBreaches, failuresInAcks, value);
    }
}
