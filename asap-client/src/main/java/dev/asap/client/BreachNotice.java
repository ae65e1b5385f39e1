// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import dev.asap.json.JsonObject;

/**
 * An agent has missed a service level that it promised.
 *
 * @param breach what the peer says about it: {@code id}, {@code agent_id}, {@code breach_type}, {@code threshold}, {@code actual},
 *     {@code severity}, {@code detected_at}, {@code resolved_at}; not checked
 */
public record BreachNotice(JsonObject breach) {}
