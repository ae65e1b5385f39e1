// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.audit;

/**
 * How far a log has come. Kept or signed elsewhere, it lets one find out later that entries were cut off from the end.
 *
 * @param entries how many entries there are
 * @param hash the hash of the last of them; empty in an empty log
 */
public record AuditHead(long entries, String hash) {}
