// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asap.ASAPException;
import dev.asap.error.ProtocolException;
import dev.asap.testkit.Fault;
import dev.asap.testkit.FaultyPeer;
import dev.asap.testkit.SocketLeaks;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.Arguments;

/** A peer with faults, how a call may end that meets one, and whether all are met. Afterwards nothing of a client may be left. */
@Timeout(60)
abstract class FaultTesting {
    static final Duration FOREVER = Duration.ofDays(1000);
    static final Duration SHORT = Duration.ofMillis(20);

    /** Stands where the class of an exception would. */
    static final Class<?> SUCCESS = Void.class;

    /** Stands for several classes: a race decides which it is. */
    static final Class<?> RACE = ProtocolException.class;

    /** How many calls may fail after a fault: bytes that are left over may spoil the next use of the connection. */
    private static final int PATIENCE = 3;

    /** What makes a fault, as its text begins. */
    private static final Pattern MAKER = Pattern.compile("(\\w+\\.)?\\w+");

    final FaultyPeer peer = FaultyPeer.startH2c();

    @AfterEach
    void stopPeer() {
        SocketLeaks.requireNoConnectionsTo(peer.port());
        peer.close();
        ClientTestThreads.assertNoneLeft();
    }

    /** A call that is over when this returns. */
    @FunctionalInterface
    interface Calling {
        void run() throws ASAPException;
    }

    /** The class of the exception, or {@link #SUCCESS}; what is no exception of ours is thrown on. */
    static Class<?> outcomeOf(Calling call) {
        try {
            call.run();
            return SUCCESS;
        } catch (ASAPException e) {
            return e.getClass();
        }
    }

    static void requireOutcome(Class<?> actual, Class<?> expected, Class<?>... inARace) {
        if (expected == RACE) {
            assertThat(actual).isIn((Object[]) inARace);
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    /** Waits for the outcome of an asynchronous call, far longer than the limits of the calls in these tests. */
    static <T> T join(CompletableFuture<T> call) {
        try {
            return call.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ASAPException failure) {
                throw failure;
            }
            throw new AssertionError("the call did not end as it should", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the call hangs", e);
        }
    }

    /** A later call succeeds: one of the first few, or at least the one after them. */
    static void requireRecovery(Calling call) {
        for (int i = 0; i < PATIENCE; i++) {
            if (outcomeOf(call) == SUCCESS) {
                return;
            }
        }
        call.run();
    }

    /**
     * Fails if a fault that can be made is not met.
     *
     * @param rows those of tests, with a fault as their first argument
     * @param elsewhere what makes the faults that have no row
     * @param makers the classes whose public methods make the faults
     */
    static void requireEachMet(Stream<Arguments> rows, Set<String> elsewhere, List<Class<?>> makers) {
        Set<String> met = rows.map(row -> makerOf((Fault) row.get()[0])).collect(Collectors.toSet());
        assertThat(elsewhere).as("are said to have no row").doesNotContainAnyElementsOf(met);
        assertThat(Stream.concat(met.stream(), elsewhere.stream()))
                .as("the faults that have a row, and those that need none")
                .containsExactlyInAnyOrderElementsOf(
                        makers.stream().flatMap(FaultTesting::faultsMadeBy).collect(Collectors.toSet()));
    }

    private static String makerOf(Fault fault) {
        Matcher maker = MAKER.matcher(fault.toString());
        assertThat(maker.lookingAt()).as("begins with what made it: %s", fault).isTrue();
        return maker.group();
    }

    private static Stream<String> faultsMadeBy(Class<?> maker) {
        String prefix = maker == Fault.class ? "" : maker.getSimpleName() + ".";
        return Arrays.stream(maker.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers())
                        && Modifier.isStatic(method.getModifiers())
                        && method.getReturnType() == Fault.class)
                .map(Method::getName)
                .map(prefix::concat);
    }
}
