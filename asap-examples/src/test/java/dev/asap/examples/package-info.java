/** Runs the examples. */
@NullMarked
package dev.asap.examples;

import org.jspecify.annotations.NullMarked;
