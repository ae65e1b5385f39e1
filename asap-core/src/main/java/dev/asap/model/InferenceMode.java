// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * Where and on what a model runs.
 *
 * @param value the text on the wire
 */
public record InferenceMode(String value) implements WireEnum {
    /** The known modes, for a {@code switch}. */
    public enum Known {
        /** At a provider. */
        CLOUD,
        /** On the machine's processor. */
        LOCAL_CPU,
        /** On an NVIDIA graphics card. */
        LOCAL_CUDA,
        /** On an Apple graphics unit. */
        LOCAL_METAL,
        /** On a neural processing unit. */
        LOCAL_NPU,
        /** A mode that this library does not know. */
        OTHER
    }

    /** At a provider. */
    public static final InferenceMode CLOUD = new InferenceMode("cloud");

    /** On the machine's processor. */
    public static final InferenceMode LOCAL_CPU = new InferenceMode("local_cpu");

    /** On an NVIDIA graphics card. */
    public static final InferenceMode LOCAL_CUDA = new InferenceMode("local_cuda");

    /** On an Apple graphics unit. */
    public static final InferenceMode LOCAL_METAL = new InferenceMode("local_metal");

    /** On a neural processing unit. */
    public static final InferenceMode LOCAL_NPU = new InferenceMode("local_npu");

    private static final KnownValues<Known> KNOWN = new KnownValues<>(Known.class, Known.OTHER, '_');

    /** The mode as a constant; {@link Known#OTHER} where this library does not know it. */
    public Known known() {
        return KNOWN.find(value);
    }

    @Override
    public boolean isKnown() {
        return known() != Known.OTHER;
    }

    @Override
    public String toString() {
        return value;
    }
}
