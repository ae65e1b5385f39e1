// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.http;

/** A request of which it is known who sent it. */
record IdentifiedRequest(HttpRequest request, CallerIdentity caller) implements RequestView {}
