/** Task state: the state machine, snapshots and the store that keeps them. */
@NullMarked
package dev.asap.state;

import org.jspecify.annotations.NullMarked;
