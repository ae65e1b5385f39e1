// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server.webhook;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Tells addresses that everyone on the internet can reach from those that only we can: what is private, this machine, the link, shared,
 * reserved, for documentation or for groups.
 */
final class PublicAddresses {
    /** The addresses whose first bits are these. */
    private record Network(BigInteger prefix, int otherBits) {
        static Network of(String text) {
            int slash = text.indexOf('/');
            byte[] bytes = address(text.substring(0, slash));
            int otherBits = bytes.length * Byte.SIZE - Integer.parseInt(text.substring(slash + 1));
            return new Network(new BigInteger(1, bytes).shiftRight(otherBits), otherBits);
        }

        boolean contains(BigInteger address) {
            return address.shiftRight(otherBits).equals(prefix);
        }

        private static byte[] address(String literal) {
            try {
                return InetAddress.getByName(literal).getAddress();
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("no address: " + literal, e);
            }
        }
    }

    private static final List<Network> NOT_PUBLIC_V4 = networks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    /** What may be public at all: IPv6 has given out nothing else. */
    private static final Network GLOBAL_V6 = Network.of("2000::/3");

    private static final List<Network> NOT_PUBLIC_V6 = networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    private PublicAddresses() {}

    private static List<Network> networks(String... texts) {
        return List.of(texts).stream().map(Network::of).toList();
    }

    static boolean contains(InetAddress address) {
        BigInteger bits = new BigInteger(1, address.getAddress());
        if (address instanceof Inet6Address) {
            return GLOBAL_V6.contains(bits) && NOT_PUBLIC_V6.stream().noneMatch(network -> network.contains(bits));
        }
        return NOT_PUBLIC_V4.stream().noneMatch(network -> network.contains(bits));
    }
}
