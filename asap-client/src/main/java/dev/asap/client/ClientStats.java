// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/**
 * What a client has done and is doing, read at one moment; the figures are not taken all at once.
 *
 * @param connectionsOpened how many connections were made since the client was built
 * @param connectionsReused how many exchanges used a connection that was there already
 * @param connections how many connections are open
 * @param idleConnections how many of them wait for an exchange
 * @param runningCalls how many calls have begun and not ended, those that wait for their next attempt included
 * @param busySlots how many of the {@code poolMaxSize} places are taken
 * @param waitingCalls how many calls wait for a place
 */
public record ClientStats(
        long connectionsOpened,
        long connectionsReused,
        int connections,
        int idleConnections,
        int runningCalls,
        int busySlots,
        int waitingCalls) {}
