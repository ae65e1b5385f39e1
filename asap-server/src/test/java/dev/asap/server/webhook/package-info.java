/** Tests of the server over real sockets. */
@NullMarked
package dev.asap.server.webhook;

import org.jspecify.annotations.NullMarked;
