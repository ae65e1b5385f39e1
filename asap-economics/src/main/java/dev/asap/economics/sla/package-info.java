// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/**
 * Watches service levels: asks agents how they are, measures what their tasks take, writes figures by period, finds breaches of what was
 * promised, and tells listeners when one begins, gets worse and is over.
 */
@NullMarked
package dev.asap.economics.sla;

import org.jspecify.annotations.NullMarked;
