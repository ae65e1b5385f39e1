// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.asap.codec.ASAPCodec;
import dev.asap.id.AgentUrn;
import dev.asap.json.JsonObject;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import dev.asap.model.TaskRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** A message of 1 MB, always the same, and what compresses it, called with the settings of the client. */
final class MegabyteBody {
    private static final int BYTES = 1_000_000;
    private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");
    private static final List<String> STATES = List.of("open", "paid", "shipped", "returned");
    private static final List<String> WORDS = List.of(
            "delivered",
            "to",
            "the",
            "warehouse",
            "customer",
            "asked",
            "for",
            "an",
            "invoice",
            "copy",
            "late",
            "again");

    private MegabyteBody() {}

    /** A task request with a table of orders: ids and amounts that do not repeat, states and words that do. */
    static Envelope envelope() {
        Random random = new Random(20_261_121);
        List<Object> rows = new ArrayList<>();
        for (int bytes = 0; bytes < BYTES; ) {
            JsonObject row = row(rows.size(), random);
            rows.add(row);
            bytes += row.byteLength() + 1;
        }
        return Envelope.builder(
                        AgentUrn.of("urn:asap:agent:benchmark-caller"),
                        AgentUrn.of("urn:asap:agent:benchmark-agent"),
                        TaskRequest.of("conversation-1", "analysis", JsonObject.of("rows", rows)))
                .id("01JZ3T8Q4N0W7C2R5V9X1Y6B3D")
                .timestamp(START)
                .build();
    }

    /** The same as bytes. */
    static byte[] json() {
        return ASAPCodec.strict().write(envelope(), WireForm.COMPACT);
    }

    private static JsonObject row(int number, Random random) {
        StringBuilder note = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            note.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
        }
        return JsonObject.of(
                "order_id",
                "order-" + (100_000 + number),
                "reference",
                Long.toHexString(random.nextLong()),
                "created_at",
                START.plusSeconds(60L * number + random.nextInt(60)).toString(),
                "state",
                STATES.get(random.nextInt(STATES.size())),
                "amount",
                random.nextInt(10_000_000) / 100.0,
                "items",
                random.nextInt(20),
                "gift",
                random.nextInt(10) == 0,
                "note",
                note.isEmpty() ? null : note.toString().trim());
    }

    static byte[] gzip(byte[] body, int level) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream out = new LeveledGzip(compressed, level)) {
            out.write(body);
        }
        return compressed.toByteArray();
    }

    /** With a window of 2 to the power of {@code windowBits} bytes; -1 is brotli's own choice. */
    static byte[] brotli(byte[] body, int quality, int windowBits) throws IOException {
        Brotli4jLoader.ensureAvailability();
        return Encoder.compress(body, Encoder.Parameters.create(quality, windowBits));
    }

    private static final class LeveledGzip extends GZIPOutputStream {
        LeveledGzip(ByteArrayOutputStream out, int level) throws IOException {
            super(out);
            def.setLevel(level);
        }
    }
}
