// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client;

import okhttp3.Challenge;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The part of a 401 that is the protocol's own: {@code WWW-Authenticate: ASAP discovery="<URL of a manifest>"}. */
final class ASAPChallenge {
    private static final int UNAUTHORIZED = 401;
    private static final String SCHEME = "ASAP";
    private static final String DISCOVERY = "discovery";
    private static final int MAX_LENGTH = 2048;

    private ASAPChallenge() {}

    /** The manifest that the challenge names; null where there is no challenge, or one that names no usable URL. */
    static @Nullable HttpUrl of(Response response) {
        if (response.code() != UNAUTHORIZED) {
            return null;
        }
        for (Challenge challenge : response.challenges()) {
            String discovery = challenge.authParams().get(DISCOVERY);
            if (challenge.scheme().equalsIgnoreCase(SCHEME) && discovery != null) {
                return usable(discovery);
            }
        }
        return null;
    }

    /** The end of a message about a 401; empty without a challenge. */
    static String advice(@Nullable HttpUrl challenge) {
        return challenge == null ? "" : "; the manifest at " + challenge + " tells how to register";
    }

    private static @Nullable HttpUrl usable(String text) {
        HttpUrl url = text.length() > MAX_LENGTH ? null : HttpUrl.parse(text);
        return url != null
                        && url.encodedUsername().isEmpty()
                        && url.encodedPassword().isEmpty()
                ? url
                : null;
    }
}
