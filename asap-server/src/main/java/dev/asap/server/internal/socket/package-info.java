/** Sockets without a framework: what an engine tells of them, and what it is told to do with them. */
@NullMarked
package dev.asap.server.internal.socket;

import org.jspecify.annotations.NullMarked;
