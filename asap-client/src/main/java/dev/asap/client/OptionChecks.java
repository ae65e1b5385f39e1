// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

/** What the values of options have to be, for all builders; see {@link Timeouts#checked} for times. */
final class OptionChecks {
    /** More than that no array holds. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    private OptionChecks() {}

    /**
     * A number that is large enough.
     *
     * @throws IllegalArgumentException if it is not
     */
    static int atLeast(int minimum, String option, int value) {
        return (int) atLeast(minimum, option, (long) value);
    }

    /** A number that is large enough, see {@link #atLeast(int, String, int)}. */
    static long atLeast(int minimum, String option, long value) {
        if (value < minimum) {
            throw new IllegalArgumentException(option + " must be " + minimum + " or more, got " + value);
        }
        return value;
    }

    /**
     * How many bytes may be read into the memory.
     *
     * @throws IllegalArgumentException if it is none, or no array holds them
     */
    static long bytes(String option, long value) {
        return within(MOST_BYTES, option, value);
    }

    /**
     * A number from 1 on.
     *
     * @throws IllegalArgumentException if it is less, or more than the maximum
     */
    static long within(long maximum, String option, long value) {
        if (value < 1 || value > maximum) {
            throw new IllegalArgumentException(option + " must be 1 to " + maximum + ", got " + value);
        }
        return value;
    }

    /**
     * A token that fits into a header.
     *
     * @throws IllegalArgumentException if it does not; the message does not show it
     */
    static String bearerToken(String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "bearerToken must be visible ASCII without blanks, got something else in its " + value.length()
                            + " characters (not shown)");
        }
        return value;
    }

    /**
     * An address to which the traffic is encrypted, or does not leave this machine.
     *
     * @param what the address is, for the message
     * @throws IllegalArgumentException if it must be encrypted and is not
     */
    static PeerAddress guarded(String what, PeerAddress address, boolean requireHttps) {
        if (requireHttps && address.isExposed()) {
            throw new IllegalArgumentException(what + " must use "
                    + (SocketAddresses.isSocketUrl(address.shown()) ? "wss" : "https") + ", got '" + address
                    + "'; if the network in between is trusted, say so with requireHttps(false)");
        }
        return address;
    }
}
