// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import org.jspecify.annotations.Nullable;

/**
 * Someone has to approve: what to show to the person who can.
 *
 * @param method how the person is asked
 * @param verificationUri the page on which they approve, or null
 * @param verificationUriComplete the same page with the code filled in, or null
 * @param userCode the code that they type in there, or null
 * @param bindingMessage what their device shows, so that they can tell this request from others, or null
 * @param expiresInSeconds how long they have, counted from the answer; null where the server does not say
 * @param intervalSeconds how often the server wants to be asked; null where it does not say
 * @param state what has become of it; null where the server does not say
 */
public record Approval(
        ApprovalMethod method,
        @Nullable String verificationUri,
        @Nullable String verificationUriComplete,
        @Nullable String userCode,
        @Nullable String bindingMessage,
        @Nullable Long expiresInSeconds,
        @Nullable Long intervalSeconds,
        @Nullable ApprovalStatus state) {}
