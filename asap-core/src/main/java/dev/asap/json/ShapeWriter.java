// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.json;

import com.fasterxml.jackson.core.JsonGenerator;

/** Where a shape writes to, and how much. */
record ShapeWriter(JsonGenerator generator, WireForm form) {}
