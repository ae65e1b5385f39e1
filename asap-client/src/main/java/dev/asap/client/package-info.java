/** The client of the protocol: {@link dev.asap.client.ASAPClient} and what it reports about itself. */
@NullMarked
package dev.asap.client;

import org.jspecify.annotations.NullMarked;
