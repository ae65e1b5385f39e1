// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.id;

/**
 * The name of an agent, {@code urn:asap:agent:<name>} or {@code urn:asap:agent:<namespace>:<name>}.
 *
 * <p>Segments consist of lower-case letters, digits and hyphens; the whole is at most 256 characters. Immutable, compared
 * by its text.
 *
 * @param value the whole URN
 */
public record AgentUrn(String value) implements Comparable<AgentUrn> {
    /** The longest URN that the protocol allows, in characters. */
    public static final int MAX_LENGTH = 256;

    private static final String PREFIX = "urn:asap:agent:";

    /**
     * Checks the form of the URN.
     *
     * @throws IllegalArgumentException if {@code value} is no agent URN; the message names the value and the rule
     */
    public AgentUrn {
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "Agent URN must be at most " + MAX_LENGTH + " characters, got " + value.length());
        }
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException(
                    "Agent URN must look like 'urn:asap:agent:name' or 'urn:asap:agent:namespace:name'"
                            + " (lower-case letters, digits and hyphens), got '" + value + "'");
        }
    }

    /** The agent URN with this text; the same as the constructor, and reads better in code. */
    public static AgentUrn of(String value) {
        return new AgentUrn(value);
    }

    /** The part behind {@code urn:asap:agent:}, namespace included. */
    public String name() {
        return value.substring(PREFIX.length());
    }

    @Override
    public int compareTo(AgentUrn other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    // Written by hand: this check runs twice for each envelope, and a regular expression costs more than the rest of
    // it.
    private static boolean isWellFormed(String value) {
        if (!value.startsWith(PREFIX)) {
            return false;
        }
        boolean separatorSeen = false;
        boolean segmentEmpty = true;
        for (int i = PREFIX.length(); i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
                segmentEmpty = false;
            } else if (c == ':' && !separatorSeen && !segmentEmpty) {
                separatorSeen = true;
                segmentEmpty = true;
            } else {
                return false;
            }
        }
        return !segmentEmpty;
    }
}
