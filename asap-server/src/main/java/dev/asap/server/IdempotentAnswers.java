// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import dev.asap.codec.ASAPCodec;
import dev.asap.error.ErrorCode;
import dev.asap.error.ProtocolException;
import dev.asap.json.WireForm;
import dev.asap.model.CustomPayload;
import dev.asap.model.Envelope;
import dev.asap.model.Payload;
import dev.asap.rpc.JsonRpcId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes what callers repeat under one idempotency key once.
 *
 * <p>A key belongs to a sender, and to the client whose credentials came with it. What makes two requests the same is what a handler sees of them that says what to do: recipient, type,
 * payload and correlation; not the envelope's id, its time, its trace or its nonce, which callers renew. Thread-safe. Keeps digests of keys
 * and requests, and the answers, all within the bounds of the options.
 */
final class IdempotentAnswers {
    static final ErrorCode CONFLICT = new ErrorCode("asap:protocol/idempotency_conflict", -32004);
    static final ErrorCode IN_PROGRESS = new ErrorCode("asap:protocol/idempotency_in_progress", -32005);

    /** What a kept answer takes besides its body: digests, ids and the map's node. */
    private static final int OVERHEAD_BYTES = 512;

    private static final byte[] NONE = {};

    /**
     * How an execution ended.
     *
     * @param lasting whether repetitions are to get the same reply
     */
    record Outcome(Reply reply, boolean lasting) {}

    /** A reply and what it was given to, so that it can be made to fit a repetition. */
    record Given(Reply reply, JsonRpcId id, String envelopeId) {
        /** Whether the reply can be given to this request as it is. */
        boolean fits(JsonRpcId otherId, String otherEnvelopeId) {
            return id.equals(otherId) && envelopeId.equals(otherEnvelopeId);
        }
    }

    private record Kept(String request, Given given, long bytes, Instant until) {}

    private record Running(String request, CompletableFuture<Given> given) {}

    private final IdempotencyOptions options;
    private final InstantSource clock;
    private final Object lock = new Object();

    // Both guarded by the lock. The kept ones in the order in which they were given, which is that in which they
    // expire.
    private final Map<String, Running> running = new HashMap<>();
    private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>();
    private long keptBytes;

    IdempotentAnswers(IdempotencyOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
    }

    /**
     * The reply of the first execution under this key, which is this one if there was none.
     *
     * @throws ProtocolException if the key was used for another request, or the first execution takes too long
     */
    Given answer(String key, Admission.Admitted message, Supplier<Outcome> execution) {
        Envelope envelope = message.envelope();
        String owner = envelope.sender().value() + '\n' + message.caller().name() + '\n';
        String place = sha256((owner + key).getBytes(StandardCharsets.UTF_8));
        String request = digest(envelope);
        Running mine = new Running(request, new CompletableFuture<>());
        Running other;
        synchronized (lock) {
            forgetExpired();
            Kept known = kept.get(place);
            if (known != null) {
                requireSame(known.request(), request);
                return known.given();
            }
            other = running.putIfAbsent(place, mine);
        }
        if (other == null) {
            return execute(place, mine, message, execution);
        }
        requireSame(other.request(), request);
        return await(other.given());
    }

    private Given execute(String place, Running mine, Admission.Admitted message, Supplier<Outcome> execution) {
        Given given = null;
        boolean lasting = false;
        try {
            Outcome outcome = execution.get();
            lasting = outcome.lasting();
            given = new Given(outcome.reply(), message.id(), message.envelope().id());
            return given;
        } finally {
            synchronized (lock) {
                running.remove(place);
                if (lasting && given != null) {
                    keep(place, mine.request(), given);
                }
            }
            if (given != null) {
                mine.given().complete(given);
            } else {
                mine.given().completeExceptionally(inProgress());
            }
        }
    }

    private Given await(CompletableFuture<Given> given) {
        try {
            return given.get(options.maxWait().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw inProgress();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw inProgress();
        }
    }

    private void keep(String place, String request, Given given) {
        if (!(given.reply() instanceof Reply.Answered answered)) {
            return;
        }
        long bytes = answered.body().length + (long) OVERHEAD_BYTES;
        if (bytes > options.maxBytes()) {
            return;
        }
        Iterator<Kept> oldest = kept.values().iterator();
        while (kept.size() >= options.maxAnswers() || keptBytes + bytes > options.maxBytes()) {
            keptBytes -= oldest.next().bytes();
            oldest.remove();
        }
        kept.put(place, new Kept(request, given, bytes, clock.instant().plus(options.lifetime())));
        keptBytes += bytes;
    }

    private void forgetExpired() {
        Instant now = clock.instant();
        Iterator<Kept> oldest = kept.values().iterator();
        while (oldest.hasNext()) {
            Kept next = oldest.next();
            if (next.until().isAfter(now)) {
                return;
            }
            keptBytes -= next.bytes();
            oldest.remove();
        }
    }

    /** How many answers are kept now. */
    int size() {
        synchronized (lock) {
            return kept.size();
        }
    }

    private static String digest(Envelope envelope) {
        MessageDigest digest = newDigest();
        update(digest, envelope.asapVersion());
        update(digest, envelope.recipient().value());
        update(digest, envelope.payloadType().value());
        update(digest, envelope.correlationId());
        Payload payload = envelope.payload();
        digest.update(
                payload instanceof CustomPayload custom
                        ? custom.content().toBytes()
                        : ASAPCodec.strict().write(payload, WireForm.COMPACT));
        return hex(digest);
    }

    /** With its length before it, so that no two lists of texts are the same bytes. */
    private static void update(MessageDigest digest, @Nullable String text) {
        byte[] bytes = text == null ? NONE : text.getBytes(StandardCharsets.UTF_8);
        int length = text == null ? -1 : bytes.length;
        digest.update(new byte[] {(byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length});
        digest.update(bytes);
    }

    private static void requireSame(String first, String request) {
        if (!first.equals(request)) {
            throw ProtocolException.builder(
                            CONFLICT,
                            "The idempotency key was used for another request; use a new key for each request and repeat it unchanged")
                    .build();
        }
    }

    private static ProtocolException inProgress() {
        return ProtocolException.builder(
                        IN_PROGRESS, "The first request with this idempotency key has not been answered yet")
                .recoverable(true)
                .retryAfter(Duration.ofSeconds(1))
                .fallbackAction("retry_later")
                .build();
    }

    private static String sha256(byte[] content) {
        MessageDigest digest = newDigest();
        digest.update(content);
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
