// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/** Records written off the path of requests, many at once. */
@NullMarked
package dev.asap.economics.record;

import org.jspecify.annotations.NullMarked;
