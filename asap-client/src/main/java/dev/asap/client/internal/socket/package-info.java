/** The parts of the protocol's WebSocket transport that know nothing of calls: frames, acknowledgements, time, queues. */
@NullMarked
package dev.asap.client.internal.socket;

import org.jspecify.annotations.NullMarked;
