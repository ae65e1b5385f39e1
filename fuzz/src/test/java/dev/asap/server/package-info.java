/** Fuzz tests of what is read by the server. */
@NullMarked
package dev.asap.server;

import org.jspecify.annotations.NullMarked;
