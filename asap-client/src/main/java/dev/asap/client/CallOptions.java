// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is different for one call. Immutable: each {@code with…} gives a copy.
 *
 * <pre>{@code
 * client.send(message, CallOptions.defaults().withTimeout(Duration.ofSeconds(5)));
 * }</pre>
 *
 * @param timeout how long the call may take, repetitions included; null for what the client has
 * @param headers what is added to the request
 * @param idempotencyKey stays the same over all attempts; null for a fresh one
 * @param repeatable whether the message may be sent again when the answer got lost; null for what the client has
 */
public record CallOptions(
        @Nullable Duration timeout,
        Map<String, String> headers,
        @Nullable String idempotencyKey,
        @Nullable Boolean repeatable) {
    private static final CallOptions DEFAULTS = new CallOptions(null, Map.of(), null, null);

    /** What the client sets itself, or what would break the request. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "host",
            "transfer-encoding",
            "x-idempotency-key");

    private static final int LONGEST_KEY = 256;

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if the timeout is not 1 ms to 24 days, a header has a name or value that HTTP does not
     *     allow or that the client sets itself, or the key is empty, longer than 256 characters or not visible ASCII
     */
    public CallOptions {
        if (timeout != null) {
            timeout = Timeouts.checked("timeout", timeout);
        }
        headers.forEach(CallOptions::check);
        headers = Map.copyOf(headers);
        if (idempotencyKey != null && !isKey(idempotencyKey)) {
            throw new IllegalArgumentException("idempotencyKey must be 1 to " + LONGEST_KEY
                    + " characters of visible ASCII without blanks, got " + idempotencyKey.length() + " characters");
        }
    }

    /** Nothing is different. */
    public static CallOptions defaults() {
        return DEFAULTS;
    }

    /** How long the call may take in all: waiting for a connection, attempts, and what lies between them. */
    public CallOptions withTimeout(Duration value) {
        return new CallOptions(value, headers, idempotencyKey, repeatable);
    }

    /** Adds a header to the request. One that the client would send itself, such as {@code Authorization}, is replaced. */
    public CallOptions withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new CallOptions(timeout, more, idempotencyKey, repeatable);
    }

    /** Sends this key instead of a fresh one: that of an earlier call whose outcome is not known. */
    public CallOptions withIdempotencyKey(String value) {
        return new CallOptions(timeout, headers, value, repeatable);
    }

    /** Whether the message may be sent again when it was sent and no answer came. */
    public CallOptions withRepeatable(boolean value) {
        return new CallOptions(timeout, headers, idempotencyKey, value);
    }

    /** The key of the call: the one that is set, else a fresh one. */
    String keyOr(Supplier<String> fresh) {
        return idempotencyKey != null ? idempotencyKey : fresh.get();
    }

    /** Leaves out the values of the headers. */
    @Override
    public String toString() {
        return "CallOptions[timeout=" + timeout + ", headers=" + headers.keySet() + ", repeatable=" + repeatable + "]";
    }

    private static void check(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(CallOptions::isTokenCharacter)) {
            throw new IllegalArgumentException("a header's name must be a token of HTTP, got '" + name + "'");
        }
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the header '" + name + "' is set by the client; leave it out");
        }
        if (!value.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t')) {
            throw new IllegalArgumentException(
                    "the header '" + name + "' must have a value of printable ASCII (value not shown)");
        }
    }

    private static boolean isTokenCharacter(int c) {
        return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }

    private static boolean isKey(String key) {
        return !key.isEmpty() && key.length() <= LONGEST_KEY && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
