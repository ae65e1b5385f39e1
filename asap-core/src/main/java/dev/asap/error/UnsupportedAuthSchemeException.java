// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.error;

import dev.asap.json.JsonObject;
import java.util.List;

/** A manifest asks for a way of authentication that the protocol does not have. */
public final class UnsupportedAuthSchemeException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    /** Creates the error. */
    public UnsupportedAuthSchemeException(String scheme) {
        super(builder(
                        ErrorCode.UNSUPPORTED_AUTH_SCHEME,
                        "Unsupported authentication scheme '" + scheme + "': use basic or bearer")
                .details(JsonObject.of("scheme", scheme, "supported_schemes", List.of("basic", "bearer"))));
    }
}
