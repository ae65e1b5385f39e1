// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.jmh;

import dev.asap.codec.ASAPCodec;
import dev.asap.json.WireForm;
import dev.asap.model.Envelope;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading and writing an envelope of 1.3 KB: our codec against plain Jackson databind. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 3, time = 1)
@OutputTimeUnit(TimeUnit.SECONDS)
public class EnvelopeBenchmark {
    private final ASAPCodec codec = ASAPCodec.strict();
    private final byte[] json = codec.write(Samples.envelope(), WireForm.FULL);
    private final Envelope envelope = codec.read(json, Envelope.class);
    private final PlainEnvelope plainEnvelope;

    /** Prepares the message in both forms. */
    public EnvelopeBenchmark() {
        try {
            plainEnvelope = PlainEnvelope.MAPPER.readValue(json, PlainEnvelope.class);
        } catch (IOException e) {
            throw new IllegalStateException("plain databind does not read the sample", e);
        }
    }

    /** Our codec: typed members in one pass, every rule checked, free-form objects left as bytes. */
    @Benchmark
    public Envelope readOurs() {
        return codec.read(json, Envelope.class);
    }

    /** Plain databind, no rule checked. */
    @Benchmark
    public PlainEnvelope readPlain() throws IOException {
        return PlainEnvelope.MAPPER.readValue(json, PlainEnvelope.class);
    }

    /** Our codec, the full form. */
    @Benchmark
    public byte[] writeOurs() {
        return codec.write(envelope, WireForm.FULL);
    }

    /** Plain databind. */
    @Benchmark
    public byte[] writePlain() throws IOException {
        return PlainEnvelope.MAPPER.writeValueAsBytes(plainEnvelope);
    }
}
