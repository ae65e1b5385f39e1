// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

import java.io.IOException;
import java.net.URI;

/**
 * Gives the public keys that access tokens are signed with, as a JSON web key set (RFC 7517). Called by one thread at a time, when keys
 * are needed that are not known; may block.
 */
@FunctionalInterface
public interface KeySetSource {
    /**
     * The key set, as JSON.
     *
     * @throws IOException if it cannot be had now; callers are then told to try again later
     */
    String fetch() throws IOException;

    /** Always these keys. */
    static KeySetSource of(String json) {
        return () -> json;
    }

    /**
     * The keys at a URL, as authorization servers publish them: fetched within 10 s, up to 512 KiB. Redirects are not followed.
     *
     * @throws IllegalArgumentException if the URL is not {@code https}, and not {@code http} of this machine
     */
    static KeySetSource at(URI url) {
        return new UrlKeySetSource(url);
    }
}
