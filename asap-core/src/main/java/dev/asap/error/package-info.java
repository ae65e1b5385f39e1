/** The protocol's error taxonomy as one tree of unchecked exceptions. */
@NullMarked
package dev.asap.error;

import org.jspecify.annotations.NullMarked;
