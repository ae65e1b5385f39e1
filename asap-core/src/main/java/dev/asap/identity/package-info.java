// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/** Agents that register with a server and what they may do there: sessions, approvals, capabilities, grants and constraints. */
@NullMarked
package dev.asap.identity;

import org.jspecify.annotations.NullMarked;
