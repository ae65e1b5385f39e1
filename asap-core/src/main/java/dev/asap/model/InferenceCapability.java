// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

import dev.asap.validation.Checks;
import java.util.List;

/**
 * How an agent runs its models.
 *
 * @param modes where and on what; may be empty
 * @param localModels the models on its own machine; may be empty
 */
public record InferenceCapability(List<InferenceMode> modes, List<LocalModelInfo> localModels) {
    /**
     * Checks that what is required is there, and copies the lists.
     *
     * @throws dev.asap.validation.ValidationException if it is not
     */
    public InferenceCapability {
        Checks.of("InferenceCapability")
                .required("modes", modes)
                .required("local_models", localModels)
                .done();
        modes = List.copyOf(modes);
        localModels = List.copyOf(localModels);
    }
}
