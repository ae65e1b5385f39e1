// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.error.InvalidNonceException;
import dev.asap.error.InvalidTimestampException;
import dev.asap.json.JsonBoolean;
import dev.asap.json.JsonNumber;
import dev.asap.json.JsonObject;
import dev.asap.json.JsonShape;
import dev.asap.json.JsonString;
import dev.asap.json.JsonValue;
import dev.asap.json.ReadOptions;
import dev.asap.json.RecordShape;
import dev.asap.json.Shapes;
import dev.asap.model.Envelope;
import dev.asap.validation.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses envelopes that may be replays: too old, from the future, or with a nonce that was used before.
 *
 * <p>Thread-safe. Remembers {@value #MAX_NONCES} nonces of {@value #MAX_NONCE_CHARACTERS} characters at most; beyond that the oldest are forgotten first, and what they
 * protected is then protected by the age of the envelopes alone.
 */
final class ReplayGuard {
    static final Duration MAX_AGE = Duration.ofMinutes(5);
    static final Duration MAX_AHEAD = Duration.ofSeconds(30);
    static final Duration NONCE_LIFETIME = Duration.ofMinutes(10);
    static final int MAX_NONCES = 100_000;
    static final int MAX_NONCE_CHARACTERS = 256;

    private record Extensions(@Nullable JsonValue nonce) {}

    /** Finds the nonce without reading what else is there, which may be large. */
    private static final JsonShape<Extensions> EXTENSIONS = RecordShape.<Extensions>named("extensions")
            .nullable("nonce", Shapes.SHALLOW, Extensions::nonce)
            .ignoringOthers()
            .build(values -> new Extensions(values.next()));

    private final InstantSource clock;
    private final boolean checkNonces;

    // Guarded by itself. In order of use, which is the order of expiry.
    private final Map<String, Instant> nonces = new LinkedHashMap<>();

    ReplayGuard(InstantSource clock, boolean checkNonces) {
        this.clock = clock;
        this.checkNonces = checkNonces;
    }

    /**
     * Lets a fresh envelope pass, once where it has a nonce.
     *
     * @throws InvalidTimestampException if it is too old or too far ahead
     * @throws InvalidNonceException if its nonce was used before, is too long or is none
     */
    void check(Envelope envelope) {
        Instant now = clock.instant();
        Duration age = Duration.between(envelope.timestamp(), now);
        if (age.compareTo(MAX_AGE) > 0) {
            throw InvalidTimestampException.tooOld(Checks.quoted(envelope.id()), envelope.timestamp(), age, MAX_AGE);
        }
        Duration ahead = Duration.between(now, envelope.timestamp());
        if (ahead.compareTo(MAX_AHEAD) > 0) {
            throw InvalidTimestampException.tooFarAhead(
                    Checks.quoted(envelope.id()), envelope.timestamp(), ahead, MAX_AHEAD);
        }
        JsonObject extensions = envelope.extensions();
        if (checkNonces && extensions != null) {
            JsonValue nonce = EXTENSIONS
                    .parse("extensions", extensions, ReadOptions.tolerant())
                    .nonce();
            if (nonce != null) {
                use(nonce, Checks.quoted(envelope.id()), now);
            }
        }
    }

    private void use(JsonValue nonce, String envelopeId, Instant now) {
        if (!(nonce instanceof JsonString text)) {
            throw new InvalidNonceException(
                    "Nonce must be a non-empty string, got " + kindOf(nonce),
                    Checks.quoted(nonce.toString()),
                    envelopeId);
        }
        if (text.value().isEmpty()) {
            throw new InvalidNonceException("Nonce must be a non-empty string, got empty string", "", envelopeId);
        }
        if (text.value().length() > MAX_NONCE_CHARACTERS) {
            throw new InvalidNonceException(
                    "Nonce must have at most " + MAX_NONCE_CHARACTERS + " characters, got "
                            + text.value().length(),
                    Checks.quoted(text.value()),
                    envelopeId);
        }
        boolean fresh;
        synchronized (nonces) {
            forget(now);
            fresh = nonces.putIfAbsent(text.value(), now.plus(NONCE_LIFETIME)) == null;
        }
        if (!fresh) {
            throw new InvalidNonceException(
                    "Duplicate nonce detected: " + Checks.quoted(text.value()),
                    Checks.quoted(text.value()),
                    envelopeId);
        }
    }

    private void forget(Instant now) {
        Iterator<Instant> expiries = nonces.values().iterator();
        while (expiries.hasNext() && (expiries.next().isBefore(now) || nonces.size() >= MAX_NONCES)) {
            expiries.remove();
        }
    }

    /** The kind by the names that the protocol's other implementations report. */
    private static String kindOf(JsonValue value) {
        if (value instanceof JsonNumber number) {
            return number.isWhole() ? "int" : "float";
        }
        return value instanceof JsonBoolean ? "bool" : value instanceof JsonObject ? "dict" : "list";
    }
}
