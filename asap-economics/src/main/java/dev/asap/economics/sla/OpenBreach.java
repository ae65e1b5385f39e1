// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.economics.sla;

import dev.asap.sla.SLABreach;
import java.time.Instant;

/**
 * A promise that is not kept at present.
 *
 * @param breach the breach as it is in the store
 * @param lastSeen when it was last found not to be kept; known to this process only
 */
public record OpenBreach(SLABreach breach, Instant lastSeen) {}
