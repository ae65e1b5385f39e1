// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. Called by many threads at once; may block. */
@FunctionalInterface
public interface HostResolver {
    /**
     * All addresses of a host, at least one.
     *
     * @param host a name, or an address as text
     * @throws UnknownHostException if there is none
     */
    List<InetAddress> resolve(String host) throws UnknownHostException;

    /** As this machine resolves names. */
    static HostResolver system() {
        return host -> List.of(InetAddress.getAllByName(host));
    }
}
