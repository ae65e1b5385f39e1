// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/**
 * The rules of delegation: issuing signed tokens, telling whether one may be used, counting its uses and taking it back, the same for
 * Java and for the routes of a server.
 */
@NullMarked
package dev.asap.economics.delegation;

import org.jspecify.annotations.NullMarked;
