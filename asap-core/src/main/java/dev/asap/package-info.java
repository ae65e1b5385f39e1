/** The root of the library: {@link dev.asap.ASAPException}, the one type that every failure of this library extends. */
@NullMarked
package dev.asap;

import org.jspecify.annotations.NullMarked;
