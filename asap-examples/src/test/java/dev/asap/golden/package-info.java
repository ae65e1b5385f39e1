/** Replays recorded exchanges of the protocol against the golden agent. */
@NullMarked
package dev.asap.golden;

import org.jspecify.annotations.NullMarked;
