// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.identity;

import dev.asap.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent asks for when it registers. Immutable: each {@code with…} gives a copy.
 *
 * @param capabilities what it wants to do
 * @param approvalMethod how someone should be asked to approve; null leaves it to the server
 * @param agentControlsBrowser whether the agent could approve itself on a page, so that another way must be taken
 * @param webauthn the answer of a security key, with the members {@code challenge} and {@code response}; null unless the server
 *     asks for it
 */
public record RegistrationRequest(
        List<CapabilityRequest> capabilities,
        @Nullable ApprovalMethod approvalMethod,
        boolean agentControlsBrowser,
        @Nullable JsonObject webauthn) {
    /** Copies the list. */
    public RegistrationRequest {
        capabilities = List.copyOf(capabilities);
    }

    /** Asks for capabilities by their names, or for none. */
    public static RegistrationRequest of(String... capabilities) {
        return of(Arrays.stream(capabilities).map(CapabilityRequest::of).toList());
    }

    /** Asks for capabilities. */
    public static RegistrationRequest of(List<CapabilityRequest> capabilities) {
        return new RegistrationRequest(capabilities, null, false, null);
    }

    /** The same with a wish how someone is asked to approve. */
    public RegistrationRequest withApprovalMethod(ApprovalMethod value) {
        return new RegistrationRequest(capabilities, value, agentControlsBrowser, webauthn);
    }

    /** The same of an agent that controls a browser, or does not. */
    public RegistrationRequest withAgentControlsBrowser(boolean value) {
        return new RegistrationRequest(capabilities, approvalMethod, value, webauthn);
    }

    /** The same with the answer of a security key. */
    public RegistrationRequest withWebauthn(JsonObject value) {
        return new RegistrationRequest(capabilities, approvalMethod, agentControlsBrowser, value);
    }
}
