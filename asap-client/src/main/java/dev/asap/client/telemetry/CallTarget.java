// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.client.telemetry;

import okhttp3.HttpUrl;

/**
 * Where a call goes.
 *
 * @param url the address without user, password, query and fragment
 * @param host its host
 * @param port its port, 0 where it is not known
 */
record CallTarget(String url, String host, int port) {
    /** The parts of an address, which holds no secrets; one that is none of HTTP stays whole. */
    static CallTarget of(String address) {
        HttpUrl parsed = HttpUrl.parse(address);
        if (parsed == null) {
            return new CallTarget(address, CallWords.OTHER, 0);
        }
        HttpUrl bare = parsed.newBuilder()
                .username("")
                .password("")
                .query(null)
                .fragment(null)
                .build();
        return new CallTarget(bare.toString(), bare.host(), bare.port());
    }
}
