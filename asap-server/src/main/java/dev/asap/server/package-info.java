/** The protocol over an embedded HTTP server: {@link dev.asap.server.ASAPServer} and the handlers that one gives it. */
@NullMarked
package dev.asap.server;

import org.jspecify.annotations.NullMarked;
