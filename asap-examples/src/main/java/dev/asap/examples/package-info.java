/** Runnable examples: each is a command of the examples jar. */
@NullMarked
package dev.asap.examples;

import org.jspecify.annotations.NullMarked;
