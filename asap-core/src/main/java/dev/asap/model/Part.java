// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.model;

/**
 * A part of a message or an artifact. Messages and artifacts name their parts by id; applications keep the parts themselves.
 */
public sealed interface Part permits TextPart, DataPart, FilePart, ResourcePart, TemplatePart {
    /** What tells the kinds of parts apart on the wire: {@code text}, {@code data}, {@code file}, … */
    String type();
}
