/** Tests of the server over real sockets. */
@NullMarked
package dev.asap.server;

import org.jspecify.annotations.NullMarked;
