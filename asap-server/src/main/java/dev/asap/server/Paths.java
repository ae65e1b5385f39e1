// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.server;

/** Places of paths among each other. */
final class Paths {
    private Paths() {}

    /** Whether a path is the parent itself, or a segment follows there. */
    static boolean isAtOrBelow(String parent, String path) {
        return path.startsWith(parent) && (path.length() == parent.length() || path.charAt(parent.length()) == '/');
    }
}
