/** Benchmarks, always as pairs: ours against the raw library or the naive way. */
@NullMarked
package dev.asap.jmh;

import org.jspecify.annotations.NullMarked;
