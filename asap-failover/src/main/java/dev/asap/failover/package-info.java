// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/** Tasks that move between agents: detection of failures, handover, migration, export and import of state. */
@NullMarked
package dev.asap.failover;

import org.jspecify.annotations.NullMarked;
