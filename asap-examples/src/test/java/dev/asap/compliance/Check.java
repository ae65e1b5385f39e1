// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.compliance;

/**
 * What a check found.
 *
 * @param category what it belongs to
 * @param name its name in the protocol
 * @param passed whether the agent does as it should
 * @param message what came, for who has to mend it
 */
record Check(String category, String name, boolean passed, String message) {}
