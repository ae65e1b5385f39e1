// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/**
 * The records of usage as the protocol's {@code /usage} routes write and read them: flat, with the figures that the protocol knows. Each
 * is made from what a {@link dev.asap.metering.MeteringStore} takes or answers.
 */
@NullMarked
package dev.asap.metering.wire;

import org.jspecify.annotations.NullMarked;
