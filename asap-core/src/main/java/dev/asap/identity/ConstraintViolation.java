// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

/**
 * An argument that a capability's constraints do not allow.
 *
 * @param field the argument
 * @param operator the rule that it breaks: {@code eq}, {@code max}, {@code min}, {@code in}, {@code not_in}, or {@code required} for
 *     one that is missing
 * @param message the server's words, which may repeat the argument's value
 */
public record ConstraintViolation(String field, String operator, String message) {}
