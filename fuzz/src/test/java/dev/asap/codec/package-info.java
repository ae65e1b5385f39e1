/**
 * Fuzz tests: whatever bytes come, they are read or refused with one of the documented exceptions, at a cost that their length bounds,
 * and what was read can be written and read again to the same value.
 *
 * <p>A normal build replays the inputs beside each test in the resources. {@code fuzz/run} looks for new ones; one that fails is kept
 * there by Jazzer, and stays as the test of what was mended. To add a test, write a class with one fuzz test, in the package of what
 * is read so that it need not be public, and put a few small good inputs into its directory.
 */
@NullMarked
package dev.asap.codec;

import org.jspecify.annotations.NullMarked;
