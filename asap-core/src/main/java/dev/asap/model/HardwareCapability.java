// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The machine that an agent runs on.
 *
 * @param hardwareClass its kind, or null; {@code class} on the wire
 * @param model the board or chip, at most 100 characters, or null
 * @param io its physical interfaces; may be empty
 */
public record HardwareCapability(
        @Nullable HardwareClass hardwareClass, @Nullable String model, List<HardwareIoType> io) {
    /** The most characters of a model. */
    public static final int MAX_MODEL_LENGTH = 100;

    /**
     * Checks the bounds and copies the list.
     *
     * @throws dev.asap.validation.ValidationException if {@code model} is too long or {@code io} is missing
     */
    public HardwareCapability {
        Checks.of("HardwareCapability")
                .maxLength("model", model, MAX_MODEL_LENGTH)
                .required("io", io)
                .done();
        io = List.copyOf(io);
    }
}
