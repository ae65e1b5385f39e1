// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
/** Webhooks: tells other systems over HTTP what happened, signed, repeated until they took it, and never to addresses inside. */
@NullMarked
package dev.asap.server.webhook;

import org.jspecify.annotations.NullMarked;
