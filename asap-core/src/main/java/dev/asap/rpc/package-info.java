/** The JSON-RPC 2.0 dialect that carries envelopes over HTTP and WebSocket. */
@NullMarked
package dev.asap.rpc;

import org.jspecify.annotations.NullMarked;
